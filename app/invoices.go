package app

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"tollbook/backend/fault"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/workspace"
)

// Invoices is the page's way to 已开票查询 and 开票设置查询, and to the documents of invoices.
type Invoices struct{ shell *shell }

// List is a window of 已开票; limit is at most 500.
func (i *Invoices) List(query invoices.Query, offset, limit int64) (invoices.Page, error) {
	return withDesk(i.shell, "Invoices.List", func(ctx context.Context, desk *workspace.Desk) (invoices.Page, error) {
		return desk.Invoices.List(ctx, query, offset, limit)
	})
}

// Detail is an invoice with the trips it covers and its documents.
func (i *Invoices) Detail(id int64) (invoices.Detail, error) {
	return withDesk(i.shell, "Invoices.Detail", func(ctx context.Context, desk *workspace.Desk) (invoices.Detail, error) {
		return desk.Invoices.Invoice(ctx, id)
	})
}

// Sum adds up selected rows of 已开票.
func (i *Invoices) Sum(query invoices.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(i.shell, "Invoices.Sum", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Invoices.Sum(ctx, query, selection)
	})
}

// Copy puts selected cells of 已开票 on the clipboard as tab-separated text; beyond 50,000 rows it refuses with bad_input.
func (i *Invoices) Copy(query invoices.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(i.shell, "Invoices.Copy", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Invoices.Copy(ctx, query, selection)
		return i.shell.toClipboard(text, sum, err)
	})
}

// Settings is a window of 开票设置; limit is at most 500.
func (i *Invoices) Settings(query invoices.SettingQuery, offset, limit int64) (invoices.SettingPage, error) {
	return withDesk(i.shell, "Invoices.Settings", func(ctx context.Context, desk *workspace.Desk) (invoices.SettingPage, error) {
		return desk.Invoices.Settings(ctx, query, offset, limit)
	})
}

// CopySettings is Copy for 开票设置.
func (i *Invoices) CopySettings(query invoices.SettingQuery, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(i.shell, "Invoices.CopySettings", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Invoices.CopySettings(ctx, query, selection)
		return i.shell.toClipboard(text, sum, err)
	})
}

// Download begins to download documents in the background. The event "job" tells how it goes on, and when it waits for the hall.
func (i *Invoices) Download(asked workspace.Download) (job.Job, error) {
	return withDesk(i.shell, "Invoices.Download", func(ctx context.Context, _ *workspace.Desk) (job.Job, error) {
		return i.shell.workspace.StartDownload(ctx, asked)
	})
}

// DocumentUse is what the documents on this computer take.
type DocumentUse struct {
	Documents   int64  `json:"documents"`
	Invoices    int64  `json:"invoices"`
	Bytes       int64  `json:"bytes"`
	OldestMonth string `json:"oldestMonth"` // in which the oldest of these invoices was issued, YYYY-MM; empty: there are none
}

// Use tells what the documents take; with a month (YYYY-MM) those of invoices issued before it, which Clear would remove.
func (i *Invoices) Use(before string) (DocumentUse, error) {
	return withDesk(i.shell, "Invoices.Use", func(ctx context.Context, desk *workspace.Desk) (DocumentUse, error) {
		start, err := startOf(before)
		if err != nil {
			return DocumentUse{}, err
		}
		use, err := desk.Documents.Use(ctx, start)
		shown := DocumentUse{Documents: use.Documents, Invoices: use.Invoices, Bytes: use.Bytes}
		if use.OldestIssued != nil {
			shown.OldestMonth = period.MonthOf(*use.OldestIssued).String()
		}
		return shown, err
	})
}

// Clear begins to remove the documents of invoices issued before a month from this computer. The event "job" tells how it goes on. The
// invoices stay, and the documents can be downloaded again.
func (i *Invoices) Clear(before string) (job.Job, error) {
	return withDesk(i.shell, "Invoices.Clear", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartClearing(ctx, workspace.Clearing{Before: before})
	})
}

// startOf is the first second of a month; 0 for none.
func startOf(month string) (int64, error) {
	if month == "" {
		return 0, nil
	}
	m, err := period.ParseMonth(month)
	if err != nil {
		return 0, fault.Wrap(fault.BadInput, err, "read the month")
	}
	return m.Start().Unix(), nil
}

// SaveDocument asks where to put a document, byte for byte as the hall issued it; the answer is the file's name, empty when the user gave
// up. It waits for the user, so it has no deadline of its own.
func (i *Invoices) SaveDocument(id int64, kind string) (string, error) {
	name, err := i.original(id, kind)
	if err != nil {
		return "", err
	}
	chosen, err := runtime.SaveFileDialog(i.shell.ctx, runtime.SaveDialogOptions{Title: "另存为", DefaultFilename: filepath.Base(name)})
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "ask where to save")
	}
	if chosen == "" {
		return "", nil
	}
	return filepath.Base(chosen), copyFile(chosen, name)
}

// OpenDocument puts a document into the folder of exports, in the clear as all that is exported, and opens it with the system's program.
func (i *Invoices) OpenDocument(id int64, kind string) error {
	name, err := i.original(id, kind)
	if err != nil {
		return err
	}
	return openPath(name)
}

// originalsFolder is where documents go that other programs open, among the exports.
const originalsFolder = "发票原件"

// original writes a document among the exports, named by its invoice's number.
func (i *Invoices) original(id int64, kind string) (string, error) {
	return withDesk(i.shell, "Invoices.original", func(ctx context.Context, desk *workspace.Desk) (string, error) {
		invoice, err := desk.Invoices.Invoice(ctx, id)
		if err != nil {
			return "", err
		}
		body, err := desk.Documents.Original(ctx, id, kind)
		if err != nil {
			return "", err
		}
		folder := filepath.Join(desk.Exports, originalsFolder)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", fault.Wrap(fault.ReadOnly, err, "make the folder of originals")
		}
		path := filepath.Join(folder, filepath.Base(invoice.Number)+"."+kind)
		return path, writeFile(path, body)
	})
}

// document opens the bytes of a document for the page, which asks for them by the invoice's number in the cache.
func (s *shell) document(ctx context.Context, id int64, kind string) (io.ReadSeekCloser, error) {
	return guardPatiently(s, "document", func(context.Context) (io.ReadSeekCloser, error) {
		desk, err := s.workspace.DeskAtOnce(ctx)
		if err != nil {
			return nil, err
		}
		reader, _, err := desk.Documents.Open(ctx, id, kind)
		if err != nil {
			return nil, err
		}
		return reader, nil
	})
}
