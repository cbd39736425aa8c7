package hall

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"tollbook/backend/fault"
)

// keyLife is how long the answer of a command can be asked for again.
const keyLife = 30 * 24 * time.Hour

// Lengths of an idempotency key, in characters: shorter ones are not random enough to be drawn only once.
const (
	shortestKey = 16
	longestKey  = 64
)

// command is what was asked under an idempotency key: the operation, and all of its body that says what to do.
type command struct {
	Operation string
	Body      any
}

func checkKey(key string) error {
	if length := utf8.RuneCountInString(key); length < shortestKey || length > longestKey {
		return fault.New(fault.BadInput, "an idempotency key has %d to %d characters", shortestKey, longestKey)
	}
	return nil
}

// once does a command of the account whose feed is locked, so that no other command of it runs, and keeps its answer under the key, in one transaction, so that a caller who lost the answer can ask
// again: the kept answer is given then and nothing is done. fault.BadInput for a key that was used for another command.
func once[A any](ctx context.Context, w *feedWriter, key string, asked command, now time.Time, do func() (A, error)) (answer A, err error) {
	body, err := json.Marshal(asked)
	if err != nil {
		return answer, fmt.Errorf("encode the command: %w", err)
	}
	sum := sha256.Sum256(body)
	kept, found, err := keptAnswer(ctx, w.tx, w.account, key, sum[:])
	if err != nil {
		return answer, err
	}
	if found {
		return answer, json.Unmarshal(kept, &answer)
	}
	if answer, err = do(); err != nil {
		return answer, err
	}
	return answer, keepAnswer(ctx, w.tx, w.account, key, sum[:], answer, now)
}

func keptAnswer(ctx context.Context, tx *transaction, account AccountID, key string, sum []byte) (answer []byte, found bool, err error) {
	var asked []byte
	err = tx.QueryRowContext(ctx, `SELECT asked, answer FROM command WHERE account_id = ? AND key = ?`, account, key).Scan(&asked, &answer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("look for the command's answer: %w", err)
	}
	if !bytes.Equal(asked, sum) {
		return nil, false, fault.New(fault.BadInput, "the idempotency key was used for another command")
	}
	return answer, true, nil
}

// keepAnswer also sweeps out the answers that are older than keyLife.
func keepAnswer(ctx context.Context, tx *transaction, account AccountID, key string, sum []byte, answer any, now time.Time) error {
	if err := tx.sweep(ctx, "command", `at < ?`, now.Add(-keyLife).Unix()); err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO command (account_id, key, asked, answer, at) VALUES (?, ?, ?, ?, ?)`, account, key, sum, string(body), now.Unix())
	if err != nil {
		return fmt.Errorf("keep the answer: %w", err)
	}
	return nil
}
