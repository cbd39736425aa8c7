package monthly

import (
	"context"
	"fmt"
	"strings"

	"tollbook/backend/letterhead"
	"tollbook/backend/period"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Write makes the statement of an order at path and tells the files it became: one, a zip file as CSV or per vehicle, or volumes of a
// long PDF. All of it is as of one moment of the cache. progress, which may be nil, hears how many rows are done.
func (s *Service) Write(ctx context.Context, order Order, sample bool, path string, progress func(done int64)) ([]string, error) {
	o, err := parse(order)
	if err != nil {
		return nil, err
	}
	var files []string
	err = s.store.AtOneMoment(ctx, func(m store.Moment) error {
		d, err := s.draft(ctx, m, o, sample)
		if err != nil {
			return err
		}
		if o.perVehicle {
			files, err = statement.WriteBooks(ctx, path, o.format, d.cover.MadeAt, d.books(ctx, m), progress)
		} else {
			files, err = statement.WriteBook(ctx, path, o.format, d.book(ctx, m), progress)
		}
		return err
	})
	return files, err
}

// books are the documents of the vehicles, one after the other. A fleet of which nothing is known still gets one: the statement that says so.
func (d draft) books(ctx context.Context, m store.Moment) func(yield func(statement.Named, error) bool) {
	return func(yield func(statement.Named, error) bool) {
		vehicles := d.vehicles()
		if len(vehicles) == 0 {
			yield(statement.Named{Name: Title, Book: d.book(ctx, m)}, nil)
			return
		}
		for _, v := range vehicles {
			if !yield(statement.Named{Name: v.plate.Number + "_" + v.plate.Color.Name(), Book: d.of(v).book(ctx, m)}, nil) {
				return
			}
		}
	}
}

// Plan is what is known of a document before it is made.
type Plan struct {
	Rows    int64
	Summary string // the line by which 导出记录 tells exports apart
	Name    string // of the file, without folder and ending: 月结单_2026年10月_一车队_20261120-090000
}

// Plan checks an order and tells what will come of it.
func (s *Service) Plan(ctx context.Context, order Order) (Plan, error) {
	o, err := parse(order)
	if err != nil {
		return Plan{}, err
	}
	var plan Plan
	err = s.store.AtOneMoment(ctx, func(m store.Moment) error {
		d, err := s.draft(ctx, m, o, false)
		if err != nil {
			return err
		}
		plan = Plan{Rows: d.allRows(), Summary: d.words(), Name: d.fileName()}
		return nil
	})
	return plan, err
}

// allRows is how many rows the document or the documents will have.
func (d draft) allRows() int64 {
	if !d.order.perVehicle {
		return d.rows()
	}
	all := int64(0)
	for _, v := range d.vehicles() {
		all += d.of(v).rows()
	}
	return all
}

func (d draft) words() string {
	perVehicle := ""
	if d.order.perVehicle {
		perVehicle = "每车一份"
	}
	scope := d.scope
	if scope == "" {
		scope = "全部车辆"
	}
	return join(letterhead.Period(d.order.months, period.ByMonth), scope, d.order.sumByWords()+"汇总", perVehicle)
}

func (d draft) fileName() string {
	months := strings.ReplaceAll(letterhead.Period(d.order.months, period.ByMonth), " ", "")
	scope := d.scope
	if _, name, found := strings.Cut(scope, "："); found {
		scope = name
	}
	made := d.cover.MadeAt.In(period.Zone()).Format("20060102-150405")
	if scope == "" {
		return fmt.Sprintf("%s_%s_%s", Title, months, made)
	}
	return statement.FileName(fmt.Sprintf("%s_%s_%s_%s", Title, months, scope, made))
}
