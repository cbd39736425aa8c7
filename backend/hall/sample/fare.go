package sample

import (
	"tollbook/backend/money"
)

// share is one province's part of a fare. gross is before the discount, paid after it.
type share struct {
	province    string
	gross, paid money.Fen
}

// fare is what a trip costs, by province: one part within Zhejiang, two across its border.
type fare []share

func (f fare) gross() (sum money.Fen) {
	for _, part := range f {
		sum += part.gross
	}
	return sum
}

func (f fare) paid() (sum money.Fen) {
	for _, part := range f {
		sum += part.paid
	}
	return sum
}

// part is num/den of an amount, rounded half up; amounts here are never negative.
func part(amount money.Fen, num, den int64) money.Fen {
	return money.Fen((int64(amount)*num*2 + den) / (2 * den))
}

// fareOf prices a trip. Lorries pay to the fen; cars pay whole yuan before the discount (DOMAIN 3.1, consistency with the manual).
func (g *generator) fareOf(v *vehicle, from, to int) fare {
	metres := g.network.metres[from][to]
	provinces := []string{homeProvince}
	lengths := []int64{metres}
	if abroad := g.foreignEnd(from, to); abroad != "" {
		span := g.rules.HomeShareOfForeignTripPermille
		// The border lies where the road crosses it: the same for every trip between the two.
		homeShare := int64(span[0]) + int64(scatter(uint64(from*to)))&0x7fffffff%int64(span[1]-span[0])
		home := metres * homeShare / 1000
		provinces, lengths = []string{homeProvince, abroad}, []int64{home, metres - home}
	}
	result := make(fare, len(provinces))
	for i, province := range provinces {
		gross := money.Fen((lengths[i]*v.class.MilliyuanPerKm + 5000) / 10000)
		if i == 0 {
			gross += v.platform.BasePriceFen
		}
		unit := v.platform.RoundToFen
		gross = max((gross+unit/2)/unit*unit, unit)
		result[i] = share{province: province, gross: gross, paid: part(gross, 1000-g.discount(v, province), 1000)}
	}
	return result
}

func (g *generator) foreignEnd(from, to int) string {
	for _, end := range []int{from, to} {
		if g.network.foreign(end) {
			return g.network.stations[end].province
		}
	}
	return ""
}

// discount is in thousandths: cars get theirs everywhere, sea containers one of their own at home, other lorries that of the province.
func (g *generator) discount(v *vehicle, province string) int64 {
	switch {
	case v.platform.DiscountPermille > 0:
		return v.platform.DiscountPermille
	case v.container && province == homeProvince:
		return g.rules.ContainerDiscountPermille
	}
	return g.rules.Provinces[province].LorryDiscountPermille
}

// corrected is the fare after a correction to so many thousandths.
func (f fare) corrected(thousandths int) fare {
	result := make(fare, len(f))
	for i, each := range f {
		result[i] = share{province: each.province, gross: part(each.gross, int64(thousandths), 1000), paid: part(each.paid, int64(thousandths), 1000)}
	}
	return result
}

// inCash is the fare at a manual lane: whole yuan, no discount.
func (f fare) inCash() money.Fen { return max((f.gross()+50)/100*100, 100) }
