package cache

// queue is a FIFO of entries.
type queue struct {
	list []queueItem
	head int
	// dropped is the total number of removed items.
	dropped int
}

// queueItem is an entry number with the entry's write count at that time. If the counts
// differ, the entry was written or reused since and the item is stale.
type queueItem struct{ id, writes uint32 }

func (q *queue) push(id, writes uint32) { q.list = append(q.list, queueItem{id, writes}) }

// pushed returns the total number of items ever added.
func (q *queue) pushed() int { return q.dropped + len(q.list) - q.head }

// waiting returns the queue, oldest first.
func (q *queue) waiting() []queueItem { return q.list[q.head:] }

// drop removes the n oldest items.
func (q *queue) drop(n int) {
	q.head += n
	q.dropped += n
	if q.head > len(q.list)/2 {
		rest := copy(q.list, q.list[q.head:])
		q.list, q.head = q.list[:rest], 0
	}
}
