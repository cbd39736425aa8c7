package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/invoices"
	"tollbook/backend/period"
	"tollbook/backend/workspace"
)

type documentFlags struct {
	month, kind, group, plate string
	issued, verify            bool
	patience                  time.Duration
}

func (c *console) documentsCommand() *cobra.Command {
	var f documentFlags
	command := &cobra.Command{
		Use: "documents", Short: "Download the PDFs and XMLs of invoices, and check what is kept",
		Long: "Downloads the documents of the invoices of a month, which were not downloaded before; called again it goes on where it was.\n" +
			"With --verify it reads every kept document byte for byte instead, with no network.",
		Example: "  tollctl documents --month 2024-11 --group 一车队 --data ~/tollbook\n  tollctl documents --verify --data ~/tollbook",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(w *workspace.Workspace, desk *workspace.Desk) error {
				if f.verify {
					return c.verifyDocuments(command.Context(), desk)
				}
				return c.download(command.Context(), w, desk, f)
			})
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.month, "month", "", "month of the trips, YYYY-MM; empty: all months")
	flags.BoolVar(&f.issued, "issued", false, "--month is that in which the invoices were issued")
	flags.StringVar(&f.kind, "kind", "", "pdf or xml; empty: both")
	flags.StringVar(&f.group, "group", "", "name of a team, project or customer: vehicles that were in it at the time of the trip")
	flags.StringVar(&f.plate, "plate", "", "plate number or a part of it")
	flags.DurationVar(&f.patience, "patience", 2*time.Minute, "how long a hall that is out of reach is waited for")
	flags.BoolVar(&f.verify, "verify", false, "check every kept document; the damaged ones are named and will be downloaded anew")
	c.addDataFlag(command)
	return command
}

// downloaded is what a download reports. Use is what is kept of all invoices.
type downloaded struct {
	Invoices  int64 `json:"invoices"`
	Documents int64 `json:"documents"` // that came now
	Bytes     int64 `json:"bytes"`
	Failed    int64 `json:"failed"`
	Kept      int64 `json:"kept"`
	KeptBytes int64 `json:"keptBytes"`
}

func (c *console) download(ctx context.Context, w *workspace.Workspace, desk *workspace.Desk, f documentFlags) error {
	if _, err := readyFor(ctx, desk, "csv"); err != nil {
		return err
	}
	filter, err := f.filter(ctx, desk)
	if err != nil {
		return err
	}
	asked := workspace.Download{Choice: invoices.Choice{All: true, Filter: filter}}
	if f.kind != "" {
		asked.Kinds = []string{f.kind}
	}
	var last documents.Progress
	failed := w.DownloadNow(ctx, asked, f.patience, func(p documents.Progress, total int) {
		last = p
		if p.Waiting != "" {
			c.tell("waiting for the hall [%s]", p.Waiting)
			return
		}
		c.tell("%d of %d invoices, %d bytes", p.Invoices, total, p.Bytes)
	})
	use, err := desk.Documents.Use(ctx, 0)
	if err != nil {
		return err
	}
	result := downloaded{Invoices: last.Invoices, Documents: last.Documents, Bytes: last.Bytes, Failed: last.Failed, Kept: use.Documents, KeptBytes: use.Bytes}
	if failed != nil && c.json {
		return failed // one object on standard output: the error
	}
	if err := c.print(result, func(out io.Writer) {
		fmt.Fprintf(out, "%d invoices: %d documents came (%d bytes), %d failed; %d documents are kept (%d bytes)\n",
			result.Invoices, result.Documents, result.Bytes, result.Failed, result.Kept, result.KeptBytes)
	}); err != nil {
		return err
	}
	return failed
}

func (f documentFlags) filter(ctx context.Context, desk *workspace.Desk) (invoices.Filter, error) {
	filter := invoices.Filter{Plate: f.plate}
	if f.issued {
		filter.DateBy = "issued"
	}
	if f.month != "" {
		month, err := period.ParseMonth(f.month)
		if err != nil {
			return filter, usageError{fmt.Errorf("--month is YYYY-MM, not %q", f.month)}
		}
		filter.From, filter.To = month.Start().Format(time.DateOnly), (month+1).Start().AddDate(0, 0, -1).Format(time.DateOnly)
	}
	if f.group == "" {
		return filter, nil
	}
	groups, err := desk.Fleet.Groups(ctx)
	if err != nil {
		return filter, err
	}
	filter.GroupID, err = groupNamed(groups, f.group)
	return filter, err
}

// groupNamed finds the one group of a name; the same name may stand for a team and a customer.
func groupNamed(groups []fleet.Group, name string) (int64, error) {
	found := int64(0)
	for _, group := range groups {
		if group.Name != name {
			continue
		}
		if found != 0 {
			return 0, usageError{fmt.Errorf("there are several groups named %q: give them names of their own", name)}
		}
		found = group.ID
	}
	if found == 0 {
		return 0, usageError{fmt.Errorf("there is no group named %q", name)}
	}
	return found, nil
}

// verified is what --verify reports.
type verified struct {
	Checked int64          `json:"checked"`
	Bytes   int64          `json:"bytes"`
	Lost    []lostDocument `json:"lost"`
}

type lostDocument struct {
	InvoiceID int64  `json:"invoiceId"`
	Kind      string `json:"kind"`
}

func (c *console) verifyDocuments(ctx context.Context, desk *workspace.Desk) error {
	found, err := desk.Documents.Verify(ctx, func(done int64) { c.tell("%d documents read", done) })
	if err != nil {
		return err
	}
	result := verified{Checked: found.Checked, Bytes: found.Bytes, Lost: []lostDocument{}}
	for _, d := range found.Lost {
		result.Lost = append(result.Lost, lostDocument{d.InvoiceID, d.Kind})
	}
	if err := c.print(result, func(out io.Writer) {
		fmt.Fprintf(out, "%d documents read, %d bytes\n", result.Checked, result.Bytes)
		for _, d := range result.Lost {
			fmt.Fprintf(out, "the %s of invoice %d is damaged or gone: it will be downloaded anew\n", d.Kind, d.InvoiceID)
		}
	}); err != nil {
		return err
	}
	if len(result.Lost) > 0 {
		return fault.New(fault.DocumentDamaged, "%d of %d documents are not what they were", len(result.Lost), result.Checked)
	}
	return nil
}
