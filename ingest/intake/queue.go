package intake

// queue lists items from the oldest to the newest. Its nodes are part of the items,
// so that listing one costs no memory.
type queue[T any] struct {
	first, last *node[T]
	// used is the sum that is compared with the queue's limit. It may include items
	// that are no longer listed.
	used int64
}

// node is an item's place in one queue.
type node[T any] struct {
	prev, next *node[T]
	item       *T
}

// push lists an item as the newest.
func (q *queue[T]) push(n *node[T], item *T) {
	n.item, n.prev, n.next = item, q.last, nil
	if q.last == nil {
		q.first = n
	} else {
		q.last.next = n
	}
	q.last = n
}

// remove takes an item off the list, if it is on it.
func (q *queue[T]) remove(n *node[T]) {
	if n.item == nil {
		return
	}
	if n.prev == nil {
		q.first = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		q.last = n.prev
	} else {
		n.next.prev = n.prev
	}
	*n = node[T]{}
}

// oldest returns the first item, or nil.
func (q *queue[T]) oldest() *T {
	if q.first == nil {
		return nil
	}
	return q.first.item
}
