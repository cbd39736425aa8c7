package hall

import (
	"context"
	"fmt"
	"strings"

	"tollbook/backend/fault"
)

// unfinished marks a sample whose generation has not come to its end.
const unfinished = "unfinished "

// Sample tells which sample the database holds, by the text given to BeginSample, and whether it is complete.
func (s *Store) Sample(ctx context.Context) (description string, finished bool, err error) {
	text, err := metaValue(ctx, s.readers, metaSample)
	if err != nil || text == "" {
		return "", false, err
	}
	description, cut := strings.CutPrefix(text, unfinished)
	return description, !cut, nil
}

// BeginSample empties the database for a sample. It refuses to when there are accounts that no sample has brought.
func (s *Store) BeginSample(ctx context.Context, description string) error {
	return s.inTx(ctx, func(tx *transaction) error {
		held, err := metaValue(ctx, tx, metaSample)
		if err != nil {
			return err
		}
		accounts, err := selectAccounts(ctx, tx, `LIMIT 1`)
		if err != nil {
			return err
		}
		if held == "" && len(accounts) > 0 {
			return fault.New(fault.BadInput, "the database holds accounts of its own: name another file for the sample")
		}
		for _, table := range []string{"access_token", "refresh_token", "session", "audit", "login_account", "portal_binding", "portal_user", "login", "command", "posting", "journal", "recharge_order", "invoice_document", "month_digest", "record", "feed", "account"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return fmt.Errorf("empty %s: %w", table, err)
			}
		}
		return setMeta(ctx, tx, metaSample, unfinished+description, metaEpoch, randomHex(8))
	})
}

// EndSample marks the sample complete, and tidies up after it.
func (s *Store) EndSample(ctx context.Context) error {
	held, _, err := s.Sample(ctx)
	if err != nil {
		return err
	}
	if err := setMeta(ctx, s.writer, metaSample, held); err != nil {
		return err
	}
	return s.engine.tidy(ctx)
}
