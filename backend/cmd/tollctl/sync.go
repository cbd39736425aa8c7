package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
)

func (c *console) syncCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "sync", Short: "Bring the cache to the hall's newest state and prove it",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(w *workspace.Workspace, desk *workspace.Desk) error {
				return c.sync(command.Context(), w, desk)
			})
		},
	}
	c.addDataFlag(command)
	return command
}

func (c *console) sync(ctx context.Context, w *workspace.Workspace, desk *workspace.Desk) error {
	if err := w.Sync(ctx); err != nil {
		return err
	}
	status, err := desk.Syncer.Status(ctx)
	if err != nil {
		return err
	}
	return c.print(map[string]any{"changes": status.Changes, "lastSyncedAt": status.LastSyncedAt, "proven": status.Proven}, func(out io.Writer) {
		fmt.Fprintf(out, "%d changes, complete as of %s\n", status.Changes, status.LastSyncedAt)
	})
}

func (c *console) verifyCommand() *cobra.Command {
	command := &cobra.Command{
		Use: "verify", Short: "Prove from the rows themselves, month by month, that the cache equals the hall's records",
		RunE: func(command *cobra.Command, _ []string) error {
			return c.withDesk(command.Context(), func(_ *workspace.Workspace, desk *workspace.Desk) error {
				return c.verify(command.Context(), desk)
			})
		},
	}
	c.addDataFlag(command)
	return command
}

func (c *console) verify(ctx context.Context, desk *workspace.Desk) error {
	proof, err := desk.Syncer.Prove(ctx, func(rows int64) { c.tell("read %d rows", rows) })
	if err != nil {
		return err
	}
	if err := c.print(proof, func(out io.Writer) { printProof(out, proof) }); err != nil {
		return err
	}
	if !proof.Proven {
		return fault.New(fault.ProofFailed, "the cache differs from the hall's records")
	}
	return nil
}

func printProof(out io.Writer, proof syncer.Proof) {
	fmt.Fprintf(out, "compared with the hall's figures of %s\n", proof.AsOf)
	fmt.Fprintf(out, "%-8s %10s %10s %16s  %-32s %s\n", "month", "rows", "lines", "cents", "digest", "proven")
	for _, month := range proof.Months {
		name := month.Month
		if name == "" {
			name = "-"
		}
		state := "yes"
		if !month.Proven {
			state = fmt.Sprintf("NO: the hall has %d rows, digest %s", month.HallRows, month.HallDigest)
		}
		fmt.Fprintf(out, "%-8s %10d %10d %16d  %s %s\n", name, month.Rows, month.BillLines, int64(month.AmountFen), month.Digest, state)
	}
	for _, kind := range proof.Unproven {
		fmt.Fprintf(out, "records of kind %q are kept, but this version cannot prove them\n", kind)
	}
}
