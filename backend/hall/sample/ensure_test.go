package sample_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
)

func emptyStore(t *testing.T) *hall.Store {
	t.Helper()
	store, err := hall.OpenStore(t.Context(), filepath.Join(t.TempDir(), "hall.db"))
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	return store
}

func TestFinishedSampleIsReused(t *testing.T) {
	store, now := emptyStore(t), time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	wanted := params(t, "vehicles=2,months=2,seed=1")
	made, err := sample.Ensure(t.Context(), store, wanted, now, nil)
	must(t, err)
	if made.String() != "vehicles=2,months=2,seed=1,until=2026-11-20" {
		t.Fatalf("made %s", made)
	}
	before, err := store.Digests(t.Context(), fleet)
	must(t, err)
	// The next day the same call finds yesterday's sample.
	reused, err := sample.Ensure(t.Context(), store, wanted, now.AddDate(0, 0, 1), nil)
	must(t, err)
	after, err := store.Digests(t.Context(), fleet)
	must(t, err)
	if reused.String() != made.String() || before.Epoch != after.Epoch {
		t.Fatalf("reused %s, made %s", reused, made)
	}
	for _, other := range []string{"vehicles=3,months=2,seed=1", "vehicles=2,months=2,seed=1,until=2026-11-21"} {
		_, err := sample.Ensure(t.Context(), store, params(t, other), now, nil)
		if fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s over another sample gives %v", other, err)
		}
	}
}

func TestCutOffGenerationBeginsAnew(t *testing.T) {
	store, now := emptyStore(t), time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	ctx, cut := context.WithCancel(t.Context())
	_, err := sample.Ensure(ctx, store, params(t, "vehicles=40,months=6,seed=1"), now, func(done, total int) {
		if done > total/2 {
			cut()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled generation gives %v", err)
	}
	wanted := params(t, "vehicles=2,months=2,seed=1")
	_, err = sample.Ensure(t.Context(), store, wanted, now, nil)
	must(t, err)
	if h := read(t, store, fleet); len(h.vehicles) != 2 {
		t.Fatalf("after the second generation there are %d vehicles", len(h.vehicles))
	}
}

func TestSampleLeavesOtherAccountsAlone(t *testing.T) {
	store := emptyStore(t)
	must(t, store.PutAccount(t.Context(), hall.Account{ID: 5, UserKind: "unit", Phone: "10000000005", OpenedAt: civil(2020, 1, 1)}))
	_, err := sample.Ensure(t.Context(), store, params(t, "vehicles=2,months=2,seed=1"), time.Now(), nil)
	if fault.CodeOf(err) != fault.BadInput {
		t.Fatalf("a sample over accounts gives %v", err)
	}
	_, err = store.Account(t.Context(), 5)
	must(t, err)
}

func TestParams(t *testing.T) {
	for _, text := range []string{"vehicles=0,months=1", "vehicles=x", "months=121,vehicles=1", "colour=red", "", "until=2019-13-01",
		"vehicles=1,months=12,until=2020-06-30", "vehicles=1,months=1,until=2099-01-01"} {
		if _, err := sample.ParseParams(text, sample.Params{}); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%q gives %v", text, err)
		}
	}
	midnight := params(t, "vehicles=3,months=2,seed=18446744073709551615,until=2026-11-01")
	if got := midnight.String(); got != "vehicles=3,months=2,seed=18446744073709551615,until=2026-11-01" {
		t.Errorf("written back as %s", got)
	}
	if today := sample.Today(time.Date(2026, 11, 19, 16, 0, 0, 0, time.UTC)); !today.Equal(civil(2026, 11, 20)) {
		t.Errorf("16:00 UTC lies in the day %s", today)
	}
}
