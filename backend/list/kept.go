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
	k.mu.Lock()
	for _, kept := range k.results {
		if kept.key == key {
			k.mu.Unlock()
			return kept.value, nil
		}
	}
	k.mu.Unlock()
	value, err := read()
	if err != nil {
		return value, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.results = append(k.results[max(0, len(k.results)+1-keptResults):], keptResult[K, V]{key, value})
	return value, nil
}
