package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/invoices"
	"tollbook/backend/printing"
	"tollbook/backend/printout"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

type printFlags struct {
	documentFlags
	perPage, copies                                     int
	order, out, printer                                 string
	noCover, noCutLines, perVehicle, again, skipMissing bool
}

func (c *console) printCommand() *cobra.Command {
	var f printFlags
	command := &cobra.Command{
		Use: "print", Short: "Print the originals of invoices, or write them as one PDF to be printed; needs no network",
		Long: "Prints the PDFs of the invoices of a month, several to a sheet, behind a list with totals. What was printed, or written to be\n" +
			"printed, is remembered: without --again it is left out the next time. Originals that are not here are downloaded by `tollctl documents`.",
		Example: "  tollctl print --month 2024-11 --per-page 2 --out november.pdf --data ~/tollbook\n" +
			"  tollctl print --month 2024-11 --group 一车队 --per-vehicle --printer Office --data ~/tollbook\n" +
			"  tollctl print --list-printers --data ~/tollbook",
		RunE: func(command *cobra.Command, _ []string) error {
			if err := f.check(command.Flags().Changed); err != nil {
				return err
			}
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				if command.Flags().Changed("list-printers") {
					return c.listPrinters(command.Context(), desk)
				}
				return c.printInvoices(command.Context(), desk, f)
			})
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.month, "month", "", "month of the trips, YYYY-MM; empty: all months")
	flags.BoolVar(&f.issued, "issued", false, "--month is that in which the invoices were issued")
	flags.StringVar(&f.group, "group", "", "name of a team, project or customer: vehicles that were in it at the time of the trip")
	flags.StringVar(&f.plate, "plate", "", "plate number or a part of it")
	flags.IntVar(&f.perPage, "per-page", 2, "1, 2 or 4 to a page of A4")
	flags.StringVar(&f.order, "order", string(printing.ByVehicle), "vehicle, date or number")
	flags.BoolVar(&f.noCover, "no-cover", false, "without the list with totals")
	flags.BoolVar(&f.noCutLines, "no-cut-lines", false, "without the lines to cut along")
	flags.BoolVar(&f.perVehicle, "per-vehicle", false, "each vehicle on sheets of its own, behind the list of its trips; with --out FILE.zip a file each")
	flags.BoolVar(&f.again, "again", false, "also those that were printed before")
	flags.BoolVar(&f.skipMissing, "skip-missing", false, "go on without those whose PDF is not on this computer")
	flags.StringVar(&f.out, "out", "", "file to write")
	flags.StringVar(&f.printer, "printer", "", "printer to print on; \"\" is the system's default")
	flags.IntVar(&f.copies, "copies", 1, "copies, with --printer")
	flags.Bool("list-printers", false, "list the printers, the default one first")
	c.addDataFlag(command)
	return command
}

func (f printFlags) check(given func(flag string) bool) error {
	switch {
	case given("list-printers"):
		return nil
	case given("out") == given("printer"):
		return usageError{fmt.Errorf("say where to print: --out FILE or --printer NAME")}
	case f.perPage != 1 && f.perPage != 2 && f.perPage != 4:
		return usageError{fmt.Errorf("--per-page is 1, 2 or 4, not %d", f.perPage)}
	case !slices.Contains([]string{string(printing.ByVehicle), string(printing.ByDate), string(printing.ByNumber)}, f.order):
		return usageError{fmt.Errorf("--order is vehicle, date or number, not %q", f.order)}
	case f.zipped() && !f.perVehicle:
		return usageError{fmt.Errorf("a zip file holds a file for each vehicle: give --per-vehicle as well")}
	}
	return nil
}

func (f printFlags) zipped() bool { return strings.EqualFold(filepath.Ext(f.out), ".zip") }

// printedOut is what a printing reports.
type printedOut struct {
	Invoices  int64              `json:"invoices"`
	AmountFen int64              `json:"amountFen"`
	Pages     int                `json:"pages"`
	File      string             `json:"file,omitempty"`
	Printer   string             `json:"printer,omitempty"`
	State     string             `json:"state,omitempty"` // left: it left the printer's queue; handed: the system tells no more
	Skipped   int64              `json:"skipped"`         // printed before
	LeftOut   []printout.LeftOut `json:"leftOut"`         // could not be printed; the first 200
	LeftCount int64              `json:"leftOutCount"`
}

