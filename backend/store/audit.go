package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/mask"
	"tollbook/backend/money"
)

// The audit's words for what was shown in full.
const (
	CardShown      = "cardShown"
	TagShown       = "tagShown"
	BalanceShown   = "balanceShown"
	ExportedInFull = "exportedInFull"
)

// AuditEntry is something that was shown in full on this computer. Label names it, a number masked; it is empty for a card of an
// earlier version's entry that is gone.
type AuditEntry struct {
	At    time.Time
	Event string
	Label string
}

// RevealCard gives a card's full number and notes that it was shown, both or neither; fault.NotFound when there is no such card.
func (s *Store) RevealCard(ctx context.Context, cardID int64, at time.Time) (string, error) {
	return s.reveal(ctx, "SELECT number FROM card WHERE id = ?", cardID, CardShown, mask.Card, at)
}

// RevealTag is RevealCard for a tag.
func (s *Store) RevealTag(ctx context.Context, tagID int64, at time.Time) (string, error) {
	return s.reveal(ctx, "SELECT number FROM tag WHERE id = ?", tagID, TagShown, mask.Tag, at)
}

func (s *Store) reveal(ctx context.Context, query string, id int64, event string, masked func(string) string, at time.Time) (string, error) {
	var number string
	err := s.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, query, id).Scan(&number)
		if err == sql.ErrNoRows {
			return fault.New(fault.NotFound, "there is no number %d to show", id)
		}
		if err != nil {
			return classify(err, "read a number")
		}
		return note(ctx, tx, event, id, masked(number), at)
	})
	if err != nil {
		return "", err
	}
	return number, nil
}

// RevealBalance gives a stored-value card's balance and what is not yet loaded onto it, and notes that they were shown. A cancelled card
// has none to show (manual 2.5.2): fault.NotFound.
func (s *Store) RevealBalance(ctx context.Context, cardID int64, at time.Time) (balance, unloaded money.Fen, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		var number string
		err := tx.QueryRowContext(ctx, "SELECT number, balance, unloaded FROM card WHERE id = ? AND type = 'storedValue' AND status <> 'cancelled'", cardID).
			Scan(&number, &balance, &unloaded)
		if err == sql.ErrNoRows {
			return fault.New(fault.NotFound, "card %d has no balance to show", cardID)
		}
		if err != nil {
			return classify(err, "read a balance")
		}
		return note(ctx, tx, BalanceShown, cardID, mask.Card(number), at)
	})
	return balance, unloaded, err
}

// NoteShown notes that a document with full numbers was made.
func (s *Store) NoteShown(ctx context.Context, event, label string, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error { return note(ctx, tx, event, 0, label, at) })
}

func note(ctx context.Context, tx *sql.Tx, event string, subject int64, label string, at time.Time) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO audit (at, event, subject, label) VALUES (?, ?, ?, ?)", at.Unix(), event, subject, label)
	return classify(err, "note what was shown")
}

// Audit reads the newest entries of what was shown on this computer.
func (s *Store) Audit(ctx context.Context, limit int) ([]AuditEntry, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT a.at, a.event, a.label, IFNULL(c.number, '') FROM audit a LEFT JOIN card c ON c.id = a.subject
		ORDER BY a.id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, classify(err, "read what was shown")
	}
	defer rows.Close()
	entries := []AuditEntry{}
	for rows.Next() {
		var e AuditEntry
		var at int64
		var number string
		if err := rows.Scan(&at, &e.Event, &e.Label, &number); err != nil {
			return nil, classify(err, "read what was shown")
		}
		if e.Label == "" {
			e.Label = mask.Card(number)
		}
		e.At = instant(at)
		entries = append(entries, e)
	}
	return entries, classify(rows.Err(), "read what was shown")
}
