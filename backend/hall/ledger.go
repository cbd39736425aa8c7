package hall

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/record"
)

// book is a side of the ledger. What an account and its cards hold is told by their rows and records; the ledger says how it came there,
// and transfer keeps both equal.
type book string

const (
	bookPayer    book = "payer"    // what payers have paid, negative
	bookPending  book = "pending"  // paid, and not yet taken by the issuing system
	bookFunds    book = "funds"    // 储值账户未预分配金额
	bookUnloaded book = "unloaded" // 卡上未圈存金额
	bookBalance  book = "balance"  // 卡上余额
	bookOutside  book = "outside"  // tolls paid by cards, and what was there before the ledger
)

// What a journal is made for. But for openings and corrections, each is made once for its record.
const (
	causeOpening    = "opening"    // what was there when the ledger began
	causeCorrection = "correction" // somebody changed an account or a card
	causePayment    = "payment"    // of an order
	causeRecharge   = "recharge"   // of an order: credited
	causeRefund     = "refund"     // of an order: given back to the payer
	causeAllocation = "allocation"
	causeLoad       = "load"
)

// posting is one line of a journal.
type posting struct {
	book   book
	card   int64 // of bookUnloaded and bookBalance
	amount money.Fen
}

// cause says why money moves. id is the record behind it; zero for none, and then nothing keeps it from being done again.
type cause struct {
	name string
	id   int64
	at   time.Time
}

