package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

type fleetFlags struct {
	search, cardStatus, format, out string
	full                            bool
}

// fleetExports are the lists of the fleet that can be exported, by the word of the command.
func (c *console) fleetExports() []*cobra.Command {
	return []*cobra.Command{
		c.exportFleet(fleet.VehicleList, "Export 车辆列表: vehicles with card, tag, groups and what is kept of them; can be read back as a workbook"),
		c.exportFleet(fleet.CardList, "Export 通行卡列表: cards with their status"),
		c.exportFleet(fleet.TagList, "Export 标签列表: tags"),
		c.exportFleet(fleet.ParkingList, "Export 拓展授权列表: parking authorisations"),
		c.exportFleet(fleet.RenewalList, "Export 证件到期: documents by the day they are due"),
		c.exportFleet(fleet.AlertList, "Export 提醒: what the syncs found"),
	}
}

func (c *console) exportFleet(name, short string) *cobra.Command {
	var f fleetFlags
	command := &cobra.Command{
		Use: name, Short: short,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.writeFleet(command.Context(), desk, name, f)
			})
		},
	}
	requireKnownArguments(command)
	flags := command.Flags()
	flags.StringVar(&f.search, "search", "", "words, each a part of a plate, a card or tag number, a driver or a group's name")
	flags.StringVar(&f.cardStatus, "card-status", "", "issued, lost, frozen or cancelled")
	flags.BoolVar(&f.full, "full-numbers", false, "card and tag numbers in full; noted in 查看记录")
	flags.StringVar(&f.format, "format", "xlsx", "xlsx, pdf or csv")
	flags.StringVar(&f.out, "out", "", "file to write (required)")
	c.addDataFlag(command)
	if err := command.MarkFlagRequired("out"); err != nil {
		panic(err) // the flag was defined above
	}
	return command
}

func (c *console) writeFleet(ctx context.Context, desk *workspace.Desk, name string, f fleetFlags) error {
	format := statement.Format(strings.ToLower(f.format))
	if format != statement.Excel && format != statement.PDF && format != statement.CSV {
		return usageError{fmt.Errorf("--format is xlsx, pdf or csv, not %q", f.format)}
	}
	cursor, err := desk.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	if cursor.SyncedAt == 0 {
		return fault.New(fault.NotSynced, "the cache is empty: no sync was completed yet")
	}
	query := fleet.Query{Filter: fleet.Filter{Search: f.search, CardStatus: f.cardStatus}}
	files, rows, err := desk.ExportFleet(ctx, name, query, f.full, format, f.out, func(done int64) { c.tell("%s %s: %d rows", name, format, done) })
	if err != nil {
		return err
	}
	result := exported{Rows: rows, Files: files}
	return c.print(result, func(out io.Writer) {
		for _, file := range result.Files {
			fmt.Fprintf(out, "%s (%d rows)\n", file, result.Rows)
		}
	})
}
