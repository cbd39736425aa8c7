package hall

import (
	"context"
	"database/sql"
	"fmt"

	"tollbook/backend/money"
	"tollbook/backend/record"
)

// LedgerReport is what CheckLedger found of an account: Wrong names each contradiction, and is empty in a sound ledger; Open names the orders
// on which somebody should look.
type LedgerReport struct {
	Account  AccountID
	Journals int64
	// Paid is what payers have paid less what they got back; Pending is what of it is not yet credited.
	Paid, Pending money.Fen
	Wrong, Open   []string
}

// CheckLedger proves the ledger of an account: each journal adds up to zero, what the account and its cards hold is what the ledger says, and
// what is paid and not yet credited is that of the orders that are on their way.
func (s *Store) CheckLedger(ctx context.Context, account AccountID) (LedgerReport, error) {
	report := LedgerReport{Account: account}
	err := s.reading(ctx, func(tx *transaction) error {
		for _, check := range []func(context.Context, *transaction, *LedgerReport) error{checkJournals, checkSums, checkOrders} {
			if err := check(ctx, tx, &report); err != nil {
				return err
			}
		}
		return nil
	})
	return report, err
}

// Accounts lists the ids of all accounts.
func (s *Store) Accounts(ctx context.Context) ([]AccountID, error) {
	accounts, err := selectAccounts(ctx, s.readers, `ORDER BY id`)
	ids := make([]AccountID, len(accounts))
	for i, each := range accounts {
		ids[i] = each.ID
	}
	return ids, err
}

func (r *LedgerReport) wrong(format string, args ...any) {
	r.Wrong = append(r.Wrong, fmt.Sprintf(format, args...))
}

func checkJournals(ctx context.Context, tx *transaction, report *LedgerReport) error {
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM journal WHERE account_id = ?`, report.Account).Scan(&report.Journals); err != nil {
		return fmt.Errorf("count the journals: %w", err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT journal.id, cause, cause_id, sum(amount_fen) FROM journal LEFT JOIN posting ON posting.journal_id = journal.id
		WHERE account_id = ? GROUP BY journal.id HAVING coalesce(sum(amount_fen), 1) <> 0`, report.Account)
	if err != nil {
		return fmt.Errorf("add the journals up: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var journal, id int64
		var name string
		var sum sql.NullInt64
		if err := rows.Scan(&journal, &name, &id, &sum); err != nil {
			return fmt.Errorf("add the journals up: %w", err)
		}
		report.wrong("journal %d (%s %d) adds up to %d fen", journal, name, id, sum.Int64)
	}
	return rows.Err()
}

// checkSums compares the sums of the ledger with what the account's row and the cards' records say.
func checkSums(ctx context.Context, tx *transaction, report *LedgerReport) error {
	sums, err := ledgerSums(ctx, tx, report.Account)
	if err != nil {
		return err
	}
	report.Paid, report.Pending = -sums[posting{book: bookPayer}], sums[posting{book: bookPending}]
	held, err := heldByCards(ctx, tx, report.Account)
	if err != nil {
		return err
	}
	unallocated, err := unallocatedOf(ctx, tx, report.Account)
	if err != nil {
		return err
	}
	for _, each := range append(held, posting{bookFunds, 0, unallocated}) {
		place := posting{book: each.book, card: each.card}
		if sums[place] != each.amount {
			report.wrong("%s %d holds %d fen, the ledger says %d", each.book, each.card, each.amount, sums[place])
		}
		delete(sums, place)
	}
	for place, sum := range sums {
		isHeld := place.book == bookUnloaded || place.book == bookBalance
		if isHeld && sum != 0 {
			report.wrong("%s %d holds nothing, the ledger says %d fen", place.book, place.card, sum)
		}
	}
	return nil
}

// ledgerSums are by book and card; the amounts of the keys are zero.
func ledgerSums(ctx context.Context, q querier, account AccountID) (map[posting]money.Fen, error) {
	rows, err := q.QueryContext(ctx, `SELECT book, card_id, sum(amount_fen) FROM journal JOIN posting ON posting.journal_id = journal.id
		WHERE account_id = ? GROUP BY book, card_id`, account)
	if err != nil {
		return nil, fmt.Errorf("add the ledger up: %w", err)
	}
	defer rows.Close()
	sums := map[posting]money.Fen{}
	for rows.Next() {
		var place posting
		var sum money.Fen
		if err := rows.Scan(&place.book, &place.card, &sum); err != nil {
			return nil, fmt.Errorf("add the ledger up: %w", err)
		}
		sums[place] = sum
	}
	return sums, rows.Err()
}

// checkOrders compares what is pending with the orders on their way, and names those that wait for a person or for the issuing system.
func checkOrders(ctx context.Context, tx *transaction, report *LedgerReport) error {
	orders, err := selectOrders(ctx, tx, `WHERE account_id = ? ORDER BY id`, report.Account)
	if err != nil {
		return err
	}
	var pending money.Fen
	for _, each := range orders {
		switch each.status {
		case record.RechargePaid, record.RechargeFailed:
			pending += each.amount
		case record.RechargeDisputed:
			came, err := paymentOf(ctx, tx, report.Account, each.id)
			if err != nil {
				return err
			}
			pending += came
		default:
			continue
		}
		report.Open = append(report.Open, fmt.Sprintf("order %s of %s yuan is %s %s", each.number, each.amount, each.status, each.reason))
	}
	if pending != report.Pending {
		report.wrong("%d fen are pending, the orders on their way are of %d", report.Pending, pending)
	}
	return nil
}

// paymentOf is what has come for an order, which may be another amount than was ordered.
func paymentOf(ctx context.Context, q querier, account AccountID, order int64) (money.Fen, error) {
	var came money.Fen
	err := q.QueryRowContext(ctx, `SELECT coalesce(sum(amount_fen), 0) FROM journal JOIN posting ON posting.journal_id = journal.id
		WHERE account_id = ? AND cause = ? AND cause_id = ? AND book = ?`, account, causePayment, order, bookPending).Scan(&came)
	if err != nil {
		return 0, fmt.Errorf("read the payment: %w", err)
	}
	return came, nil
}
