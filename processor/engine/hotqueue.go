package engine

// queue is entries in the order in which they came.
type queue struct {
	list []queued
	head int
	// dropped is how many were taken away since the beginning.
	dropped int
}

// queued is an entry as of a write: it has another place in the queue since, or is
// another entry, if it was written again.
type queued struct{ id, writes uint32 }

func (q *queue) push(id, writes uint32) { q.list = append(q.list, queued{id, writes}) }

// pushed returns how many came since the beginning.
func (q *queue) pushed() int { return q.dropped + len(q.list) - q.head }

// waiting returns the queue, oldest first.
func (q *queue) waiting() []queued { return q.list[q.head:] }

// drop takes the oldest away.
func (q *queue) drop(n int) {
	q.head += n
	q.dropped += n
	if q.head > len(q.list)/2 {
		rest := copy(q.list, q.list[q.head:])
		q.list, q.head = q.list[:rest], 0
	}
}
