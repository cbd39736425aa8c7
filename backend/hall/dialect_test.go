package hall

import (
	"slices"
	"testing"
)

func TestStatementsAreSaidAsPostgreSQLDoes(t *testing.T) {
	d := newDialect()
	for statement, want := range map[string]struct {
		text string
		args []any
	}{
		`SELECT 1`:                                {`SELECT 1`, []any{}},
		`UPDATE a SET x = ? WHERE y = ?`:          {`UPDATE a SET x = $1 WHERE y = $2`, []any{"1st", "2nd"}},
		`SELECT ?1, ?3 WHERE ?1 = '?'`:            {`SELECT $1, $2 WHERE $1 = '?'`, []any{"1st", "3rd"}},
		`SELECT '''?', ?`:                         {`SELECT '''?', $1`, []any{"1st"}},
		`SELECT id FROM a WHERE x = ? FOR UPDATE`: {`SELECT id FROM a WHERE x = $1 FOR UPDATE`, []any{"1st"}},
		`SELECT json_extract(feed.body, '$.cardId'), json_extract(body, '$.until') FROM feed`: {
			`SELECT ((nullif(feed.body, '')::json ->> 'cardId')::bigint), (nullif(body, '')::json ->> 'until') FROM feed`, []any{}},
		`SELECT 1 FROM feed INDEXED BY feed_card CROSS JOIN record ON x = y`: {`SELECT 1 FROM feed JOIN record ON x = y`, []any{}},
	} {
		for range 2 { // the second time it is known
			text, args := d.speak(statement, []any{"1st", "2nd", "3rd"})
			if text != want.text || !slices.Equal(args, want.args) {
				t.Errorf("%s is said as\n%s %v, want\n%s %v", statement, text, args, want.text, want.args)
			}
		}
	}
}

// SQLite hears no word of locks.
func TestSQLiteNeedsNoRowLocks(t *testing.T) {
	for _, lock := range []string{"", forUpdate, forShare} {
		if text, _ := (sqlite{}).speak(`SELECT 1`+lock, nil); text != `SELECT 1` {
			t.Errorf("it hears %s", text)
		}
	}
}
