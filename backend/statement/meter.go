package statement

import "time"

const (
	progressEvery = 100 * time.Millisecond
	rowsAClock    = 16 // rows between two looks at the clock, each of which takes as long as a cell
)

// meter passes progress on, but not so often that telling it costs more than the work.
type meter struct {
	report func(done int64)
	last   time.Time
	done   int64
}

func newMeter(report func(done int64)) *meter {
	if report == nil {
		report = func(int64) {}
	}
	return &meter{report: report, last: time.Now()}
}

// tick counts a row.
func (m *meter) tick() {
	if m.done++; m.done%rowsAClock != 0 {
		return
	}
	now := time.Now()
	if now.Sub(m.last) < progressEvery {
		return
	}
	m.last = now
	m.report(m.done)
}

func (m *meter) finish() { m.report(m.done) }
