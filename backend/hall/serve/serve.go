// Package serve is the command that runs a hall as a server, and the one that changes its records. The first is shared by the hall's own
// program and by the console's demo.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tollbook/backend/hall"
	"tollbook/backend/hall/paper"
	"tollbook/backend/hall/sample"
)

type serveOptions struct {
	db string
	// documents is the folder of the documents' bytes, with PostgreSQL.
	documents string
	listen    string
	sample    string
	outbox    string
	// captchas is the file for the texts of captchas.
	captchas string
	codeLife time.Duration
	gateway  string
	alipay   string
	sandbox  bool
	clock    string
}

// Usage is a wrong call, as opposed to a failure of the work.
type Usage struct{ Err error }

// Error says what was wrong with the call.
func (u Usage) Error() string { return u.Err.Error() }

// Command makes the command `serve`. Results go to its standard output, progress and messages to its standard error.
func Command() *cobra.Command {
	var options serveOptions
	command := &cobra.Command{
		Use:     "serve --db sqlite:PATH|postgres://HOST/DATABASE",
		Short:   "Serve the accounts of a database over HTTP until interrupted",
		Example: "  hall serve --db sqlite:hall.db --listen 127.0.0.1:8790 --sample vehicles=200,months=14,seed=1 --sms-outbox codes.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return serve(command.Context(), options, command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.db, "db", "", "the database, sqlite:PATH, made when missing, or postgres://HOST/DATABASE, which is empty or a hall's; its password comes from ~/.pgpass, PGPASSFILE or a service file (required)")
	flags.StringVar(&options.documents, "documents", "", "with PostgreSQL, the folder of the documents of invoices, the same for all processes that serve the database")
	flags.StringVar(&options.listen, "listen", "127.0.0.1:8790", "the address to listen on; port 0 takes a free one")
	flags.StringVar(&options.sample, "sample", "", "fill an empty database with a sample: vehicles=N,months=N,seed=N[,until=YYYY-MM-DD], or manual for the figures of the portal's manual")
	flags.StringVar(&options.outbox, "sms-outbox", "", "append each SMS to this file, one line of JSON a message")
	flags.StringVar(&options.captchas, "captcha-outbox", "", "append the text of each captcha to this file, for tests and demonstrations: with it a captcha stops nobody")
	flags.StringVar(&options.gateway, "sms-gateway", "", "send SMS through the HTTPS gateway that this file of JSON describes (readable to the owner alone): url, method, headers, body, sign, secret, encoding, accepted, caFile")
	flags.StringVar(&options.alipay, "alipay", "", "take payments through Alipay as this file of JSON describes: appId, sellerId, gateway, notifyUrl, returnUrl, privateKeyFile, gatewayKeyFile, minRechargeFen, maxRechargeFen, closedFrom, closedTo, payWithinMinutes")
	flags.BoolVar(&options.sandbox, "sandbox", false, "take payments through a sandbox gateway of its own, on which nothing is really paid")
	flags.StringVar(&options.clock, "clock", "", "begin at this time instead of the computer's, for tests and demonstrations: 2026-11-20T21:58:00+08:00")
	flags.DurationVar(&options.codeLife, "code-life", 0, "how long an SMS code is good (5m)")
	return command
}

func serve(ctx context.Context, options serveOptions, stdout, stderr io.Writer) (err error) {
	where, err := placeOf(options.db, options.documents)
	if err != nil {
		return err
	}
	if where.URL != "" && options.documents == "" {
		return Usage{Err: errors.New("--documents DIR is needed with PostgreSQL: the documents of invoices are files")}
	}
	if options.documents != "" {
		if err := os.MkdirAll(options.documents, 0o700); err != nil {
			return fmt.Errorf("make the folder of documents: %w", err)
		}
	}
	fill, err := filler(options.sample)
	if err != nil {
		return Usage{Err: err}
	}
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	sender, closeSender, err := options.sender(logger)
	if err != nil {
		return Usage{Err: err}
	}
	defer closeSender()
	now, err := clockAt(options.clock)
	if err != nil {
		return Usage{Err: err}
	}
	// The address is taken first: the payment provider must know it, and to find it occupied after minutes of generating would be a pity.
	listener, err := net.Listen("tcp", options.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	config := hall.Config{Path: where.path, Postgres: where.Postgres, Sender: sender, Logger: logger, CodeLife: options.codeLife, Issuer: paper.Issue, Now: now}
	if options.captchas != "" {
		config.CaptchaText = hall.CaptchasTo(options.captchas)
	}
	closePayments, err := options.payments(&config, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, closePayments()) }()
	h, err := hall.Open(ctx, config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := fill(ctx, h.Store(), stdout, stderr); err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(stdout, "listening on http://%s\n", listener.Addr())
	return h.Serve(ctx, listener)
}

// clockAt is a clock that begins at a time and goes on as the computer's does; the computer's for an empty text.
func clockAt(text string) (func() time.Time, error) {
	if text == "" {
		return time.Now, nil
	}
	begin, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, fmt.Errorf("--clock %q: want a time such as 2026-11-20T21:58:00+08:00", text)
	}
	started := time.Now()
	return func() time.Time { return begin.Add(time.Since(started)) }, nil
}

// existingDB explains --db where the database must be there.
const existingDB = "the database, sqlite:PATH or postgres://HOST/DATABASE, which must be there (required)"

// place is where a database is: the path of a SQLite file, or a PostgreSQL server.
type place struct {
	path string
	hall.Postgres
}

// placeOf reads the option --db. What it refuses it does not repeat, since it may be an address with a password.
func placeOf(db, documents string) (place, error) {
	if path, isSQLite := strings.CutPrefix(db, "sqlite:"); isSQLite && path != "" {
		return place{path: path}, nil
	}
	if scheme, _, _ := strings.Cut(db, "://"); scheme != "postgres" && scheme != "postgresql" {
		return place{}, Usage{Err: errors.New("--db: want sqlite:PATH or postgres://HOST/DATABASE")}
	}
	where := place{Postgres: hall.Postgres{URL: db, Documents: documents}}
	if err := where.Check(); err != nil {
		return place{}, Usage{Err: err}
	}
	return where, nil
}

// openExisting opens the database that the option --db names, which must be there: to open the store would make it.
func openExisting(ctx context.Context, db string) (*hall.Store, error) {
	where, err := placeOf(db, "")
	if err != nil {
		return nil, err
	}
	if where.URL != "" {
		where.MustExist = true
		return hall.OpenPostgres(ctx, where.Postgres)
	}
	if _, err := os.Stat(where.path); err != nil {
		return nil, fmt.Errorf("find the database: %w", err)
	}
	return hall.OpenStore(ctx, where.path)
}

// sender delivers SMS: to a file, or through a carrier's gateway.
func (o serveOptions) sender(logger *slog.Logger) (hall.SMSSender, func(), error) {
	if o.gateway == "" {
		return hall.NewOutbox(o.outbox), func() {}, nil
	}
	if o.outbox != "" {
		return nil, nil, errors.New("--sms-outbox and --sms-gateway exclude each other")
	}
	config, err := hall.ReadGatewayConfig(o.gateway)
	if err != nil {
		return nil, nil, err
	}
	gateway, err := hall.NewGateway(config, o.codeLife, logger)
	if err != nil {
		return nil, nil, err
	}
	return gateway, gateway.Close, nil
}

// fill brings a sample into a hall's database and prints what is needed to sign in to it.
type fill func(ctx context.Context, store *hall.Store, stdout, stderr io.Writer) error

// filler finds out what a sample's text asks for.
func filler(text string) (fill, error) {
	switch text {
	case "":
		return func(context.Context, *hall.Store, io.Writer, io.Writer) error { return nil }, nil
	case sample.ManualName:
		return fillManual, nil
	}
	params, err := sample.ParseParams(text, sample.Params{Vehicles: 200, Months: 14, Seed: 1})
	return func(ctx context.Context, store *hall.Store, stdout, stderr io.Writer) error {
		return fillFleet(ctx, store, params, stdout, stderr)
	}, err
}

func fillManual(ctx context.Context, store *hall.Store, stdout, _ io.Writer) error {
	if err := sample.EnsureManual(ctx, store); err != nil {
		return err
	}
	return printSignIns(ctx, store, stdout, sample.ManualSignIns())
}

func fillFleet(ctx context.Context, store *hall.Store, params sample.Params, stdout, stderr io.Writer) error {
	params, err := sample.Ensure(ctx, store, params, time.Now(), progressTo(stderr))
	if err != nil {
		return err
	}
	signIns, err := sample.SignIns()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "sample %s\n", params)
	return printSignIns(ctx, store, stdout, signIns)
}

func printSignIns(ctx context.Context, store *hall.Store, stdout io.Writer, signIns []sample.SignIn) error {
	if err := sample.WithPlates(ctx, store, signIns); err != nil {
		return err
	}
	for _, each := range signIns {
		fmt.Fprintf(stdout, "sign in: user-kind=%s phone=%s name=%s document-type=%s document=%s plate=%s plate-color=%d",
			each.UserKind, each.Phone, each.Name, each.DocumentType, each.DocumentNumber, each.Plate.Number, each.Plate.Color)
		if each.Nickname != "" {
			fmt.Fprintf(stdout, " nickname=%s password=%s", each.Nickname, each.Password)
		}
		fmt.Fprintln(stdout)
	}
	return nil
}

// progressTo writes a line at most every second.
func progressTo(stderr io.Writer) func(done, total int) {
	last := time.Now()
	return func(done, total int) {
		if now := time.Now(); now.Sub(last) >= time.Second {
			last = now
			fmt.Fprintf(stderr, "generating the sample: %d of %d vehicle-months\n", done, total)
		}
	}
}
