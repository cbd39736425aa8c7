package sample

import (
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

//go:embed stations.tsv
var stationsTSV string

const homeProvince = "浙江"

// station is a toll station; name is as the portal prints it, 浙江杭州北站.
type station struct {
	province string
	name     string
	lat, lon float64 // degrees
}

// network is the stations and the road between each two of them.
type network struct {
	stations []station
	metres   [][]int64
}

func readNetwork() (*network, error) {
	lines := strings.Split(strings.TrimSpace(stationsTSV), "\n")[1:]
	n := &network{stations: make([]station, 0, len(lines))}
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		if len(fields) < 7 {
			return nil, fmt.Errorf("station %q: want province, city, name, portal name, expressway, latitude, longitude", line)
		}
		lat, latErr := strconv.ParseFloat(fields[5], 64)
		lon, lonErr := strconv.ParseFloat(fields[6], 64)
		if latErr != nil || lonErr != nil {
			return nil, fmt.Errorf("station %q has no place", line)
		}
		n.stations = append(n.stations, station{province: fields[0], name: fields[3], lat: lat, lon: lon})
	}
	n.measure()
	return n, nil
}

// measure fills the table of roads: 1.25 times the great circle and 2 km (DOMAIN 3.2), in steps of 100 m, so that a last digit of the
// floating point never shows.
func (n *network) measure() {
	n.metres = make([][]int64, len(n.stations))
	for i, a := range n.stations {
		n.metres[i] = make([]int64, len(n.stations))
		for j, b := range n.stations {
			n.metres[i][j] = int64(math.Round((1.25*greatCircle(a, b)+2)*10)) * 100
		}
	}
}

// greatCircle is in km.
func greatCircle(a, b station) float64 {
	const earthRadius, degree = 6371.0, math.Pi / 180
	x := math.Sin((b.lat - a.lat) * degree / 2)
	y := math.Sin((b.lon - a.lon) * degree / 2)
	return 2 * earthRadius * math.Asin(math.Sqrt(x*x+math.Cos(a.lat*degree)*math.Cos(b.lat*degree)*y*y))
}

func (n *network) foreign(i int) bool { return n.stations[i].province != homeProvince }

// drawHome draws a station of Zhejiang.
func (n *network) drawHome(r *rand.Rand) int {
	for {
		if i := r.IntN(len(n.stations)); !n.foreign(i) {
			return i
		}
	}
}

// pull is a table to draw destinations from: nearer ones more often, by 1/distance.
type pull struct {
	stations []int
	upTo     []int // sums of the weights
}

// pullOf weighs the stations that a profile serves from its home.
func (n *network) pullOf(home int, profile profileRule) pull {
	const homeWeight, scale = 10, 1_000_000
	var p pull
	total := 0
	for i := range n.stations {
		km := int(n.metres[home][i] / 1000)
		weight := homeWeight
		if n.foreign(i) {
			weight = profile.ForeignWeight
		}
		if i == home || weight == 0 || km < profile.Km[0] || km > profile.Km[1] {
			continue
		}
		total += weight * scale / km
		p.stations, p.upTo = append(p.stations, i), append(p.upTo, total)
	}
	return p
}

// draw draws a destination; false when none is in reach.
func (p pull) draw(r *rand.Rand) (int, bool) {
	if len(p.stations) == 0 {
		return 0, false
	}
	at := r.IntN(p.upTo[len(p.upTo)-1])
	i, _ := slices.BinarySearchFunc(p.upTo, at, func(upTo, at int) int {
		if upTo <= at {
			return -1
		}
		return 1
	})
	return p.stations[i], true
}
