package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

type exportFlags struct {
	by, from, to, plate, scene, format, out string
}

func (c *console) exportCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "export", Short: "Write a document from the cache; needs no network",
		RunE: func(command *cobra.Command, _ []string) error {
			return usageError{fmt.Errorf("say what to export: bills (账单统计), bill-lines (账单明细), statement (月结单), deduction (通行费进项抵扣台账), coverage (开票核对), a list of the fleet: vehicles, cards, tags, parking, renewals, alerts, or of its funds: recharges, allocations, loads")}
		},
	}
	command.AddCommand(
		c.exportOne("bills", "Export 账单统计: sums by vehicle, card and period", bills.StatisticsDocument),
		c.exportOne("bill-lines", "Export 账单明细: the lines of the bill", bills.LinesDocument),
	)
	command.AddCommand(c.exportStatement(), c.exportDeduction(), c.exportCoverage())
	command.AddCommand(c.fleetExports()...)
	command.AddCommand(c.fundsExports()...)
	return command
}

func (c *console) exportOne(name, short string, kind bills.Kind) *cobra.Command {
	var f exportFlags
	command := &cobra.Command{
		Use: name, Short: short,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.export(command.Context(), desk, kind, f)
			})
		},
	}
	requireKnownArguments(command)
	flags := command.Flags()
	flags.StringVar(&f.by, "by", "month", "month, quarter or year; quarters and years count whole")
	flags.StringVar(&f.from, "from", "", "first month, YYYY-MM (required)")
	flags.StringVar(&f.to, "to", "", "last month, YYYY-MM (required)")
	flags.StringVar(&f.plate, "plate", "", "plate number or a part of it")
	if kind == bills.LinesDocument {
		flags.StringVar(&f.scene, "scene", "", "expressway, nonExpressway, refund or other")
	}
	flags.StringVar(&f.format, "format", "xlsx", "xlsx, pdf or csv")
	flags.StringVar(&f.out, "out", "", "file to write (required)")
	c.addDataFlag(command)
	for _, name := range []string{"from", "to", "out"} {
		if err := command.MarkFlagRequired(name); err != nil {
			panic(err) // the flag was defined above
		}
	}
	return command
}

// exported is what an export reports.
type exported struct {
	Rows  int64    `json:"rows"`
	Files []string `json:"files"`
}

func (c *console) export(ctx context.Context, desk *workspace.Desk, kind bills.Kind, f exportFlags) error {
	format, err := readyFor(ctx, desk, f.format)
	if err != nil {
		return err
	}
	query := bills.Query{Filter: bills.Filter{Plate: f.plate, Scene: f.scene, By: f.by, From: f.from, To: f.to}}
	result, err := c.write(ctx, desk, kind, query, format, f.out)
	if err != nil {
		return err
	}
	return c.printExported(result)
}

// readyFor checks what every export needs: a format there is, and a cache with something in it.
func readyFor(ctx context.Context, desk *workspace.Desk, format string) (statement.Format, error) {
	wanted := statement.Format(strings.ToLower(format))
	if wanted != statement.Excel && wanted != statement.PDF && wanted != statement.CSV {
		return "", usageError{fmt.Errorf("--format is xlsx, pdf or csv, not %q", format)}
	}
	cursor, err := desk.Store.Cursor(ctx)
	if err != nil {
		return "", err
	}
	if cursor.SyncedAt == 0 {
		return "", fault.New(fault.NotSynced, "the cache is empty: no sync was completed yet")
	}
	return wanted, nil
}

func (c *console) printExported(result exported) error {
	return c.print(result, func(out io.Writer) {
		for _, file := range result.Files {
			fmt.Fprintf(out, "%s (%d rows)\n", file, result.Rows)
		}
	})
}

func (c *console) write(ctx context.Context, desk *workspace.Desk, kind bills.Kind, query bills.Query, format statement.Format, path string) (exported, error) {
	rows, err := desk.Bills.Rows(ctx, kind, query)
	if err != nil {
		return exported{}, err
	}
	files, err := desk.Export(ctx, kind, query, format, path, func(done int64) { c.tell("%s %s: %d of %d rows", kind, format, done, rows) })
	return exported{Rows: rows, Files: files}, err
}
