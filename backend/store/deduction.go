package store

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// InvoiceRule tells invoices apart by what decides whether their tax can be deducted; the first rule that an invoice meets is its own.
// The rules themselves are data of package deduction.
type InvoiceRule struct {
	Type         string // perTrip, merged; empty: both
	Rate         int    // hundredths of a percent
	From, To     int64  // [From, To) of the issue in seconds since 1970; To 0: no end
	IsDeductible bool
}

// DeductionRules are what a ledger is made by. Excluded are the purposes of marks that forbid to deduct.
type DeductionRules struct {
	Rules    []InvoiceRule
	Excluded []string
}

// What stands in the place of a rule's number.
const (
	NoRule    = -1 // no rule is met
	DoubleOne = -2 // another invoice has the same number: it counts once
)

// LedgerFilter narrows the deduction ledger. Months are those of the issue, or with ByPeriod those in which invoices are claimed (所属期).
type LedgerFilter struct {
	Months    period.Range
	ByPeriod  bool
	Plate     string // part of a plate number
	GroupID   int64  // by the time of the first passage
	Ungrouped string // a kind of group
	Number    string // begins so
	Outcome   string // deductible, excluded; empty: both
	Marked    string // marked, unmarked; empty: both
	IsOdd     bool   // only invoices whose amounts do not fit each other
	Rules     DeductionRules
}

// The words by which a ledger is narrowed.
const (
	OutcomeDeductible = "deductible"
	OutcomeExcluded   = "excluded"
	MarkedOnly        = "marked"
	UnmarkedOnly      = "unmarked"
)

// LedgerInvoice is an invoice as the deduction ledger shows it. Rule is the number of its rule, NoRule or DoubleOne.
type LedgerInvoice struct {
	ID, VehicleID    int64
	Plate            plate.Plate
	Type, Number     string
	Title, Payee     string
	IssuedAt         time.Time
	TaxRate          int // hundredths of a percent
	Net, Tax, Total  money.Fen
	TripIDs          []int64
	Rule             int
	IsDeductible     bool
	MarkedFor        *period.Month // nil: not marked
	Purpose          string
	MarkedTax        money.Fen
	IsOddSum         bool // Net + Tax is not Total
	IsOddTax         bool // Tax is further from what the rate makes of Total than rounding explains
	FirstPassage     time.Time
	HasKnownPassages bool // FirstPassage is that of a trip, and not the issue
}

// oddTax compares the tax with what the rate makes of the total: net = total / (1 + rate), rounded half up (DOMAIN 2.1). Each line of an invoice
// may be rounded by itself, half a fen a line, and it has up to a line a trip.
const (
	oddSum = "t.net + t.tax <> t.total"
	oddTax = "ABS((t.tax * (10000 + t.tax_rate) - t.total * t.tax_rate)) > (10000 + t.tax_rate) * MAX(2, IFNULL(t.trip_count, 1)) / 2"
)

// rule spells the number of an invoice's rule.
func (r DeductionRules) rule() string {
	var b strings.Builder
	b.WriteString("CASE WHEN EXISTS (SELECT 1 FROM invoice same WHERE same.number = t.number AND same.id < t.id) THEN -2")
	for i, rule := range r.Rules {
		b.WriteString(" WHEN t.tax_rate = " + literals([]int64{int64(rule.Rate)}) + " AND t.issued_at >= " + literals([]int64{rule.From}))
		if rule.To != 0 {
			b.WriteString(" AND t.issued_at < " + literals([]int64{rule.To}))
		}
		switch rule.Type {
		case record.InvoicePerTrip, record.InvoiceMerged:
			b.WriteString(" AND t.type = '" + rule.Type + "'")
		}
		b.WriteString(" THEN " + literals([]int64{int64(i)}))
	}
	return b.String() + " ELSE -1 END"
}

// deductible spells whether an invoice, with the mark m, can be deducted; it takes the excluded purposes as arguments.
func (r DeductionRules) deductible() (string, []any) {
	numbers := []int64{}
	for i, rule := range r.Rules {
		if rule.IsDeductible {
			numbers = append(numbers, int64(i))
		}
	}
	return "(" + r.rule() + " IN (" + literals(numbers) + ") AND IFNULL(m.purpose, '') NOT IN (" + marks(len(r.Excluded)) + "))", anys(r.Excluded)
}

