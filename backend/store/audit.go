package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/fault"
)

// CardShown is the audit's word for a card number that was shown in full.
const CardShown = "cardShown"

// AuditEntry is a number that was shown in full on this computer. CardNumber is empty when the card is gone.
type AuditEntry struct {
	At         time.Time
	Event      string
	CardNumber string
}

// RevealCard gives a card's full number and notes that it was shown, both or neither; fault.NotFound when there is no such card.
func (s *Store) RevealCard(ctx context.Context, cardID int64, at time.Time) (string, error) {
	var number string
	err := s.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "SELECT number FROM card WHERE id = ?", cardID).Scan(&number)
		if err == sql.ErrNoRows {
			return fault.New(fault.NotFound, "there is no card %d", cardID)
		}
		if err != nil {
			return classify(err, "read a card")
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO audit (at, event, subject) VALUES (?, ?, ?)", at.Unix(), CardShown, cardID)
		return classify(err, "note what was shown")
	})
	if err != nil {
		return "", err
	}
	return number, nil
}

// Audit reads the newest entries of what was shown on this computer.
func (s *Store) Audit(ctx context.Context, limit int) ([]AuditEntry, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT a.at, a.event, IFNULL(c.number, '') FROM audit a LEFT JOIN card c ON c.id = a.subject
		ORDER BY a.id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, classify(err, "read what was shown")
	}
	defer rows.Close()
	entries := []AuditEntry{}
	for rows.Next() {
		var e AuditEntry
		var at int64
		if err := rows.Scan(&at, &e.Event, &e.CardNumber); err != nil {
			return nil, classify(err, "read what was shown")
		}
		e.At = instant(at)
		entries = append(entries, e)
	}
	return entries, classify(rows.Err(), "read what was shown")
}
