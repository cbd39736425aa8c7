package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/funds"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

// fundsStatus is what the command `funds` reports: what the hall says may be done, and what was asked for and is not seen to its end.
type fundsStatus struct {
	funds.Overview
	Asked funds.Asked `json:"asked"`
}

func (c *console) fundsCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "funds", Short: "Tell the stored-value funds at the hall, and what became of recharges and allocations that were asked for",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.tellFunds(command.Context(), desk)
			})
		},
	}
	c.addDataFlag(command)
	return command
}

// tellFunds asks once for whatever has no answer, so that a script need not wait.
func (c *console) tellFunds(ctx context.Context, desk *workspace.Desk) error {
	var status fundsStatus
	var err error
	if status.Overview, err = desk.Cashier.Overview(ctx); err != nil {
		return err
	}
	before, err := desk.Cashier.Asked(ctx)
	if err != nil {
		return err
	}
	for _, order := range before.Orders {
		if _, err := desk.Cashier.Refresh(ctx, order.ID); err != nil {
			return err
		}
	}
	for _, allocation := range before.Allocations {
		if _, err := desk.Cashier.AskAllocation(ctx, allocation.ID); err != nil {
			return err
		}
	}
	if status.Asked, err = desk.Cashier.Asked(ctx); err != nil {
		return err
	}
	return c.print(status, func(out io.Writer) {
		hours := "recharges are closed until "
		if status.RechargeOpen {
			hours = "recharges are open until "
		}
		fmt.Fprintf(out, "available %s yuan, %d cards can be given funds; %s%s\n", status.AvailableFen, status.CardCount, hours, status.ChangesAt)
		for _, order := range status.Asked.Orders {
			fmt.Fprintf(out, "recharge %s of %s: %s yuan to %s, %s %s\n", order.OrderNumber, order.AskedAt, order.AmountFen, order.Target, order.State, order.Status)
		}
		for _, allocation := range status.Asked.Allocations {
			fmt.Fprintf(out, "allocation of %s: %s yuan to %d cards, %s %s\n", allocation.AskedAt, allocation.TotalFen, allocation.Cards, allocation.State, allocation.Reason)
		}
	})
}

type allocateFlags struct {
	file            string
	dryRun, skipBad bool
}

// allocated is what the command `allocate` reports. Result is nil when nothing was sent.
type allocated struct {
	Preview funds.Preview     `json:"preview"`
	Result  *funds.Allocation `json:"result"`
}

func (c *console) allocateCommand() *cobra.Command {
	var f allocateFlags
	command := &cobra.Command{
		Use: "allocate", Short: "Allocate funds to cards from an Excel file, all or nothing",
		Long: "Reads the first sheet of an xlsx file, which has a column 车牌号码 or 卡号 and one 金额, names every row that gets nothing and why, and sends the rest.\n" +
			"With a row that gets nothing it sends nothing, unless --skip-bad says that the others are wanted all the same. The records come with the next sync.",
		Example: "  tollctl allocate --file amounts.xlsx --dry-run --data ~/tollbook",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.allocate(command.Context(), desk, f)
			})
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.file, "file", "", "the workbook (required)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "look, and send nothing")
	flags.BoolVar(&f.skipBad, "skip-bad", false, "send the other rows although some get nothing")
	c.addDataFlag(command)
	if err := command.MarkFlagRequired("file"); err != nil {
		panic(err) // the flag was defined above
	}
	return command
}

func (c *console) allocate(ctx context.Context, desk *workspace.Desk, f allocateFlags) error {
	raw, err := os.ReadFile(f.file)
	if err != nil {
		return usageError{err}
	}
	var report allocated
	if report.Preview, err = desk.Cashier.Preview(ctx, funds.Draft{Mode: "sheet", Text: base64.StdEncoding.EncodeToString(raw)}); err != nil {
		return err
	}
	for _, each := range report.Preview.Refusals {
		fmt.Fprintf(c.err, "row %d: %s %s: %s\n", each.Line, each.Text, each.Amount, each.Problem)
	}
	switch {
	case f.dryRun:
		return c.printAllocated(report)
	case report.Preview.Token == "":
		return fault.New(fault.BadInput, "nothing was sent: %s, %s of %s yuan available", report.Preview.Why, report.Preview.TotalFen, report.Preview.AvailableFen)
	case report.Preview.Refused > 0 && !f.skipBad:
		return fault.New(fault.BadInput, "nothing was sent: %d rows get nothing; mend them, or say --skip-bad", report.Preview.Refused)
	}
	result, err := desk.Cashier.Allocate(ctx, report.Preview.Token)
	if err != nil {
		return err
	}
	report.Result = &result
	switch result.State {
	case store.IntentAsking:
		return fault.New(fault.Code(result.ErrorCode), "no answer from the hall: ask with tollctl funds what became of it, and do not allocate anew before that")
	case store.IntentRefused:
		return fault.New(fault.BadInput, "nothing was allocated: %s%s, %d cards refused", result.Reason, result.ErrorCode, len(result.Refusals))
	}
	return c.printAllocated(report)
}

func (c *console) printAllocated(report allocated) error {
	return c.print(report, func(out io.Writer) {
		what := "would be allocated"
		if report.Result != nil {
			what = "allocated"
		}
		fmt.Fprintf(out, "%s yuan %s to %d cards, %d rows get nothing; %s yuan were available\n", report.Preview.TotalFen, what, report.Preview.Cards, report.Preview.Refused, report.Preview.AvailableFen)
	})
}

type fundsFlags struct{ from, to, plate, format, out string }

// fundsExports are the lists of movements of funds that can be exported, by the word of the command.
func (c *console) fundsExports() []*cobra.Command {
	return []*cobra.Command{
		c.exportFunds(funds.RechargesDocument, "Export 充值记录: recharges"),
		c.exportFunds(funds.AllocationsDocument, "Export 预分配记录: allocations to cards"),
		c.exportFunds(funds.LoadsDocument, "Export 圈存记录: loads onto cards"),
	}
}

func (c *console) exportFunds(kind funds.Kind, short string) *cobra.Command {
	var f fundsFlags
	command := &cobra.Command{
		Use: string(kind), Short: short,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.writeFunds(command.Context(), desk, kind, f)
			})
		},
	}
	requireKnownArguments(command)
	flags := command.Flags()
	flags.StringVar(&f.from, "from", "", "first day, YYYY-MM-DD; empty: as far back as there is")
	flags.StringVar(&f.to, "to", "", "last day, YYYY-MM-DD; empty: up to now")
	flags.StringVar(&f.plate, "plate", "", "plate number or a part of it")
	flags.StringVar(&f.format, "format", "xlsx", "xlsx, pdf or csv")
	flags.StringVar(&f.out, "out", "", "file to write (required)")
	c.addDataFlag(command)
	if err := command.MarkFlagRequired("out"); err != nil {
		panic(err) // the flag was defined above
	}
	return command
}

func (c *console) writeFunds(ctx context.Context, desk *workspace.Desk, kind funds.Kind, f fundsFlags) error {
	format, err := readyFor(ctx, desk, f.format)
	if err != nil {
		return err
	}
	query := funds.Query{Filter: funds.Filter{Plate: f.plate, From: f.from, To: f.to}}
	rows, err := desk.Funds.Rows(ctx, kind, query)
	if err != nil {
		return err
	}
	files, err := desk.ExportFunds(ctx, kind, query, format, f.out, func(done int64) { c.tell("%s %s: %d rows", kind, format, done) })
	if err != nil {
		return err
	}
	return c.printExported(exported{Rows: rows, Files: files})
}
