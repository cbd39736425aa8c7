package hall

import (
	"context"

	"tollbook/backend/record"
)

// Fixture is an account with its records, as a test knows them.
type Fixture struct {
	Account Account
	Records []record.Record
}

// AddFixture puts an account and its records into the database, in their order.
func (s *Store) AddFixture(ctx context.Context, f Fixture) error {
	if err := s.PutAccount(ctx, f.Account); err != nil {
		return err
	}
	changes := make([]Change, len(f.Records))
	for i, r := range f.Records {
		changes[i] = Upsert(r)
	}
	_, err := s.Apply(ctx, f.Account.ID, changes)
	return err
}
