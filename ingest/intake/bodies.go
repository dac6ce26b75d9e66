package intake

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The shares of unproven bodies, each with a bound of its own.
const (
	shareAll = iota
	shareSource
	shareAddress
	shares
)

// firstRoom is how many bytes of the budget a request takes before its body arrives:
// about the memory that handling it costs. A body of at most this size takes no more.
const firstRoom = 4 << 10

// Bodies is the memory budget for the bodies of all requests in progress. Unproven
// bodies may use at most half of it, those for one source a quarter, and those of one
// address an eighth. If one of these limits is reached, the oldest of its bodies that
// is still being read is evicted.
type Bodies struct {
	largest int64
	limits  [shares]int64
	total   int64
	gauge   prometheus.Gauge

	mu        sync.Mutex
	used      int64
	unproven  queue[Body]
	sources   map[string]*queue[Body]
	addresses map[netip.Addr]*queue[Body]
	spare     []*queue[Body] // empty ones of addresses, for the next
}

// NewBodies returns a budget of total bytes for bodies of at most largest bytes each.
// The gauge shows how many bytes are in use.
func NewBodies(total, largest int64, gauge prometheus.Gauge) *Bodies {
	b := &Bodies{total: total, largest: largest, gauge: gauge, sources: map[string]*queue[Body]{}, addresses: map[netip.Addr]*queue[Body]{}}
	for i := range b.limits {
		b.limits[i] = max(total>>(i+1), largest+firstRoom)
	}
	return b
}

// Smallest returns the smallest total with which unproven bodies leave room for proven
// ones.
func Smallest(largest int64) int64 { return 4 * (largest + firstRoom) }

// Body is one request's part of the budget. The zero value holds no room.
type Body struct {
	budget *Bodies
	w      http.ResponseWriter
	source string
	from   netip.Addr

	// Guarded by budget.mu.
	held     int64
	proven   bool
	evicted  bool
	in       [shares]*queue[Body]
	places   [shares]node[Body]
	counting bool // in the shares
}

// begin takes the first room, before the body arrives.
func (b *Bodies) begin(body *Body) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	body.budget = b
	if !body.proven {
		body.counting = true
		body.in = [shares]*queue[Body]{&b.unproven, b.ofSource(body.source), b.ofAddress(body.from)}
		for i, q := range body.in {
			q.push(&body.places[i], body)
		}
	}
	return b.take(body, firstRoom)
}

// more takes further room as bytes arrive.
func (b *Bodies) more(body *Body, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.take(body, n)
}

func (b *Bodies) take(body *Body, n int64) bool {
	for i, q := range body.in {
		if q == nil {
			continue
		}
		for q.used+n > b.limits[i] {
			oldest := q.oldest()
			if oldest == nil || oldest == body {
				return false
			}
			b.evict(oldest)
		}
	}
	if body.evicted || b.used+n > b.total {
		return false
	}
	b.add(body, n)
	return true
}

// add changes the room that the body holds by n, in all counts; n may be negative.
func (b *Bodies) add(body *Body, n int64) {
	body.held += n
	b.used += n
	b.gauge.Set(float64(b.used))
	if body.counting {
		for _, q := range body.in {
			q.used += n
		}
	}
}

// evict ends the reading of a body and frees its room. A read deadline in the past
// interrupts its reader; setting one is safe because a body is listed only while its
// request reads it.
func (b *Bodies) evict(body *Body) {
	body.evicted = true
	body.unlist()
	b.add(body, -body.held)
	_ = http.NewResponseController(body.w).SetReadDeadline(time.Unix(1, 0))
}

// unlist removes a body from the lists of bodies that can be evicted.
func (body *Body) unlist() {
	for i, q := range body.in {
		if q != nil {
			q.remove(&body.places[i])
		}
	}
}

// read marks a body as read completely: it is not evicted any more. It returns false if
// the body was evicted before.
func (b *Bodies) read(body *Body) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	body.unlist()
	return !body.evicted
}

// leave removes a body from the counts of unproven bodies.
func (b *Bodies) leave(body *Body) {
	if !body.counting {
		return
	}
	body.unlist()
	for _, q := range body.in {
		q.used -= body.held
	}
	if q := body.in[shareAddress]; q.used == 0 && q.first == nil && b.addresses[body.from] == q {
		delete(b.addresses, body.from)
		b.spare = append(b.spare, q)
	}
	body.counting, body.in = false, [shares]*queue[Body]{}
}

// Prove marks the sender as authenticated: the body no longer counts as unproven.
func (body *Body) Prove() {
	if body.budget == nil {
		body.proven = true
		return
	}
	body.budget.mu.Lock()
	defer body.budget.mu.Unlock()
	body.proven = true
	body.budget.leave(body)
}

// Release gives the room back.
func (body *Body) Release() {
	b := body.budget
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.leave(body)
	b.add(body, -body.held)
}

// ofSource returns the queue of a source. Queues are never removed: only configured
// sources have one.
func (b *Bodies) ofSource(source string) *queue[Body] {
	q := b.sources[source]
	if q == nil {
		q = &queue[Body]{}
		b.sources[source] = q
	}
	return q
}

func (b *Bodies) ofAddress(addr netip.Addr) *queue[Body] {
	q := b.addresses[addr]
	if q != nil {
		return q
	}
	if last := len(b.spare) - 1; last >= 0 {
		q, b.spare = b.spare[last], b.spare[:last]
	} else {
		q = &queue[Body]{}
	}
	b.addresses[addr] = q
	return q
}
