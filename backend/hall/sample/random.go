package sample

import "math/rand/v2"

// What a stream of random numbers decides. Each decision has its own, so that one more draw in one of them changes no other.
const (
	forVehicle = iota + 1
	forLife
	forMonth
	forRoutes
	forFreeze
	forFunds
)

// stream gives the random numbers of one vehicle, one month (zero for its whole life) and one purpose. A month of a vehicle is the
// same whatever else is generated.
func stream(seed uint64, vehicle, month, purpose int) *rand.Rand {
	return rand.New(rand.NewPCG(scatter(seed)^scatter(uint64(purpose)), scatter(uint64(vehicle)<<20|uint64(month))))
}

// scatter spreads near numbers over the whole range (the finalizer of SplitMix64).
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
