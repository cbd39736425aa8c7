package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tollbook/backend/coverage"
	"tollbook/backend/deduction"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

type ledgerFlags struct {
	month, to, by, plate, group, state, list, format, out string
	byPeriod                                              bool
}

// exportLedger begins the command of an export of months; a group is one of the kind --by.
func (c *console) exportLedger(name, short string, f *ledgerFlags, write func(ctx context.Context, desk *workspace.Desk) error) *cobra.Command {
	command := &cobra.Command{
		Use: name, Short: short,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return write(command.Context(), desk)
			})
		},
	}
	requireKnownArguments(command)
	flags := command.Flags()
	flags.StringVar(&f.month, "month", "", "month, YYYY-MM (required)")
	flags.StringVar(&f.to, "to", "", "last month of several, YYYY-MM")
	flags.StringVar(&f.plate, "plate", "", "plate number or a part of it")
	flags.StringVar(&f.by, "by", store.Project, "team, project or customer: the kind of --group, and what a deduction ledger adds up by")
	flags.StringVar(&f.group, "group", "", "name of a group of the kind --by: only while vehicles were in it")
	flags.StringVar(&f.format, "format", "xlsx", "xlsx, pdf or csv")
	flags.StringVar(&f.out, "out", "", "file to write (required)")
	c.addDataFlag(command)
	for _, name := range []string{"month", "out"} {
		if err := command.MarkFlagRequired(name); err != nil {
			panic(err) // the flag was defined above
		}
	}
	return command
}

func (f ledgerFlags) lastMonth() string {
	if f.to == "" {
		return f.month
	}
	return f.to
}

func (f ledgerFlags) groupID(ctx context.Context, desk *workspace.Desk) (int64, error) {
	if f.group == "" {
		return 0, nil
	}
	return groupOfKind(ctx, desk, f.by, f.group)
}

func (c *console) exportDeduction() *cobra.Command {
	var f ledgerFlags
	command := c.exportLedger("deduction", "Export 通行费进项抵扣台账: the input tax on tolls, with sums and what is excluded", &f, func(ctx context.Context, desk *workspace.Desk) error {
		format, err := readyFor(ctx, desk, f.format)
		if err != nil {
			return err
		}
		filter := deduction.Filter{From: f.month, To: f.lastMonth(), Plate: f.plate, GroupBy: f.by}
		if f.byPeriod {
			filter.DateBy = "period"
		}
		if filter.GroupID, err = f.groupID(ctx, desk); err != nil {
			return err
		}
		plan, err := desk.Deduction.Plan(ctx, filter)
		if err != nil {
			return err
		}
		files, err := desk.WriteDeduction(ctx, filter, format, f.out, func(done int64) { c.tell("deduction %s: %d of %d rows", format, done, plan.Rows) })
		if err != nil {
			return err
		}
		return c.printExported(exported{Rows: plan.Rows, Files: files})
	})
	command.Flags().BoolVar(&f.byPeriod, "by-period", false, "the months are those in which invoices are claimed (所属期), not those of their issue")
	return command
}

// coverageLists are the lists of 开票核对 by the words of the flag --list.
func coverageLists() map[string]coverage.Kind {
	return map[string]coverage.Kind{"months": coverage.MonthsDocument, "trips": coverage.TripsDocument, "invoices": coverage.InvoicesDocument}
}

func (c *console) exportCoverage() *cobra.Command {
	var f ledgerFlags
	command := c.exportLedger("coverage", "Export 开票核对: what is invoiced of each trip and month, what is not, and why", &f, func(ctx context.Context, desk *workspace.Desk) error {
		return c.writeCoverage(ctx, desk, f)
	})
	command.Flags().StringVar(&f.list, "list", "months", "months (sums by month and state), trips, or invoices (those whose trips are not there)")
	command.Flags().StringVar(&f.state, "state", "", "only trips in this state: "+strings.Join(store.CoverStates(), ", "))
	return command
}

func (c *console) writeCoverage(ctx context.Context, desk *workspace.Desk, f ledgerFlags) error {
	kind, known := coverageLists()[f.list]
	if !known {
		return usageError{fmt.Errorf("--list is months, trips or invoices, not %q", f.list)}
	}
	format, err := readyFor(ctx, desk, f.format)
	if err != nil {
		return err
	}
	query := coverage.Query{Filter: coverage.Filter{From: f.month, To: f.lastMonth(), Plate: f.plate, State: f.state}}
	if query.Filter.GroupID, err = f.groupID(ctx, desk); err != nil {
		return err
	}
	files, err := desk.ExportCoverage(ctx, kind, query, format, f.out,
		func(left int64) { c.tell("holding trips against invoices: %d months of vehicles left", left) },
		func(done int64) { c.tell("coverage %s: %d rows", format, done) })
	if err != nil {
		return err
	}
	plan, err := desk.Coverage.Plan(ctx, kind, query)
	if err != nil {
		return err
	}
	return c.printExported(exported{Rows: plan.Rows, Files: files})
}
