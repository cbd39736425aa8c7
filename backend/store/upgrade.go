package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"tollbook/backend/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Upgrade is how far an older cache is on its way to the version of this program. Done and Total count the rows of a step that is told row by
// row; both are 0 in a step that SQLite does at once, such as the building of an index.
type Upgrade struct {
	Step, Steps int // from 1 on
	Done, Total int64
}

// fill is the part of a migration that is done row by row. It tells how many rows of how many it has done, and is part of the migration's
// transaction.
type fill func(ctx context.Context, tx *sql.Tx, tell func(done, total int64)) error

// fills are done after the SQL of the migration that leads to a version.
func fills() map[int][]fill {
	return map[int][]fill{8: {fillTripDays, fillBillDays}, 9: {fillFirstTrips}}
}

// migrate applies the numbered files above the cache's own version, each in one transaction with the version it leads to: whatever ends it, the
// cache stands at the end of one of them.
func (s *Store) migrate(ctx context.Context, tell func(Upgrade)) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	var version int
	if err := s.writer.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return classify(err, "read the cache's version")
	}
	if version > len(files) {
		return fault.New(fault.CacheNewer, "the cache has version %d, this program knows versions up to %d", version, len(files))
	}
	if version == 0 {
		tell = func(Upgrade) {} // a new cache
	}
	way, err := wayFrom(version, files, tell)
	if err != nil {
		return err
	}
	for ; version < len(files); version++ {
		if err := s.migrateTo(ctx, version+1, files[version], way); err != nil {
			return err
		}
	}
	return nil
}

// way is what is told of all migrations that a cache needs.
type way struct {
	at   Upgrade
	tell func(Upgrade)
}

func wayFrom(version int, files []string, tell func(Upgrade)) (*way, error) {
	w := &way{tell: tell}
	for ; version < len(files); version++ {
		statements, err := statementsOf(files[version])
		if err != nil {
			return nil, err
		}
		for _, each := range statements {
			if goesOverRows(each) {
				w.at.Steps++
			}
		}
		w.at.Steps += len(fills()[version+1])
	}
	return w, nil
}

// next begins a step.
func (w *way) next() {
	w.at = Upgrade{Step: w.at.Step + 1, Steps: w.at.Steps}
	w.tell(w.at)
}

func (w *way) rows(done, total int64) {
	w.at.Done, w.at.Total = done, total
	w.tell(w.at)
}

func (s *Store) migrateTo(ctx context.Context, version int, file string, way *way) error {
	statements, err := statementsOf(file)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, statement := range statements {
			if goesOverRows(statement) {
				way.next()
			}
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return classify(err, "apply "+file)
			}
		}
		for _, fill := range fills()[version] {
			way.next()
			if err := fill(ctx, tx, way.rows); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
		return classify(err, "apply "+file)
	})
}

// statementsOf reads a migration, statement by statement. No text in one of them holds a semicolon or two dashes.
func statementsOf(file string) ([]string, error) {
	raw, err := migrations.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	var code strings.Builder
	for line := range strings.Lines(string(raw)) {
		line, _, _ = strings.Cut(line, "--")
		code.WriteString(strings.TrimSpace(line) + "\n")
	}
	var statements []string
	for statement := range strings.SplitSeq(code.String(), ";") {
		if statement = strings.TrimSpace(statement); statement != "" {
			statements = append(statements, statement)
		}
	}
	return statements, nil
}

// goesOverRows tells whether a statement takes the longer the more rows there are.
func goesOverRows(statement string) bool {
	for _, begin := range []string{"INSERT", "UPDATE", "CREATE INDEX", "CREATE UNIQUE INDEX"} {
		if strings.HasPrefix(statement, begin) {
			return true
		}
	}
	return false
}
