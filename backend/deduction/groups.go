package deduction

import (
	"strings"

	"tollbook/backend/money"
	"tollbook/backend/store"
)

// ungrouped is what vehicles in no group are called.
const ungrouped = "未分组"

// groupShare is a group's part of an invoice: what was paid for its trips while their vehicle was in the group.
type groupShare struct {
	id     int64 // 0: in none
	name   string
	weight money.Fen
}

// groupShares tells to which groups of a kind the trips of an invoice belong, each by the time of its passage: a lorry that changes its
// project in mid-month has a part of its merged invoice in both. An invoice whose trips are not here belongs where its issue falls.
func groupShares(i store.LedgerInvoice, spans []store.Membership, passages []store.Passage) []groupShare {
	if len(passages) == 0 {
		passages = []store.Passage{{ExitedAt: i.FirstPassage}}
	}
	var shares []groupShare
	for _, passage := range passages {
		one := groupShare{name: ungrouped, weight: passage.Paid}
		for _, span := range spans {
			if at := passage.ExitedAt.Unix(); span.From <= at && at < span.To {
				one.id, one.name = span.GroupID, span.Group
			}
		}
		shares = addShare(shares, one)
	}
	return shares
}

func addShare(shares []groupShare, one groupShare) []groupShare {
	for n := range shares {
		if shares[n].id == one.id {
			shares[n].weight += one.weight
			return shares
		}
	}
	return append(shares, one)
}

func groupNames(shares []groupShare) string {
	names := make([]string, len(shares))
	for n, share := range shares {
		names[n] = share.name
	}
	return strings.Join(names, "、")
}

// split gives each group its part of an invoice's amounts, so that the parts add up to them to the fen. The invoice is counted once, where
// most of it belongs, so that counts add up as well.
func split(i store.LedgerInvoice, shares []groupShare) []Sum {
	weights, largest := make([]money.Fen, len(shares)), 0
	for n, share := range shares {
		weights[n] = share.weight
		if share.weight > shares[largest].weight {
			largest = n
		}
	}
	net, tax, total := store.Apportion(i.Net, weights), store.Apportion(i.Tax, weights), store.Apportion(i.Total, weights)
	parts := make([]Sum, len(shares))
	for n := range shares {
		parts[n] = Sum{NetFen: net[n], TaxFen: tax[n], TotalFen: total[n]}
		if i.Net+i.Tax == i.Total {
			parts[n].TotalFen = net[n] + tax[n] // three roundings of their own need not agree
		}
	}
	parts[largest].Rows = 1
	return parts
}
