package store

import (
	"context"
	"errors"
	"sync"
)

// texts holds table name in memory: stations and places that many rows share. Texts are only ever added and never change, so that what was
// read stays right.
type texts struct {
	mu   sync.RWMutex
	byID map[int64]string
}

// errUnknownText: a row names a text that came after the texts were read.
var errUnknownText = errors.New("a text is not in the cache")

// refresh reads the texts that were added.
func (t *texts) refresh(ctx context.Context, q querier) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	// Ids are given without gaps from one on, so that the number of texts is the last id.
	rows, err := q.QueryContext(ctx, "SELECT id, text FROM name WHERE id > ?", len(t.byID))
	if err != nil {
		return classify(err, "read the names")
	}
	defer rows.Close()
	if t.byID == nil {
		t.byID = map[int64]string{}
	}
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return classify(err, "read the names")
		}
		t.byID[id] = text
	}
	return classify(rows.Err(), "read the names")
}

// passage are the ids of the texts that say where a vehicle passed.
type passage struct{ entry, exit, place int64 }

// of gives the texts of a passage.
func (t *texts) of(p passage) (entry, exit, place string, err error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	entry, hasEntry := t.byID[p.entry]
	exit, hasExit := t.byID[p.exit]
	place, hasPlace := t.byID[p.place]
	if !hasEntry || !hasExit || !hasPlace {
		return "", "", "", errUnknownText
	}
	return entry, exit, place, nil
}