func (f LedgerFilter) list() (timedList[LedgerInvoice], []any) {
	deductible, args := f.Rules.deductible()
	return timedList[LedgerInvoice]{
		name: "invoices", table: "invoice", time: "t.issued_at", amount: "t.tax", scan: plainly(scanLedgerInvoice), id: func(i LedgerInvoice) int64 { return i.ID },
		joins: ` LEFT JOIN deduction_mark m ON m.number = t.number LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN name title ON title.id = t.title
			LEFT JOIN name payee ON payee.id = t.payee`,
		fields: `SELECT t.id, t.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.type, t.number, IFNULL(title.text, ''), IFNULL(payee.text, ''),
			t.issued_at, t.tax_rate, t.net, t.tax, t.total, t.trip_ids, ` + f.Rules.rule() + ", " + deductible + `, m.month, IFNULL(m.purpose, ''), IFNULL(m.tax, 0),
			` + oddSum + ", " + oddTax + ", IFNULL(t.passed_at, t.issued_at), t.passed_known FROM invoice t",
		orders: map[string]string{
			"plate": "v.plate_number; v.plate_color", "number": "t.number", "payee": "payee.text", "rate": "t.tax_rate", "net": "t.net", "tax": "t.tax", "total": "t.total",
			"mark": "m.month; m.purpose", "issuedAt": "t.issued_at", "trips": "t.trip_count",
		},
	}, args
}

func scanLedgerInvoice(row scanner) (LedgerInvoice, error) {
	var i LedgerInvoice
	var issued, passed int64
	var packed []byte
	err := row.Scan(&i.ID, &i.VehicleID, &i.Plate.Number, &i.Plate.Color, &i.Type, &i.Number, &i.Title, &i.Payee, &issued, &i.TaxRate, &i.Net, &i.Tax, &i.Total,
		&packed, &i.Rule, &i.IsDeductible, &i.MarkedFor, &i.Purpose, &i.MarkedTax, &i.IsOddSum, &i.IsOddTax, &passed, &i.HasKnownPassages)
	if err != nil {
		return i, err
	}
	i.IssuedAt, i.FirstPassage = instant(issued), instant(passed)
	i.TripIDs, err = unpackIDs(packed)
	return i, err
}

func (f LedgerFilter) where() (narrowing, error) {
	c := &tripConditions{}
	if f.ByPeriod {
		c.add("t.number IN (SELECT number FROM deduction_mark WHERE month BETWEEN ? AND ?)", int64(f.Months.From), int64(f.Months.To))
	} else {
		c.add("t.type IN (?, ?) AND t.issued_at >= ? AND t.issued_at < ?", record.InvoicePerTrip, record.InvoiceMerged, f.Months.Start().Unix(), f.Months.End().Unix())
	}
	if f.Plate != "" {
		condition, args := plateCondition("t.vehicle_id", f.Plate, nil)
		c.add(condition, args...)
	}
	if f.Number != "" {
		c.add(`t.number LIKE ? ESCAPE '\'`, escapeLike(f.Number)+"%")
	}
	member := memberAt("t.passed_at")
	if f.GroupID != 0 {
		c.add(member+"gm.group_id = ?)", f.GroupID)
	}
	if f.Ungrouped != "" {
		c.add("NOT "+member+"gm.kind = ?)", f.Ungrouped)
	}
	deductible, args := f.Rules.deductible()
	switch f.Outcome {
	case "":
	case OutcomeDeductible:
		c.add(deductible, args...)
	case OutcomeExcluded:
		c.add("NOT "+deductible, args...)
	default:
		return narrowing{}, fault.New(fault.BadInput, "there is no outcome %q", f.Outcome)
	}
	switch f.Marked {
	case "":
	case MarkedOnly:
		c.add("m.number IS NOT NULL")
	case UnmarkedOnly:
		c.add("m.number IS NULL")
	default:
		return narrowing{}, fault.New(fault.BadInput, "invoices are marked or unmarked, not %q", f.Marked)
	}
	if f.IsOdd {
		c.add("(" + oddSum + " OR " + oddTax + ")")
	}
	return c.narrowing(), nil
}