func (c *console) printInvoices(ctx context.Context, desk *workspace.Desk, f printFlags) error {
	if _, err := readyFor(ctx, desk, string(statement.PDF)); err != nil {
		return err
	}
	filter, err := f.filter(ctx, desk)
	if err != nil {
		return err
	}
	order := printout.Order{
		Choice: invoices.Choice{All: true, Filter: filter}, PerPage: f.perPage, By: f.order, CutLines: !f.noCutLines, Cover: !f.noCover, PerVehicle: f.perVehicle, Before: printout.Skip,
	}
	if f.again {
		order.Before = printout.Again
	}
	if err := c.survey(ctx, desk, order, f.skipMissing); err != nil {
		return err
	}
	pack, result, err := c.putOut(ctx, desk, order, f)
	if err != nil {
		return err
	}
	result.Invoices, result.AmountFen, result.Pages, result.Skipped, result.LeftOut, result.LeftCount = pack.Invoices, int64(pack.AmountFen), pack.Pages, pack.Skipped, pack.LeftOut, pack.LeftOutAll
	if err := c.print(result, func(out io.Writer) { tellPrinted(out, result) }); err != nil {
		return err
	}
	for _, left := range result.LeftOut {
		fmt.Fprintf(c.err, "not printed: %s %s [%s]\n", left.Number, left.Plate, left.Reason)
	}
	if refused := refusedOf(result); refused > 0 {
		return reportedError{fault.New(fault.DocumentDamaged, "%d invoices could not be printed", refused)}
	}
	return nil
}

// refusedOf counts those left out that are here and cannot be printed; that others are missing was said beforehand.
func refusedOf(result printedOut) int {
	refused := 0
	for _, left := range result.LeftOut {
		if left.Reason != string(printing.Absent) {
			refused++
		}
	}
	return refused
}

// survey says what will be left out, and refuses a printing of which originals are missing.
func (c *console) survey(ctx context.Context, desk *workspace.Desk, order printout.Order, skipMissing bool) error {
	survey, err := desk.Printouts.Survey(ctx, order.Choice)
	if err != nil {
		return err
	}
	missing := survey.Missing
	if order.Before == printout.Skip {
		missing = survey.MissingOfNew
		if survey.Printed > 0 {
			fmt.Fprintf(c.err, "%d of %d invoices were printed before (first %s) and are left out; --again prints them too\n", survey.Printed, survey.Invoices, survey.FirstPrinted)
		}
	}
	if missing > 0 && !skipMissing {
		return fault.New(fault.DocumentAbsent, "the PDFs of %d invoices are not on this computer; nothing was printed (--skip-missing goes on without them)", missing)
	}
	return nil
}

// putOut writes the file, or prints.
func (c *console) putOut(ctx context.Context, desk *workspace.Desk, order printout.Order, f printFlags) (printout.Pack, printedOut, error) {
	progress := func(done, total int) { c.tell("%d of %d invoices packed", done, total) }
	if f.zipped() {
		pack, err := desk.WritePrintEach(ctx, order, f.out, progress)
		return pack, printedOut{File: f.out}, err
	}
	stage := desk.StagePrint
	if f.out != "" { // a file gets its name within one folder
		stage = func(ctx context.Context, order printout.Order, progress func(done, total int)) (printout.Pack, error) {
			return desk.StagePrintIn(ctx, order, filepath.Dir(f.out), progress)
		}
	}
	pack, err := stage(ctx, order, progress)
	if err != nil {
		return pack, printedOut{}, err
	}
	if pack.ID == 0 {
		return pack, printedOut{}, fault.New(fault.DocumentDamaged, "none of %d invoices can be printed", pack.LeftOutAll)
	}
	if f.out != "" {
		claimed, err := desk.Printouts.Claim(ctx, pack.ID)
		if err != nil {
			return pack, printedOut{}, err
		}
		return pack, printedOut{File: f.out}, claimed.Save(ctx, f.out)
	}
	printed, err := desk.PrintNow(ctx, pack.ID, printout.Paper{Printer: f.printer, Copies: f.copies})
	return pack, printedOut{Printer: printed.Printer, State: printed.State}, err
}

func tellPrinted(out io.Writer, p printedOut) {
	where := p.File
	if where == "" {
		where = fmt.Sprintf("printer %s: %s", p.Printer, p.State)
	}
	fmt.Fprintf(out, "%s (%d invoices, %d pages)\n", where, p.Invoices, p.Pages)
}

func (c *console) listPrinters(ctx context.Context, desk *workspace.Desk) error {
	queues, err := desk.Printouts.Printers(ctx)
	if err != nil {
		return err
	}
	if len(queues) == 0 {
		return fault.New(fault.PrinterMissing, "this system has no printer")
	}
	type printer struct {
		Name    string `json:"name"`
		Default bool   `json:"default"`
	}
	list := make([]printer, len(queues))
	for i, queue := range queues {
		list[i] = printer(queue)
	}
	return c.print(map[string]any{"printers": list}, func(out io.Writer) {
		for _, p := range list {
			fmt.Fprintln(out, p.Name)
		}
	})
}