// post writes a journal; its postings must add up to zero.
func post(ctx context.Context, tx *transaction, account AccountID, why cause, postings []posting) error {
	var sum money.Fen
	for _, each := range postings {
		sum += each.amount
	}
	if sum != 0 {
		return fmt.Errorf("post %s %d: the postings add up to %d fen", why.name, why.id, sum)
	}
	var journal int64
	err := tx.QueryRowContext(ctx, `INSERT INTO journal (account_id, at, cause, cause_id) VALUES (?, ?, ?, ?) RETURNING id`,
		account, why.at.Unix(), why.name, why.id).Scan(&journal)
	if err != nil {
		return fmt.Errorf("post %s %d: %w", why.name, why.id, err)
	}
	line := 0
	for lines := range slices.Chunk(postings, postingsAtOnce) {
		var args []any
		for _, each := range lines {
			args = append(args, journal, line, each.book, each.card, each.amount)
			line++
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO posting (journal_id, line, book, card_id, amount_fen) VALUES (?, ?, ?, ?, ?)`+
			strings.Repeat(`, (?, ?, ?, ?, ?)`, len(lines)-1), args...)
		if err != nil {
			return fmt.Errorf("post %s %d: %w", why.name, why.id, err)
		}
	}
	return nil
}

// postingsAtOnce is how many lines of a journal one statement writes.
const postingsAtOnce = 100

// transfer moves money, and is all that does: it posts the journal and brings the account's row and the cards' records to the same sums, the
// latter through the feed. fault.BadInput when something would become negative.
func (w *feedWriter) transfer(ctx context.Context, why cause, postings ...posting) error {
	if err := post(ctx, w.tx, w.account, why, postings); err != nil {
		return err
	}
	changes, order := map[int64]*cardChange{}, []int64{}
	for _, each := range postings {
		switch each.book {
		case bookFunds:
			if err := w.moveFunds(ctx, each.amount); err != nil {
				return err
			}
		case bookUnloaded, bookBalance:
			if changes[each.card] == nil {
				changes[each.card] = &cardChange{}
				order = append(order, each.card)
			}
			changes[each.card].add(each)
		}
	}
	for _, card := range order {
		if err := w.moveOnCard(ctx, card, *changes[card], why.at); err != nil {
			return err
		}
	}
	return nil
}

// cardChange is what a journal does to one card.
type cardChange struct{ balance, unloaded money.Fen }

func (c *cardChange) add(p posting) {
	if p.book == bookBalance {
		c.balance += p.amount
		return
	}
	c.unloaded += p.amount
}

func (w *feedWriter) moveFunds(ctx context.Context, amount money.Fen) error {
	result, err := w.tx.ExecContext(ctx, `UPDATE account SET unallocated_fen = unallocated_fen + ? WHERE id = ? AND unallocated_fen + ? >= 0`,
		amount, w.account, amount)
	if err != nil {
		return fmt.Errorf("move funds: %w", err)
	}
	if moved, err := result.RowsAffected(); err != nil || moved != 1 {
		return errors.Join(fault.New(fault.BadInput, "the account has not that much"), err)
	}
	return nil
}

func (w *feedWriter) moveOnCard(ctx context.Context, id int64, change cardChange, at time.Time) error {
	card, err := w.card(ctx, id)
	if err != nil {
		return err
	}
	if card == nil {
		return fault.New(fault.NotFound, "no card %d", id)
	}
	changed := *card
	changed.Balance += change.balance
	changed.Unloaded += change.unloaded
	changed.UpdatedAt = &at
	if changed.Balance < 0 || changed.Unloaded < 0 {
		return fault.New(fault.BadInput, "card %d has not that much", id)
	}
	return w.upsert(ctx, card, &changed)
}

// card is the living version of a card, nil when there is none.
func (w *feedWriter) card(ctx context.Context, id int64) (*record.Card, error) {
	current, err := w.current(ctx, record.KindCard, id)
	if err != nil {
		return nil, err
	}
	card, _ := current.(*record.Card)
	return card, nil
}

// correct posts what a change of a card's record, made at a time by somebody else than transfer, means for the ledger; former and changed may be nil.
func (w *feedWriter) correct(ctx context.Context, former, changed record.Record, at time.Time) error {
	before, _ := former.(*record.Card)
	after, _ := changed.(*record.Card)
	var id int64
	var difference cardChange
	if before != nil {
		id, difference = before.ID, cardChange{-before.Balance, -before.Unloaded}
	}
	if after != nil {
		id = after.ID
		difference.balance += after.Balance
		difference.unloaded += after.Unloaded
	}
	if difference == (cardChange{}) {
		return nil
	}
	return post(ctx, w.tx, w.account, cause{name: causeCorrection, at: at}, []posting{
		{bookBalance, id, difference.balance}, {bookUnloaded, id, difference.unloaded}, {bookOutside, 0, -difference.balance - difference.unloaded}})
}

// openLedgers begins the ledger of every account that has none.
func openLedgers(ctx context.Context, tx *transaction, now time.Time) error {
	accounts, err := selectAccounts(ctx, tx, `WHERE NOT EXISTS (SELECT 1 FROM journal WHERE account_id = account.id)`)
	if err != nil {
		return err
	}
	for _, each := range accounts {
		if err := openLedger(ctx, tx, each.ID, posting{bookFunds, 0, each.Unallocated}, now); err != nil {
			return err
		}
	}
	return nil
}

// openLedger posts what an account's cards hold, and what was given beside it, as having come from outside.
func openLedger(ctx context.Context, tx *transaction, account AccountID, beside posting, now time.Time) error {
	held, err := heldByCards(ctx, tx, account)
	if err != nil {
		return err
	}
	if beside.amount != 0 {
		held = append(held, beside)
	}
	if len(held) == 0 {
		return nil
	}
	var sum money.Fen
	for _, each := range held {
		sum += each.amount
	}
	return post(ctx, tx, account, cause{name: causeOpening, at: now}, append(held, posting{bookOutside, 0, -sum}))
}

// heldByCards reads what the living cards hold, by card.
func heldByCards(ctx context.Context, q querier, account AccountID) ([]posting, error) {
	rows, err := q.QueryContext(ctx, `SELECT record.id, json_extract(feed.body, '$.balanceFen'), json_extract(feed.body, '$.unloadedFen')
		FROM record JOIN feed ON feed.account_id = record.account_id AND feed.seq = record.seq
		WHERE record.account_id = ? AND record.kind = 'card' ORDER BY record.id`, account)
	if err != nil {
		return nil, fmt.Errorf("read what the cards hold: %w", err)
	}
	defer rows.Close()
	var held []posting
	for rows.Next() {
		var id int64
		var balance, unloaded money.Fen
		if err := rows.Scan(&id, &balance, &unloaded); err != nil {
			return nil, fmt.Errorf("read what the cards hold: %w", err)
		}
		for _, each := range []posting{{bookBalance, id, balance}, {bookUnloaded, id, unloaded}} {
			if each.amount != 0 {
				held = append(held, each)
			}
		}
	}
	return held, rows.Err()
}
