package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"

	"github.com/pkg/browser"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/statement"
	"tollbook/backend/trips"
	"tollbook/backend/workspace"
)

// Exports is the page's way to 导出 and 导出记录.
type Exports struct{ shell *shell }

// StartStatistics exports 账单统计 as xlsx, pdf or csv.
func (e *Exports) StartStatistics(query bills.Query, format string) (job.Job, error) {
	return e.begin("Exports.StartStatistics", bills.StatisticsDocument, query, format)
}

// StartLines exports 账单明细 as xlsx, pdf or csv.
func (e *Exports) StartLines(query bills.Query, format string) (job.Job, error) {
	return e.begin("Exports.StartLines", bills.LinesDocument, query, format)
}

// StartFleet exports a list of the fleet (by its name in package fleet) as xlsx, pdf or csv. With full the card and tag numbers are not
// masked: the user asked for it and confirmed it, and it is noted in 查看记录.
func (e *Exports) StartFleet(name string, query fleet.Query, format string, full bool) (job.Job, error) {
	return withDesk(e.shell, "Exports.StartFleet", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartFleetExport(ctx, name, query, statement.Format(format), full)
	})
}

// StartTrips exports 通行流水 as xlsx, pdf or csv.
func (e *Exports) StartTrips(query trips.Query, format string) (job.Job, error) {
	return e.beginTrips("Exports.StartTrips", trips.TripsDocument, query, format)
}

// StartRefunds exports 退费记录 as xlsx, pdf or csv.
func (e *Exports) StartRefunds(query trips.Query, format string) (job.Job, error) {
	return e.beginTrips("Exports.StartRefunds", trips.RefundsDocument, query, format)
}

// StartAnalysis exports an analysis of trips as xlsx, pdf or csv.
func (e *Exports) StartAnalysis(query trips.AnalysisQuery, format string) (job.Job, error) {
	return withDesk(e.shell, "Exports.StartAnalysis", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartAnalysisExport(ctx, query, statement.Format(format))
	})
}

func (e *Exports) beginTrips(method string, kind trips.Kind, query trips.Query, format string) (job.Job, error) {
	return withDesk(e.shell, method, func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartTripsExport(ctx, kind, query, statement.Format(format))
	})
}

func (e *Exports) begin(method string, kind bills.Kind, query bills.Query, format string) (job.Job, error) {
	return withDesk(e.shell, method, func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartExport(ctx, kind, query, statement.Format(format))
	})
}

// List is a window of 导出记录, newest first. The event "job" carries a Job whenever one changed.
func (e *Exports) List(offset, limit int64) (job.Page, error) {
	return withDesk(e.shell, "Exports.List", func(ctx context.Context, desk *workspace.Desk) (job.Page, error) {
		return desk.Jobs.List(ctx, offset, limit)
	})
}

// StartInvoices exports 已开票 as xlsx, pdf or csv.
func (e *Exports) StartInvoices(query invoices.Query, format string) (job.Job, error) {
	return withDesk(e.shell, "Exports.StartInvoices", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartInvoicesExport(ctx, query, statement.Format(format))
	})
}

// StartInvoiceSettings exports 开票设置 as xlsx, pdf or csv.
func (e *Exports) StartInvoiceSettings(query invoices.SettingQuery, format string) (job.Job, error) {
	return withDesk(e.shell, "Exports.StartInvoiceSettings", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartSettingsExport(ctx, query, statement.Format(format))
	})
}

// Cancel stops a running export and removes what it wrote; of a download it keeps what came.
func (e *Exports) Cancel(id int64) (job.Job, error) {
	return withDesk(e.shell, "Exports.Cancel", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.Jobs.Cancel(ctx, id)
	})
}

// Again runs an export anew with the same query (重新导出), or goes on with a download.
func (e *Exports) Again(id int64) (job.Job, error) {
	return withDesk(e.shell, "Exports.Again", func(ctx context.Context, _ *workspace.Desk) (job.Job, error) {
		return e.shell.workspace.JobAgain(ctx, id)
	})
}

// Open opens the exported file with the system's program.
func (e *Exports) Open(id int64) error {
	_, err := withDesk(e.shell, "Exports.Open", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		files, err := desk.Jobs.Files(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, openPath(files[0])
	})
	return err
}

// OpenFolder opens the folder that holds the exported file.
func (e *Exports) OpenFolder(id int64) error {
	_, err := withDesk(e.shell, "Exports.OpenFolder", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		files, err := desk.Jobs.Files(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if goruntime.GOOS == "windows" {
			// Explorer answers with status 1 even when it shows the file.
			return struct{}{}, startProgram("explorer", "/select,"+files[0])
		}
		return struct{}{}, openPath(filepath.Dir(files[0]))
	})
	return err
}

func openPath(path string) error {
	if err := browser.OpenFile(path); err != nil {
		return fault.Wrap(fault.Internal, err, "open %s with the system's program", filepath.Base(path))
	}
	return nil
}

func startProgram(name string, args ...string) error {
	if err := exec.Command(name, args...).Start(); err != nil {
		return fault.Wrap(fault.Internal, err, "start %s", name)
	}
	return nil
}

// SaveAs asks where to put a copy of the exported file; the answer is its name, empty when the user gave up. It waits for the user, so
// it has no deadline of its own.
func (e *Exports) SaveAs(id int64) (string, error) {
	files, err := withDesk(e.shell, "Exports.SaveAs", func(ctx context.Context, desk *workspace.Desk) ([]string, error) {
		return desk.Jobs.Files(ctx, id)
	})
	if err != nil {
		return "", err
	}
	chosen, err := runtime.SaveFileDialog(e.shell.ctx, runtime.SaveDialogOptions{Title: "另存为", DefaultFilename: filepath.Base(files[0])})
	if err != nil {
		return "", fault.Wrap(fault.Internal, err, "ask where to save")
	}
	if chosen == "" {
		return "", nil
	}
	if err := copyFile(chosen, files[0]); err != nil {
		return "", err
	}
	// Further volumes keep their own names beside the first.
	for _, file := range files[1:] {
		if err := copyFile(filepath.Join(filepath.Dir(chosen), filepath.Base(file)), file); err != nil {
			return "", err
		}
	}
	return filepath.Base(chosen), nil
}

// copyFile copies a file.
func copyFile(to, from string) error {
	source, err := os.Open(from)
	if err != nil {
		return fault.Wrap(fault.NotFound, err, "read the exported file")
	}
	defer source.Close()
	return writeBeside(to, source)
}

func writeFile(to string, body []byte) error { return writeBeside(to, bytes.NewReader(body)) }

// writeBeside writes beside the target and renames, so that a full disk leaves no half file.
func writeBeside(to string, source io.Reader) (err error) {
	part, err := os.CreateTemp(filepath.Dir(to), ".tollbook-*.part")
	if err != nil {
		return fault.Wrap(fault.ReadOnly, err, "write the copy")
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}()
	_, errCopy := io.Copy(part, source)
	if err := errors.Join(errCopy, part.Sync(), part.Close()); err != nil {
		return fault.Wrap(fault.DiskFull, err, "write the copy")
	}
	if err := os.Rename(part.Name(), to); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "write the copy")
	}
	return nil
}
