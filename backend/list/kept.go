package list

import "sync"

// keptOrders is how many orders of one kind are kept: enough for the pages of the lists that are open side by side.
const keptOrders = 4

// Kept keeps the last few ordered lists of a kind, so that the pages of one list cost one ordering. A key names everything the order
// depends on, the cache's revision too. The zero value is ready; its methods are safe for concurrent use.
type Kept[K comparable, T any] struct {
	mu    sync.Mutex
	lists []keptOrder[K, T]
}

type keptOrder[K comparable, T any] struct {
	key  K
	rows []T
}

// Get gives the list of a key, and makes and keeps it when it is not there.
func (k *Kept[K, T]) Get(key K, order func() ([]T, error)) ([]T, error) {
	k.mu.Lock()
	for _, kept := range k.lists {
		if kept.key == key {
			k.mu.Unlock()
			return kept.rows, nil
		}
	}
	k.mu.Unlock()
	rows, err := order()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.lists = append(k.lists[max(0, len(k.lists)+1-keptOrders):], keptOrder[K, T]{key, rows})
	return rows, nil
}
