package hall

import (
	"context"
	"sync"
	"testing"
	"time"

	"tollbook/backend/hallapi"
)

// openLocked gives a store on PostgreSQL with two accounts of one holder, whose phone has a login.
func openLocked(t *testing.T) (store *Store, who login, holder Account) {
	t.Helper()
	store, err := OpenPostgres(t.Context(), PostgresForTest(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	holder = Account{UserKind: hallapi.Unit, Phone: "10000000001", Name: "样例", DocumentType: "102", DocumentNumber: "1", OpenedAt: time.Unix(0, 0)}
	for holder.ID = 2; holder.ID > 0; holder.ID-- {
		if err := store.PutAccount(t.Context(), holder); err != nil {
			t.Fatal(err)
		}
	}
	holder.ID = 1
	err = store.inTx(t.Context(), func(tx *transaction) (err error) {
		who, err = putLogin(t.Context(), tx, holder.UserKind, holder.Phone, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return store, who, holder
}

// awaitWaiting waits until a transaction waits for another's lock; false when done comes first.
func awaitWaiting(t *testing.T, store *Store, done <-chan error) bool {
	t.Helper()
	for {
		var waiting bool
		err := store.readers.QueryRowContext(t.Context(), `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting {
			return true
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// A holder's phone moves to another number while somebody with the old one binds the accounts: whichever comes first, the old phone is not
// bound in the end.
func TestAPhoneThatMovesLeavesNoBindingBehindOnPostgres(t *testing.T) {
	for name, bindingIsFirst := range map[string]bool{"binding first": true, "moving first": false} {
		t.Run(name, func(t *testing.T) {
			store, who, holder := openLocked(t)
			bind := func(tx *transaction) error {
				_, err := bindHolder(t.Context(), tx, who, hallapi.HolderProof{Name: holder.Name, DocumentType: holder.DocumentType, DocumentNumber: holder.DocumentNumber})
				return err
			}
			move := func(tx *transaction) error { return movePhone(t.Context(), tx, holder.ID, "10000000002") }
			first, second := bind, move
			if !bindingIsFirst {
				first, second = move, bind
			}
			done := make(chan error, 1)
			err := store.inTx(t.Context(), func(tx *transaction) error {
				if err := first(tx); err != nil {
					return err
				}
				go func() { done <- store.inTx(t.Context(), second) }()
				if !awaitWaiting(t, store, done) {
					t.Error("the second did not wait for the first")
					done <- nil
				}
				return nil
			})
			if err == nil {
				err = <-done
			}
			if err != nil {
				t.Fatal(err)
			}
			var bindings, moved int
			err = store.readers.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM login_account), (SELECT count(*) FROM account WHERE phone = '10000000002')`).Scan(&bindings, &moved)
			if err != nil || bindings != 0 || moved != 2 {
				t.Errorf("%d accounts are bound to the old phone and %d moved, %v", bindings, moved, err)
			}
		})
	}
}

// Two transactions that wait for each other are both done in the end: PostgreSQL ends one of them, and the hall does it again.
func TestTransactionsThatWaitForEachOtherAreDoneOnPostgres(t *testing.T) {
	store, _, _ := openLocked(t)
	var bothHold sync.WaitGroup
	bothHold.Add(2)
	results := make(chan error, 2)
	for _, order := range [][]AccountID{{1, 2}, {2, 1}} {
		runs := 0
		go func() {
			results <- store.inTx(context.WithoutCancel(t.Context()), func(tx *transaction) error {
				runs++
				if _, err := lockFeed(t.Context(), tx, order[0]); err != nil {
					return err
				}
				if runs == 1 {
					bothHold.Done()
					bothHold.Wait()
				}
				_, err := lockFeed(t.Context(), tx, order[1])
				return err
			})
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
