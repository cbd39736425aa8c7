package printing

import (
	"cmp"
	"slices"
)

// sortDocuments puts documents into an order; a vehicle's or a day's list of trips stands before its invoices.
func sortDocuments(documents []Document, order Order) {
	if compare := order.compare(); compare != nil {
		slices.SortStableFunc(documents, compare)
	}
}

func (o Order) compare() func(a, b Document) int {
	switch o {
	case ByVehicle:
		return func(a, b Document) int { return cmp.Or(byPlate(a, b), byKind(a, b), byDate(a, b), byNumber(a, b)) }
	case ByDate:
		return func(a, b Document) int { return cmp.Or(byDate(a, b), byKind(a, b), byNumber(a, b)) }
	case ByNumber:
		return byNumber
	}
	return nil
}

func byPlate(a, b Document) int {
	return cmp.Or(cmp.Compare(a.Plate.Number, b.Plate.Number), cmp.Compare(a.Plate.Color, b.Plate.Color))
}

func byKind(a, b Document) int   { return cmp.Compare(b.Kind, a.Kind) }
func byDate(a, b Document) int   { return a.Date.Compare(b.Date) }
func byNumber(a, b Document) int { return cmp.Compare(a.Number, b.Number) }
