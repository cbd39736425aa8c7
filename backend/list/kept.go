package list

import "sync"

// keptResults is how many results of one kind are kept: enough for the pages of the lists that are open side by side.
const keptResults = 4

// Kept keeps the last few results of a kind, orders or totals, so that the pages of one list cost one reading. A key names everything a
// result depends on, the cache's revision too. The zero value is ready; its methods are safe for concurrent use.
type Kept[K comparable, V any] struct {
	mu      sync.Mutex
	results []keptResult[K, V]
}

type keptResult[K comparable, V any] struct {
	key   K
	value V
}

// Get gives the result of a key, and makes and keeps it when it is not there.
func (k *Kept[K, V]) Get(key K, read func() (V, error)) (V, error) {
	if value, isKept := k.Known(key); isKept {
		return value, nil
	}
	value, err := read()
	if err == nil {
		k.Keep(key, value)
	}
	return value, err
}

// Known gives the result of a key if it is kept.
func (k *Kept[K, V]) Known(key K) (value V, isKept bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kept := range k.results {
		if kept.key == key {
			return kept.value, true
		}
	}
	return value, false
}

// Keep keeps the result of a key, in the place of the oldest one.
func (k *Kept[K, V]) Keep(key K, value V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.results = append(k.results[max(0, len(k.results)+1-keptResults):], keptResult[K, V]{key, value})
}
