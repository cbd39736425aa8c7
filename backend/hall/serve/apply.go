package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tollbook/backend/hall"
)

type applyOptions struct {
	db      string
	account string
}

const applyHelp = `Write changes of records to the feed of an account, from which its clients sync them.

Each line of FILE.jsonl is one change, a record as the contract writes it, whole, or a deletion:

  {"kind":"card","record":{"id":5,"vehicleId":1,"number":"33012211230000000005","type":"charge","status":"frozen",
   "issuedAt":"2022-01-01T09:00:00+08:00","updatedAt":"2026-11-20T08:00:00+08:00","balanceFen":0,"unloadedFen":0}}   (on one line)
  {"kind":"card","id":5,"deleted":true}

Kinds: vehicle, card, tag, signing, statusEntry, trip, billLine, refund, invoice, recharge, allocation, cardLoad. A card's balance that changes
is posted to the ledger as a correction; to move funds onto a card use load-card. All lines are applied in one transaction, in their
order, or none: a bad line is named by its number and nothing is written. A hall that serves the database may run meanwhile.`

// ApplyCommand makes the command `apply`, by which an operator changes an account's records.
func ApplyCommand() *cobra.Command {
	var options applyOptions
	command := &cobra.Command{
		Use:     "apply --db DB --account ID FILE.jsonl",
		Short:   "Write changes of records from a file to an account, all or none",
		Long:    applyHelp,
		Example: "  hall apply --db sqlite:hall.db --account 10010001 frozen-cards.jsonl",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return apply(command.Context(), options, args[0], command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.db, "db", "", existingDB)
	flags.StringVar(&options.account, "account", "", "the id of the account (required)")
	return command
}

func apply(ctx context.Context, options applyOptions, file string, stdout io.Writer) (err error) {
	account, known := hall.ParseAccountID(options.account)
	if !known {
		return Usage{Err: fmt.Errorf("--account %q: want the number of an account", options.account)}
	}
	changes, err := readFile(file)
	if err != nil {
		return err
	}
	store, err := openExisting(ctx, options.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	head, err := store.Apply(ctx, account, changes.List)
	if err != nil {
		return fmt.Errorf("%s: %w", file, changes.Locate(err))
	}
	fmt.Fprintf(stdout, "applied %d changes to account %s, whose feed now ends at %d\n", len(changes.List), account, head)
	return nil
}

func readFile(path string) (hall.Changes, error) {
	file, err := os.Open(path)
	if err != nil {
		return hall.Changes{}, fmt.Errorf("read the changes: %w", err)
	}
	defer file.Close()
	changes, err := hall.ReadChanges(file)
	if err != nil {
		return changes, fmt.Errorf("%s: %w", path, err)
	}
	return changes, nil
}
