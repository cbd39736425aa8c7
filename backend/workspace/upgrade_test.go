package workspace_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tollbook/backend/fault"
	"tollbook/backend/store"
)

// theCache is the one cache of a data folder.
func (c *clerk) theCache(folder string) string {
	c.t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "cache-*.db"))
	c.must(err)
	if len(found) != 1 {
		c.t.Fatalf("the caches are %v", found)
	}
	return found[0]
}

// makeOld turns a closed cache into one that the version before the counts by day wrote.
func (c *clerk) makeOld(folder string) {
	c.t.Helper()
	statements, err := os.ReadFile(filepath.Join("..", "store", "testdata", "to-version-7.sql"))
	c.must(err)
	spoilFile(c.t, c.desk, c.theCache(folder), string(statements))
}

// After an update of the program the cache is an older one: whoever cannot wait is told so at once and how far it is, whoever waits gets the desk,
// and every figure is as before, with no hall in reach.
func TestAnOldCacheOpensWhileTheProgramTells(t *testing.T) {
	c, desk := sampleFleet(t)
	before, err := desk.Bills.Statistics(t.Context(), year("2024"), 0, 50)
	c.must(err)
	folder := c.desk.Folder()
	c.must(c.desk.Close())
	c.makeOld(folder)
	c.server.Close()

	held := make(chan struct{})
	c.upgrades = func(store.Upgrade) { <-held } // as slow as years of a large fleet
	c.desk = c.sitDown(folder)
	if _, err := c.desk.DeskAtOnce(t.Context()); fault.CodeOf(err) != fault.CacheUpgrading {
		t.Fatalf("while it is brought up to date: %v", err)
	}
	if at := c.desk.Upgrading(); at.Step != 1 || at.Steps < 10 {
		t.Errorf("it is at %+v", at)
	}
	closed := make(chan error)
	go func() { closed <- c.desk.Close() }() // the window is closed in the midst of it
	close(held)
	c.must(<-closed)
	c.upgrades = nil
	c.desk = c.sitDown(folder)
	desk = c.services(c.desk)
	after, err := desk.Bills.Statistics(t.Context(), year("2024"), 0, 50)
	c.must(err)
	if after.Totals != before.Totals || len(after.Rows) != len(before.Rows) || after.Totals.Rows == 0 {
		t.Errorf("the year comes to %+v, before %+v", after.Totals, before.Totals)
	}
	trips, errTrips := desk.Store.CheckTripSums(t.Context())
	lines, errLines := desk.Store.CheckRollups(t.Context())
	if c.must(errors.Join(errTrips, errLines)); trips != 0 || lines != 0 {
		t.Errorf("sums differ in %d and %d places", trips, lines)
	}
	if at := c.desk.Upgrading(); at != (store.Upgrade{}) {
		t.Errorf("open, it is still at %+v", at)
	}
}
