package store

import (
	"context"
	"database/sql"
	"fmt"
)

// names maps the texts of table name to their ids and back, within one transaction.
type names struct {
	tx    *sql.Tx
	byID  map[int64]string
	ids   map[string]int64
	taken int64
}

func loadNames(ctx context.Context, tx *sql.Tx) (*names, error) {
	n := &names{tx: tx, byID: map[int64]string{}, ids: map[string]int64{}}
	rows, err := tx.QueryContext(ctx, "SELECT id, text FROM name")
	if err != nil {
		return nil, classify(err, "read the names")
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, classify(err, "read the names")
		}
		n.byID[id], n.ids[text] = text, id
		n.taken = max(n.taken, id)
	}
	return n, classify(rows.Err(), "read the names")
}

// id is the id of a text, which is kept if it is new.
func (n *names) id(text string) (int64, error) {
	if id, known := n.ids[text]; known {
		return id, nil
	}
	id := n.taken + 1
	if _, err := n.tx.Exec("INSERT INTO name (id, text) VALUES (?, ?)", id, text); err != nil {
		return 0, classify(err, "keep a name")
	}
	n.taken, n.byID[id], n.ids[text] = id, text, id
	return id, nil
}

func (n *names) text(id int64) (string, error) {
	text, known := n.byID[id]
	if !known {
		return "", fmt.Errorf("name %d is missing from the cache", id)
	}
	return text, nil
}