// LedgerKeys reads the whole order of a ledger at once; its windows are look-ups.
func (s *Store) LedgerKeys(ctx context.Context, f LedgerFilter, o ListOrder) ([]RowKey, error) {
	where, err := f.where()
	if err != nil {
		return nil, err
	}
	l, _ := f.list()
	return l.keys(ctx, s, where, o)
}

// LedgerByKey reads invoices of a ledger in the order of their keys; invoices that are gone are left out.
func (s *Store) LedgerByKey(ctx context.Context, rules DeductionRules, keys []RowKey) ([]LedgerInvoice, error) {
	if len(keys) == 0 {
		return []LedgerInvoice{}, nil
	}
	l, args := LedgerFilter{Rules: rules}.list()
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i] = key.ID
	}
	found, err := l.read(ctx, s, int64(len(ids)), l.fields+l.joins+" WHERE t.id IN ("+literals(ids)+")", args...)
	if err != nil {
		return nil, err
	}
	return inOrder(found, keys, l.id), nil
}

// Ledger yields the invoices of a ledger, by plate and time.
func (m Moment) Ledger(ctx context.Context, f LedgerFilter) iter.Seq2[LedgerInvoice, error] {
	where, err := f.where()
	if err != nil {
		return func(yield func(LedgerInvoice, error) bool) { yield(LedgerInvoice{}, err) }
	}
	l, args := f.list()
	where.args = append(args, where.args...)
	return l.stream(ctx, m, where, "v.plate_number, v.plate_color, t.issued_at, t.id")
}

// LedgerSum is what invoices that share a rate, a vehicle, a rule, a purpose and being marked come to.
type LedgerSum struct {
	TaxRate         int
	VehicleID       int64
	Plate           plate.Plate
	Rule            int
	Purpose         string
	IsDeductible    bool
	IsMarked        bool
	Rows, Odd       int64
	Net, Tax, Total money.Fen
}

// LedgerSums adds up a ledger; by vehicle in the order of plates, or else for all vehicles together.
func (s *Store) LedgerSums(ctx context.Context, f LedgerFilter, byVehicle bool) ([]LedgerSum, error) {
	return ledgerSums(ctx, s.readers, f, byVehicle)
}

// LedgerSums is that of the store, as of the moment.
func (m Moment) LedgerSums(ctx context.Context, f LedgerFilter, byVehicle bool) ([]LedgerSum, error) {
	return ledgerSums(ctx, m.tx, f, byVehicle)
}

func ledgerSums(ctx context.Context, q querier, f LedgerFilter, byVehicle bool) ([]LedgerSum, error) {
	where, err := f.where()
	if err != nil {
		return nil, err
	}
	vehicle := "0"
	if byVehicle {
		vehicle = "t.vehicle_id"
	}
	deductible, args := f.Rules.deductible()
	query := `WITH sums AS (SELECT ` + vehicle + ` AS vehicle, t.tax_rate AS rate, ` + f.Rules.rule() + ` AS rule, IFNULL(m.purpose, '') AS purpose, ` + deductible + ` AS deductible,
			m.number IS NOT NULL AS marked, COUNT(*) AS rows, SUM(` + oddSum + " OR " + oddTax + `) AS odd, SUM(t.net) AS net, SUM(t.tax) AS tax, SUM(t.total) AS total
			FROM invoice t LEFT JOIN deduction_mark m ON m.number = t.number` + where.text + ` GROUP BY 1, 2, 3, 4, 5, 6)
		SELECT vehicle, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), rate, rule, purpose, deductible, marked, rows, odd, net, tax, total
		FROM sums LEFT JOIN vehicle v ON v.id = vehicle ORDER BY v.plate_number, v.plate_color, vehicle, rate, rule, purpose`
	rows, err := q.QueryContext(ctx, query, append(args, where.args...)...)
	if err != nil {
		return nil, classify(err, "add up the ledger")
	}
	defer rows.Close()
	sums := []LedgerSum{}
	for rows.Next() {
		var s LedgerSum
		if err := rows.Scan(&s.VehicleID, &s.Plate.Number, &s.Plate.Color, &s.TaxRate, &s.Rule, &s.Purpose, &s.IsDeductible, &s.IsMarked, &s.Rows, &s.Odd, &s.Net, &s.Tax, &s.Total); err != nil {
			return nil, classify(err, "add up the ledger")
		}
		sums = append(sums, s)
	}
	return sums, classify(rows.Err(), "add up the ledger")
}

