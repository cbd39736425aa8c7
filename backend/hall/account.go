package hall

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
)

// AccountID is the key of an account; on the wire it is a text.
type AccountID int64

// String is the wire form.
func (id AccountID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseAccountID reads the wire form; false for a text that no account can have.
func ParseAccountID(text string) (AccountID, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return AccountID(id), err == nil && id > 0
}

// Account is an ETC customer, with the phone reserved at sign-up and the document by which the holder is proven.
type Account struct {
	ID             AccountID
	UserKind       hallapi.UserKind
	Phone          string // 11 digits
	Name           string
	DocumentType   string // code of the table of ID documents: 0 身份证, 102 统一社会信用代码证书
	DocumentNumber string
	Contact        string // empty for persons
	Address        string
	OpenedAt       time.Time
	Lapsed         bool      // 已失效: opens nothing any more
	Unallocated    money.Fen // 储值账户未预分配金额 (manual 2.5.2): funds not yet allocated to a card
}

const accountColumns = `id, user_kind, phone, name, document_type, document_number, contact, address, opened_at, lapsed, unallocated_fen`

// PutAccount adds an account, or changes the holder's data of one there is; its records stay.
func (s *Store) PutAccount(ctx context.Context, a Account) error {
	if a.ID <= 0 || !a.UserKind.Valid() || !isPhone(a.Phone) {
		return fault.New(fault.BadInput, "an account needs a positive id, a user kind and a phone of 11 digits")
	}
	return s.inTx(ctx, func(tx *transaction) error {
		if err := tx.hold(ctx, "account", []byte(a.ID.String())); err != nil { // it may not be there yet
			return err
		}
		before, err := selectAccounts(ctx, tx, `WHERE id = ?`+forUpdate, a.ID)
		if err != nil {
			return err
		}
		if err := putAccount(ctx, tx, a); err != nil {
			return err
		}
		more := a.Unallocated
		if len(before) > 0 {
			more -= before[0].Unallocated
		}
		if more == 0 {
			return nil
		}
		return post(ctx, tx, a.ID, cause{name: causeCorrection, at: s.now()}, []posting{{bookFunds, 0, more}, {bookOutside, 0, -more}})
	})
}

func putAccount(ctx context.Context, tx *transaction, a Account) error {
	lapsed := 0
	if a.Lapsed {
		lapsed = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO account (`+accountColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET user_kind = excluded.user_kind, phone = excluded.phone, name = excluded.name,
			document_type = excluded.document_type, document_number = excluded.document_number, contact = excluded.contact,
			address = excluded.address, opened_at = excluded.opened_at, lapsed = excluded.lapsed,
			unallocated_fen = excluded.unallocated_fen`,
		a.ID, a.UserKind, a.Phone, a.Name, a.DocumentType, a.DocumentNumber, a.Contact, a.Address, a.OpenedAt.Unix(), lapsed, a.Unallocated)
	if err != nil {
		return fmt.Errorf("put account: %w", err)
	}
	return nil
}

// Account reads an account; an error with fault.NotFound when there is none.
func (s *Store) Account(ctx context.Context, id AccountID) (Account, error) {
	accounts, err := selectAccounts(ctx, s.readers, `WHERE id = ?`, id)
	if err != nil {
		return Account{}, err
	}
	if len(accounts) == 0 {
		return Account{}, fault.New(fault.NotFound, "no account %s", id)
	}
	return accounts[0], nil
}

func selectAccounts(ctx context.Context, q querier, condition string, args ...any) ([]Account, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+accountColumns+` FROM account `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	defer rows.Close()
	accounts := []Account{}
	for rows.Next() {
		var a Account
		var openedAt int64
		err := rows.Scan(&a.ID, &a.UserKind, &a.Phone, &a.Name, &a.DocumentType, &a.DocumentNumber, &a.Contact, &a.Address, &openedAt, &a.Lapsed,
			&a.Unallocated)
		if err != nil {
			return nil, fmt.Errorf("read accounts: %w", err)
		}
		a.OpenedAt = time.Unix(openedAt, 0)
		accounts = append(accounts, a)
	}
	return accounts, rows.Err()
}

// feedHead reads the number of an account's last change.
func feedHead(ctx context.Context, q querier, id AccountID) (int64, error) {
	var head int64
	err := q.QueryRowContext(ctx, `SELECT feed_head FROM account WHERE id = ?`, id).Scan(&head)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.New(fault.NotFound, "no account %s", id)
	}
	if err != nil {
		return 0, fmt.Errorf("read the feed's head: %w", err)
	}
	return head, nil
}
