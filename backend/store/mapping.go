package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"tollbook/backend/period"
	"tollbook/backend/record"
)

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(dest ...any) error }

// mapping says how records of one kind lie in their table. The first column is the id; timed is the column that decides the month,
// empty for masters.
type mapping struct {
	kind    record.Kind
	table   string
	columns []string
	timed   string
	bind    func(*names, record.Record) ([]any, error)
	scan    func(*names, scanner) (record.Record, error)
}

func mappings() []mapping {
	return []mapping{
		vehicleMapping(), cardMapping(), tagMapping(), signingMapping(), statusEntryMapping(),
		tripMapping(), billLineMapping(), refundMapping(), invoiceMapping(),
		rechargeMapping(), allocationMapping(), cardLoadMapping(),
	}
}

func mappingOf(kind record.Kind) (mapping, bool) {
	for _, m := range mappings() {
		if m.kind == kind {
			return m, true
		}
	}
	return mapping{}, false
}

func (m mapping) selectSQL() string {
	return "SELECT " + strings.Join(m.columns, ", ") + " FROM " + m.table
}

// insertSQL adds a record unless one of its id is there; replaceSQL puts the new version in its place.
func (m mapping) insertSQL() string {
	return "INSERT INTO " + m.valuesSQL() + " ON CONFLICT (id) DO NOTHING"
}

func (m mapping) replaceSQL() string { return "REPLACE INTO " + m.valuesSQL() }

func (m mapping) valuesSQL() string {
	return m.table + " (" + strings.Join(m.columns, ", ") + ") VALUES (" + marks(len(m.columns)) + ")"
}

// monthSQL narrows to a month; it takes two arguments for kinds that have one.
func (m mapping) monthSQL() string {
	if m.timed == "" {
		return ""
	}
	return " WHERE " + m.timed + " >= ? AND " + m.timed + " < ?"
}

func (m mapping) monthArgs(month period.Month) []any {
	if m.timed == "" {
		return nil
	}
	return []any{month.Start().Unix(), (month + 1).Start().Unix()}
}

const secondsPerDay = 24 * 60 * 60

// dayNumber reads a day of the wire ("2006-01-02") as days since 1970; an empty one is NULL.
func dayNumber(day string) (any, error) {
	if day == "" {
		return nil, nil
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, fmt.Errorf("day %q: %w", day, err)
	}
	return t.Unix() / secondsPerDay, nil
}

// dayText is the day's wire form; empty for NULL.
func dayText(day *int64) string {
	if day == nil {
		return ""
	}
	return time.Unix(*day*secondsPerDay, 0).UTC().Format(time.DateOnly)
}

func instant(seconds int64) time.Time { return time.Unix(seconds, 0).In(period.Zone()) }

func optionalInstant(seconds *int64) *time.Time {
	if seconds == nil {
		return nil
	}
	t := instant(*seconds)
	return &t
}

// knownInstant is the instant of a column that may be NULL: then nil.
func knownInstant(seconds sql.NullInt64) *time.Time {
	if !seconds.Valid {
		return nil
	}
	return optionalInstant(&seconds.Int64)
}

// knownDay is dayText of a column that may be NULL.
func knownDay(day sql.NullInt64) string {
	if !day.Valid {
		return ""
	}
	return dayText(&day.Int64)
}

// codes translates the contract's words into the small numbers that large tables hold.
type codes []string

func tripTypes() codes {
	return codes{"", record.TripETCExpressway, record.TripOtherExpressway, record.TripNonExpressway}
}

func scenes() codes {
	return codes{"", record.SceneExpressway, record.SceneNonExpressway, record.SceneRefund, record.SceneOther}
}

func (c codes) number(word string) (int64, error) {
	for i, known := range c {
		if i > 0 && known == word {
			return int64(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not a word of the contract", word)
}

func (c codes) word(number int64) (string, error) {
	if number <= 0 || number >= int64(len(c)) {
		return "", fmt.Errorf("code %d stands for nothing", number)
	}
	return c[number], nil
}

// SceneWord is the contract's word for a scene's number in the cache, "" for a number that stands for nothing.
func SceneWord(number int64) string {
	word, err := scenes().word(number)
	if err != nil {
		return ""
	}
	return word
}