// Passage is when a trip began and ended, and what was paid for it; EnteredAt is nil where nobody knows.
type Passage struct {
	EnteredAt *time.Time
	ExitedAt  time.Time
	Paid      money.Fen
}

// Passages reads the passages of trips, in the order of their ids; trips that are not here are left out.
func (s *Store) Passages(ctx context.Context, ids []int64) ([]Passage, error) {
	return passages(ctx, s.readers, ids)
}

// Passages is that of the store, as of the moment.
func (m Moment) Passages(ctx context.Context, ids []int64) ([]Passage, error) {
	return passages(ctx, m.tx, ids)
}

func passages(ctx context.Context, q querier, ids []int64) ([]Passage, error) {
	found := []Passage{}
	for chunk := range slices.Chunk(ids, tripsAtOnce) {
		rows, err := q.QueryContext(ctx, "SELECT entered_at, exited_at, paid FROM trip WHERE id IN ("+literals(chunk)+") ORDER BY id")
		if err != nil {
			return nil, classify(err, "read the passages of an invoice")
		}
		for rows.Next() {
			var p Passage
			var entered *int64
			var exited int64
			if err := rows.Scan(&entered, &exited, &p.Paid); err != nil {
				rows.Close()
				return nil, classify(err, "read the passages of an invoice")
			}
			p.EnteredAt, p.ExitedAt = optionalInstant(entered), instant(exited)
			found = append(found, p)
		}
		if err := rows.Err(); err != nil {
			return nil, classify(err, "read the passages of an invoice")
		}
	}
	return found, nil
}

// MembershipsOfKind lists the times of all plates in groups of a kind, by plate, oldest first.
func (s *Store) MembershipsOfKind(ctx context.Context, kind string) (map[plate.Plate][]Membership, error) {
	return membershipsOfKind(ctx, s.readers, kind)
}

// MembershipsOfKind is that of the store, as of the moment.
func (m Moment) MembershipsOfKind(ctx context.Context, kind string) (map[plate.Plate][]Membership, error) {
	return membershipsOfKind(ctx, m.tx, kind)
}

func membershipsOfKind(ctx context.Context, q querier, kind string) (map[plate.Plate][]Membership, error) {
	rows, err := q.QueryContext(ctx, `SELECT m.plate_number, m.plate_color, m.from_at, m.to_at, m.group_id, g.name FROM membership m JOIN fleet_group g ON g.id = m.group_id
		WHERE m.kind = ? ORDER BY m.plate_number, m.plate_color, m.from_at`, kind)
	if err != nil {
		return nil, classify(err, "read the groups of vehicles")
	}
	defer rows.Close()
	all := map[plate.Plate][]Membership{}
	for rows.Next() {
		m := Membership{Kind: kind}
		if err := rows.Scan(&m.Plate.Number, &m.Plate.Color, &m.From, &m.To, &m.GroupID, &m.Group); err != nil {
			return nil, classify(err, "read the groups of vehicles")
		}
		all[m.Plate] = append(all[m.Plate], m)
	}
	return all, classify(rows.Err(), "read the groups of vehicles")
}

// DeductionMark is what the accountant noted of an invoice: claimed in a month (所属期), for a purpose.
type DeductionMark struct {
	Number  string
	Month   period.Month
	Purpose string
}

// MarkConflict is an invoice that a mark was refused for: it is claimed in another month.
type MarkConflict struct {
	Number string
	Month  period.Month
}

