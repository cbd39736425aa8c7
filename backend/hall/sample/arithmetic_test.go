package sample

import (
	"testing"

	"tollbook/backend/money"
)

// Amounts that the manual and sample invoices print (DOMAIN 2.1, 3.1).
func TestPartIsRoundedAsPrinted(t *testing.T) {
	tests := []struct {
		amount   money.Fen
		num, den int64
		want     money.Fen
	}{
		{6800, 950, 1000, 6460},
		{2200, 950, 1000, 2090},
		{10100, 950, 1000, 9595},
		{1100, 950, 1000, 1045},
		{561, 10_000, 10_300, 545},
		{23276, 10_000, 10_300, 22598},
		{4445, 10_000, 10_300, 4316},
	}
	for _, test := range tests {
		if got := part(test.amount, test.num, test.den); got != test.want {
			t.Errorf("%d/%d of %s is %s, want %s", test.num, test.den, test.amount, got, test.want)
		}
	}
}

// The examples of the two standards.
func TestDocumentsHaveRightCheckCharacters(t *testing.T) {
	if got := identityNumber("11010519491231002"); got != "11010519491231002X" {
		t.Errorf("GB 11643 example: %s", got)
	}
	if got := creditCode("91350100M000100Y4"); got != "91350100M000100Y43" {
		t.Errorf("GB 32100 example: %s", got)
	}
}

func TestRoadsAreAsLongAsKnown(t *testing.T) {
	n, err := readNetwork()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, each := range n.stations {
		at[each.name] = i
	}
	// 233 km, known to be about 230 (DOMAIN 3.2).
	if km := n.metres[at["浙江杭州南站"]][at["浙江遂昌站"]] / 1000; km < 225 || km > 240 {
		t.Errorf("杭州南 to 遂昌 measures %d km", km)
	}
	if len(n.stations) != 416 {
		t.Errorf("%d stations", len(n.stations))
	}
}
