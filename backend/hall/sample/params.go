package sample

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
)

// Params say which sample: the same parameters always give the same records.
type Params struct {
	Vehicles int
	Months   int // the last one is that of Until
	Seed     uint64
	Until    time.Time // the start of a day in UTC+8: what happened before it is known
}

const (
	maxVehicles = 90_000
	maxMonths   = 120
)

// Today is the start of a time's day in UTC+8, the usual Until.
func Today(now time.Time) time.Time {
	year, month, day := now.In(period.Zone()).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, period.Zone())
}

// ParseParams reads "vehicles=200,months=14,seed=1,until=2026-11-20" over the given defaults; fault.BadInput for anything else. Until
// stays zero when neither names it.
func ParseParams(text string, defaults Params) (Params, error) {
	p := defaults
	for setting := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(setting, "=")
		if err := p.set(strings.TrimSpace(name), strings.TrimSpace(value)); err != nil {
			return Params{}, fault.Wrap(fault.BadInput, err, "sample setting %q, want vehicles=N,months=N,seed=N,until=YYYY-MM-DD", setting)
		}
	}
	return p, p.check()
}

func (p *Params) set(name, value string) (err error) {
	switch name {
	case "vehicles":
		p.Vehicles, err = strconv.Atoi(value)
	case "months":
		p.Months, err = strconv.Atoi(value)
	case "seed":
		p.Seed, err = strconv.ParseUint(value, 10, 64)
	case "until":
		p.Until, err = time.ParseInLocation(time.DateOnly, value, period.Zone())
	default:
		return fmt.Errorf("there is no setting %q", name)
	}
	return err
}

// String is what ParseParams reads.
func (p Params) String() string {
	return fmt.Sprintf("vehicles=%d,months=%d,seed=%d,until=%s", p.Vehicles, p.Months, p.Seed, p.Until.In(period.Zone()).Format(time.DateOnly))
}

func (p Params) check() error {
	switch {
	case p.Vehicles < 1 || p.Vehicles > maxVehicles:
		return fault.New(fault.BadInput, "a sample has 1 to %d vehicles", maxVehicles)
	case p.Months < 1 || p.Months > maxMonths:
		return fault.New(fault.BadInput, "a sample has 1 to %d months", maxMonths)
	case p.Until.IsZero():
		return nil
	case p.firstMonth() < period.NewMonth(2020, time.January) || p.Until.Year() >= lastYear:
		return fault.New(fault.BadInput, "a sample lies between 2020 and %d", lastYear)
	}
	return nil
}

// lastMonth is the month of the last day that is known.
func (p Params) lastMonth() period.Month { return period.MonthOf(p.Until.Add(-time.Second)) }

func (p Params) firstMonth() period.Month { return p.lastMonth() - period.Month(p.Months) + 1 }
