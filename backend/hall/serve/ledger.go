package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tollbook/backend/hall"
	"tollbook/backend/money"
)

// CheckCommand makes the command `check`, which proves the ledgers of all accounts.
func CheckCommand() *cobra.Command {
	var db string
	command := &cobra.Command{
		Use:   "check --db DB",
		Short: "Prove the ledger of every account, and name the recharges on which somebody should look",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return check(command.Context(), db, command.OutOrStdout())
		},
	}
	command.Flags().StringVar(&db, "db", "", existingDB)
	return command
}

func check(ctx context.Context, db string, stdout io.Writer) (err error) {
	store, err := openExisting(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	accounts, err := store.Accounts(ctx)
	if err != nil {
		return err
	}
	wrong := 0
	for _, account := range accounts {
		report, err := store.CheckLedger(ctx, account)
		if err != nil {
			return err
		}
		wrong += len(report.Wrong)
		printReport(stdout, report)
	}
	if wrong > 0 {
		return fmt.Errorf("%d contradictions in the ledger", wrong)
	}
	return nil
}

func printReport(out io.Writer, report hall.LedgerReport) {
	fmt.Fprintf(out, "account %s: %d journals, %s yuan paid in, %s yuan of it not yet credited\n", report.Account, report.Journals, report.Paid, report.Pending)
	for _, each := range report.Open {
		fmt.Fprintf(out, "  %s\n", each)
	}
	for _, each := range report.Wrong {
		fmt.Fprintf(out, "  WRONG: %s\n", each)
	}
}

type loadOptions struct {
	db, account, amount string
	card                int64
	failed              bool
}

// LoadCommand makes the command `load-card`, which does what a branch does: it writes funds onto a card (圈存).
func LoadCommand() *cobra.Command {
	var options loadOptions
	command := &cobra.Command{
		Use:     "load-card --db DB --account ID --card ID --amount YUAN",
		Short:   "Write funds that wait for a card onto it, as a branch does (圈存)",
		Example: "  hall load-card --db sqlite:hall.db --account 10010001 --card 101 --amount 200.00",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return loadCard(command.Context(), options, command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.db, "db", "", existingDB)
	flags.StringVar(&options.account, "account", "", "the id of the account (required)")
	flags.Int64Var(&options.card, "card", 0, "the id of the card (required)")
	flags.StringVar(&options.amount, "amount", "", "in yuan, at most what waits for the card (required)")
	flags.BoolVar(&options.failed, "failed", false, "record a load that failed: nothing moves")
	return command
}

func loadCard(ctx context.Context, options loadOptions, stdout io.Writer) (err error) {
	account, known := hall.ParseAccountID(options.account)
	amount, amountErr := money.Parse(options.amount)
	if !known || amountErr != nil || options.card <= 0 {
		return Usage{Err: errors.New("load-card needs --account and --card as numbers, and --amount in yuan")}
	}
	store, err := openExisting(ctx, options.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	load, err := store.LoadCard(ctx, account, options.card, amount, options.failed, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "load %d of %s yuan onto card %d: %s\n", load.ID, load.Loaded, load.CardID, load.Status)
	return nil
}

// SettleCommand makes the command `settle-dispute`, by which an operator notes that a disputed payment was given back.
func SettleCommand() *cobra.Command {
	var db, order string
	command := &cobra.Command{
		Use:   "settle-dispute --db DB --order NUMBER",
		Short: "Note that the money of a disputed recharge was given back to the payer at the payment provider's own site",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			store, err := openExisting(command.Context(), db)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			if err := store.SettleDispute(command.Context(), order, time.Now()); err != nil {
				return err
			}
			fmt.Fprintf(command.OutOrStdout(), "order %s is refunded\n", order)
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&db, "db", "", existingDB)
	flags.StringVar(&order, "order", "", "the number of the order (required)")
	return command
}
