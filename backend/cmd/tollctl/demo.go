package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tollbook/backend/auth"
	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/hall/sample"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

type demoFlags struct {
	vehicles, months int
	seed             int64
	until, out       string
}

// demoReport is what the demo prints.
type demoReport struct {
	Vehicles  int64    `json:"vehicles"`
	Months    int      `json:"months"`
	Trips     int64    `json:"trips"`
	BillLines int64    `json:"billLines"`
	AmountFen int64    `json:"amountFen"`
	Proven    bool     `json:"proven"`
	Files     []string `json:"files"`
}

func (c *console) demoCommand() *cobra.Command {
	var f demoFlags
	command := &cobra.Command{
		Use: "demo", Short: "The main job on sample data: start a hall, sign in, sync, verify, export",
		RunE: func(command *cobra.Command, _ []string) error { return c.demo(command.Context(), f) },
	}
	flags := command.Flags()
	flags.IntVar(&f.vehicles, "vehicles", 50, "vehicles of the sample fleet")
	flags.IntVar(&f.months, "months", 6, "months of its history")
	flags.Int64Var(&f.seed, "seed", 1, "seed of the sample; the same seed gives the same fleet")
	flags.StringVar(&f.until, "until", "", "last day of the sample, YYYY-MM-DD (today)")
	flags.StringVar(&f.out, "out", "out", "folder for the statements")
	c.addDataFlag(command)
	return command
}

func (c *console) demo(ctx context.Context, f demoFlags) error {
	if f.vehicles < 1 || f.months < 1 {
		return usageError{fmt.Errorf("a sample has at least one vehicle and one month")}
	}
	if err := errors.Join(os.MkdirAll(c.data, 0o700), os.MkdirAll(f.out, 0o755)); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "make the folders of the demo")
	}
	c.samplePass = "sample fleet"
	hall, err := c.startHall(ctx, f)
	if err != nil {
		return err
	}
	report, err := c.demoAt(ctx, hall, f)
	if err := errors.Join(err, hall.stop()); err != nil {
		return err
	}
	return c.print(report, func(out io.Writer) { printDemo(out, report) })
}

func (c *console) demoAt(ctx context.Context, hall *hallProcess, f demoFlags) (demoReport, error) {
	w, err := c.open()
	if err != nil {
		return demoReport{}, err
	}
	report, err := c.demoIn(ctx, w, hall, f)
	return report, errors.Join(err, w.Close())
}

// demoIn is the main job: sign in, sync, verify, export.
func (c *console) demoIn(ctx context.Context, w *workspace.Workspace, hall *hallProcess, f demoFlags) (demoReport, error) {
	state, err := signInToSample(ctx, w, hall)
	if err == nil {
		_, err = c.protect(w, state)
	}
	if err != nil {
		return demoReport{}, err
	}
	desk, err := w.Desk(ctx)
	if err != nil {
		return demoReport{}, err
	}
	desk.MarkSample()
	if err := w.Sync(ctx); err != nil {
		return demoReport{}, err
	}
	proof, err := desk.Syncer.Prove(ctx, func(rows int64) { c.tell("proved %d rows", rows) })
	if err != nil {
		return demoReport{}, err
	}
	if !proof.Proven {
		return demoReport{}, fault.New(fault.ProofFailed, "the cache differs from the hall's records")
	}
	report := demoReport{Months: f.months, Proven: proof.Proven}
	for _, month := range proof.Months {
		report.BillLines += month.BillLines
		report.AmountFen += int64(month.AmountFen)
	}
	vehicles, errVehicles := desk.Store.Count(ctx, record.KindVehicle)
	trips, errTrips := desk.Store.Count(ctx, record.KindTrip)
	report.Vehicles, report.Trips = vehicles, trips
	if err := errors.Join(errVehicles, errTrips); err != nil {
		return demoReport{}, err
	}
	report.Files, err = c.exportAll(ctx, desk, f.out)
	return report, err
}

// exportAll writes statistics and lines of the whole period to Excel and PDF.
func (c *console) exportAll(ctx context.Context, desk *workspace.Desk, out string) ([]string, error) {
	months, err := desk.Store.BillMonths(ctx)
	if err != nil {
		return nil, err
	}
	query := bills.Query{Filter: bills.Filter{By: string(period.ByMonth), From: months.From.String(), To: months.To.String()}}
	files := []string{}
	for _, document := range []struct {
		kind bills.Kind
		name string
	}{{bills.StatisticsDocument, "bills"}, {bills.LinesDocument, "bill-lines"}} {
		for _, format := range []statement.Format{statement.Excel, statement.PDF} {
			result, err := c.write(ctx, desk, document.kind, query, format, filepath.Join(out, document.name+"."+string(format)))
			if err != nil {
				return nil, err
			}
			files = append(files, result.Files...)
		}
	}
	return files, nil
}

// signInToSample signs the sample fleet's clerk in, with the code from the hall's outbox.
func signInToSample(ctx context.Context, w *workspace.Workspace, hall *hallProcess) (auth.State, error) {
	signIns, err := sample.SignIns()
	if err != nil {
		return auth.State{}, err
	}
	clerk := signIns[0]
	if state := w.Auth.State(); state.Stage == auth.SignedIn && !state.Expired {
		// The hall of an earlier demo in this folder kept its database, so the session is good at its new address too.
		return state, w.Auth.SetHallURL(hall.url)
	}
	if _, err := w.Auth.RequestCode(ctx, hall.url, string(clerk.UserKind), clerk.Phone); err != nil {
		return auth.State{}, err
	}
	code, err := hall.lastCode(ctx, clerk.Phone)
	if err != nil {
		return auth.State{}, err
	}
	state, err := w.Auth.SignIn(ctx, hall.url, string(clerk.UserKind), clerk.Phone, code)
	if err == nil && state.Stage == auth.VerificationNeeded {
		state, err = w.Auth.Verify(ctx, clerk.Name, clerk.DocumentType, clerk.DocumentNumber)
	}
	if err == nil && state.Stage == auth.AccountNeeded {
		state, err = w.Auth.ChooseAccount(ctx, state.Accounts[0].ID)
	}
	return state, err
}

func printDemo(out io.Writer, report demoReport) {
	fmt.Fprintf(out, "%d vehicles, %d months, %d trips, %d bill lines\n", report.Vehicles, report.Months, report.Trips, report.BillLines)
	fmt.Fprintf(out, "every month proven against the hall\n")
	for _, file := range report.Files {
		fmt.Fprintln(out, file)
	}
}
