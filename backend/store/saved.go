package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tollbook/backend/fault"
)

// Saved is something that the user keeps by name on this computer alone. Names are one to 40 characters and unique in their kind; what
// the body, which is JSON, means is the kind's affair.
type Saved struct {
	Name      string
	Body      string
	ChangedAt time.Time
}

// The limits of what is kept by name: a name in characters, a body in bytes.
const (
	savedNameLimit = 40
	savedBodyLimit = 256 << 10
)

// Saved lists what is kept of a kind, by name.
func (s *Store) Saved(ctx context.Context, kind string) ([]Saved, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT name, body, changed_at FROM saved WHERE kind = ? ORDER BY name", kind)
	if err != nil {
		return nil, classify(err, "list what is saved")
	}
	defer rows.Close()
	all := []Saved{}
	for rows.Next() {
		var one Saved
		var changed int64
		if err := rows.Scan(&one.Name, &one.Body, &changed); err != nil {
			return nil, classify(err, "list what is saved")
		}
		one.ChangedAt = instant(changed)
		all = append(all, one)
	}
	return all, classify(rows.Err(), "list what is saved")
}

// PutSaved keeps a body under a name, in the place of what had the name, and tells the name as it was kept. A bad name or body is
// fault.BadInput.
func (s *Store) PutSaved(ctx context.Context, kind, name, body string, at time.Time) (string, error) {
	name, err := savedName(name)
	if err != nil {
		return "", err
	}
	if len(body) > savedBodyLimit || !json.Valid([]byte(body)) {
		return "", fault.New(fault.BadInput, "what is saved is JSON of up to %d bytes", savedBodyLimit)
	}
	return name, s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "REPLACE INTO saved (kind, name, body, changed_at) VALUES (?, ?, ?, ?)", kind, name, body, at.Unix())
		return classify(err, "save by name")
	})
}

// RenameSaved gives another name, and tells it as it was kept; fault.BadInput when the name is taken, fault.NotFound when nothing has the
// former one.
func (s *Store) RenameSaved(ctx context.Context, kind, from, to string, at time.Time) (string, error) {
	to, err := savedName(to)
	if err != nil {
		return "", err
	}
	return to, s.write(ctx, func(tx *sql.Tx) error {
		var taken bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM saved WHERE kind = ? AND name = ? AND name <> ?)", kind, to, from).Scan(&taken); err != nil {
			return classify(err, "look for a name")
		}
		if taken {
			return fault.New(fault.BadInput, "the name is taken")
		}
		result, err := tx.ExecContext(ctx, "UPDATE saved SET name = ?, changed_at = ? WHERE kind = ? AND name = ?", to, at.Unix(), kind, from)
		if err != nil {
			return classify(err, "rename what is saved")
		}
		if renamed, err := result.RowsAffected(); err != nil || renamed == 0 {
			return fault.Wrap(fault.NotFound, err, "nothing is saved under that name")
		}
		return nil
	})
}

// DeleteSaved forgets what is kept under a name; it is no error when there is nothing.
func (s *Store) DeleteSaved(ctx context.Context, kind, name string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM saved WHERE kind = ? AND name = ?", kind, name)
		return classify(err, "forget what is saved")
	})
}

func savedName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > savedNameLimit || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", fault.New(fault.BadInput, "a name has 1 to %d characters", savedNameLimit)
	}
	return name, nil
}