// MarkDeductions notes that invoices are claimed in a month, all of them or none: an invoice that is claimed in another month is a conflict,
// since its tax would be deducted twice; its mark must be taken back first. A mark in the same month is replaced. It tells how many marks
// are new or changed.
func (s *Store) MarkDeductions(ctx context.Context, invoices []int64, month period.Month, purpose string, at time.Time) (changed int64, conflicts []MarkConflict, err error) {
	err = s.writeLocal(ctx, func(tx *sql.Tx) error {
		if conflicts, err = markConflicts(ctx, tx, invoices, month); err != nil || len(conflicts) > 0 {
			return err
		}
		for chunk := range slices.Chunk(invoices, tripsAtOnce) {
			result, err := tx.ExecContext(ctx, `INSERT INTO deduction_mark (number, month, purpose, tax, marked_at) SELECT number, ?, ?, tax, ? FROM invoice WHERE id IN (`+literals(chunk)+`)
				ON CONFLICT (number) DO UPDATE SET purpose = excluded.purpose, tax = excluded.tax, marked_at = excluded.marked_at WHERE purpose <> excluded.purpose OR tax <> excluded.tax`,
				int64(month), purpose, at.Unix())
			if err != nil {
				return classify(err, "mark invoices")
			}
			rows, err := result.RowsAffected()
			if err != nil {
				return classify(err, "mark invoices")
			}
			changed += rows
		}
		return nil
	})
	return changed, conflicts, err
}

func markConflicts(ctx context.Context, tx *sql.Tx, invoices []int64, month period.Month) ([]MarkConflict, error) {
	var conflicts []MarkConflict
	for chunk := range slices.Chunk(invoices, tripsAtOnce) {
		rows, err := tx.QueryContext(ctx, "SELECT DISTINCT m.number, m.month FROM invoice t JOIN deduction_mark m ON m.number = t.number WHERE t.id IN ("+literals(chunk)+
			") AND m.month <> ? ORDER BY m.number", int64(month))
		if err != nil {
			return nil, classify(err, "look for invoices that are claimed")
		}
		for rows.Next() {
			var c MarkConflict
			if err := rows.Scan(&c.Number, &c.Month); err != nil {
				rows.Close()
				return nil, classify(err, "look for invoices that are claimed")
			}
			conflicts = append(conflicts, c)
		}
		if err := rows.Err(); err != nil {
			return nil, classify(err, "look for invoices that are claimed")
		}
	}
	return conflicts, nil
}

// UnmarkDeductions takes marks back, and tells how many there were.
func (s *Store) UnmarkDeductions(ctx context.Context, invoices []int64) (removed int64, err error) {
	err = s.writeLocal(ctx, func(tx *sql.Tx) error {
		for chunk := range slices.Chunk(invoices, tripsAtOnce) {
			result, err := tx.ExecContext(ctx, "DELETE FROM deduction_mark WHERE number IN (SELECT number FROM invoice WHERE id IN ("+literals(chunk)+"))")
			if err != nil {
				return classify(err, "take marks back")
			}
			rows, err := result.RowsAffected()
			if err != nil {
				return classify(err, "take marks back")
			}
			removed += rows
		}
		return nil
	})
	return removed, err
}

// LostMarks lists what was claimed in some months of invoices that are not in the cache any more, by number.
func (m Moment) LostMarks(ctx context.Context, months period.Range) ([]DeductionMark, error) {
	rows, err := m.tx.QueryContext(ctx, `SELECT m.number, m.month, m.purpose FROM deduction_mark m WHERE m.month BETWEEN ? AND ?
		AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.number = m.number) ORDER BY m.number`, int64(months.From), int64(months.To))
	if err != nil {
		return nil, classify(err, "look for marks of invoices that are gone")
	}
	defer rows.Close()
	lost := []DeductionMark{}
	for rows.Next() {
		var d DeductionMark
		if err := rows.Scan(&d.Number, &d.Month, &d.Purpose); err != nil {
			return nil, classify(err, "look for marks of invoices that are gone")
		}
		lost = append(lost, d)
	}
	return lost, classify(rows.Err(), "look for marks of invoices that are gone")
}
