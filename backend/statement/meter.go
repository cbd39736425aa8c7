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
}

func newMeter(report func(done int64)) *meter {
	if report == nil {
		report = func(int64) {}
	}
	return &meter{report: report, last: time.Now()}
}

func (m *meter) tick(done int64) {
	if done%rowsAClock != 0 {
		return
	}
	now := time.Now()
	if now.Sub(m.last) < progressEvery {
		return
	}
	m.last = now
	m.report(done)
}

func (m *meter) finish(done int64) { m.report(done) }
