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

type moveOptions struct{ from, to, documents string }

const moveHelp = `Bring a hall's SQLite database into an empty PostgreSQL database, whole or not at all.

Stop the hall that serves the file first: what it takes after the move is not in PostgreSQL. All tables are copied in one transaction and
compared, row counts and sums, before it is committed; then every ledger is proven as "hall check" does. The file stays as it is. Documents of
invoices are copied into the folder that --documents names, from which "hall serve" hands them out.`

// MoveCommand makes the command `move`, by which an operator brings a hall from SQLite to PostgreSQL.
func MoveCommand() *cobra.Command {
	var options moveOptions
	command := &cobra.Command{
		Use:     "move --from FILE --to postgres://HOST/DATABASE --documents DIR",
		Short:   "Bring a hall from SQLite to PostgreSQL",
		Long:    moveHelp,
		Example: "  hall move --from hall.db --to postgres://db.example.com/hall --documents /srv/hall/documents",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return move(command.Context(), options, command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.from, "from", "", "the SQLite file (required)")
	flags.StringVar(&options.to, "to", "", "the PostgreSQL database, which must hold no hall yet; its password comes from ~/.pgpass, PGPASSFILE or a service file (required)")
	flags.StringVar(&options.documents, "documents", "", "the folder for the documents of invoices, where there are some; new or empty")
	return command
}

func move(ctx context.Context, options moveOptions, stdout, stderr io.Writer) error {
	to, err := placeOf(options.to, options.documents)
	if err == nil && (to.URL == "" || options.from == "") {
		err = Usage{Err: errors.New("move needs --from FILE and --to postgres://HOST/DATABASE")}
	}
	if err != nil {
		return err
	}
	if err := moveInto(ctx, options.from, to.Postgres, stderr); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "moved and compared; the ledgers in PostgreSQL:")
	return check(ctx, options.to, stdout)
}

func moveInto(ctx context.Context, from string, to hall.Postgres, stderr io.Writer) (err error) {
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("find the database: %w", err)
	}
	store, err := hall.OpenStore(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return store.Move(ctx, to, func(table string, rows int64) { fmt.Fprintf(stderr, "%s: %d rows\n", table, rows) })
}
