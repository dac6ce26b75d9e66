package journey

import (
	"cmp"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// minmax are minima and maxima, each set by a single member.
type minmax struct {
	firstAt, lastAt, endsAt statecodec.Instant
	createdAt               statecodec.Instant
	// heldAt and refundedAt are by the provider's time, the received ones by ours.
	heldAt, refundedAt              statecodec.Instant
	verifiedReceived, takenReceived statecodec.Instant
	verified                        success
	firstPaid                       success
}

// success is the first successful verification, or the first payment paid: of that, only
// provider and source are set.
type success struct {
	route

	id       string
	at       statecodec.Instant
	duration avro.Optional[int64]
}

// include extends the aggregates by a member.
func (e *minmax) include(m *member, retention time.Duration) {
	e.firstAt = statecodec.Earlier(e.firstAt, m.firstAt)
	e.lastAt = statecodec.Later(e.lastAt, m.lastAt)
	e.endsAt = statecodec.Later(e.endsAt, m.endsAt(retention))
	e.createdAt = statecodec.Earlier(e.createdAt, m.createdAt())
	if m.succeeded() {
		v := m.verification
		e.verifiedReceived = statecodec.Earlier(e.verifiedReceived, m.decidedAt())
		e.verified = first(e.verified, success{route: v.route, id: m.id, at: v.outcomeAt, duration: v.durationMs})
	}
	if p := m.payment; p != nil {
		e.heldAt, e.refundedAt = statecodec.Earlier(e.heldAt, p.heldAt), statecodec.Later(e.refundedAt, p.refundedAt)
		if p.everPaid {
			e.firstPaid = first(e.firstPaid, success{route: route{provider: p.provider, source: p.source}, id: m.id, at: p.paidAt})
		}
	}
	if m.taken() {
		e.takenReceived = statecodec.Earlier(e.takenReceived, m.decidedAt())
	}
}

// first returns the earlier of two successes; no id is none, no time is last.
func first(a, b success) success {
	switch {
	case a.id == "":
		return b
	case b.id == "":
		return a
	case (a.at == 0) != (b.at == 0):
		if a.at == 0 {
			return b
		}
		return a
	case cmp.Or(a.at.Compare(b.at), strings.Compare(a.id, b.id)) <= 0:
		return a
	default:
		return b
	}
}

// needsRescan reports whether one of them was set by a member whose own minima and maxima were was
// and are now is, and which no longer reaches it.
func (e *minmax) needsRescan(was, is *minmax) bool {
	least := func(bound, was, is statecodec.Instant) bool {
		return bound != 0 && bound == was && (is == 0 || was.Before(is))
	}
	most := func(bound, was, is statecodec.Instant) bool { return bound == was && is.Before(was) }
	one := func(bound, was, is *success) bool { return was.id != "" && was.id == bound.id && *was != *is }
	return least(e.firstAt, was.firstAt, is.firstAt) ||
		most(e.lastAt, was.lastAt, is.lastAt) ||
		most(e.endsAt, was.endsAt, is.endsAt) ||
		least(e.createdAt, was.createdAt, is.createdAt) ||
		least(e.heldAt, was.heldAt, is.heldAt) ||
		most(e.refundedAt, was.refundedAt, is.refundedAt) ||
		least(e.verifiedReceived, was.verifiedReceived, is.verifiedReceived) ||
		least(e.takenReceived, was.takenReceived, is.takenReceived) ||
		one(&e.verified, &was.verified, &is.verified) || one(&e.firstPaid, &was.firstPaid, &is.firstPaid)
}

func (e *minmax) appendTo(dst []byte) []byte {
	for _, at := range [...]statecodec.Instant{
		e.firstAt, e.lastAt, e.endsAt, e.createdAt, e.heldAt, e.refundedAt, e.verifiedReceived, e.takenReceived,
	} {
		dst = statecodec.AppendInstant(dst, at)
	}
	return e.firstPaid.appendTo(e.verified.appendTo(dst))
}

func readMinmax(r *statecodec.Reader) minmax {
	e := minmax{
		firstAt: r.Instant(), lastAt: r.Instant(), endsAt: r.Instant(), createdAt: r.Instant(), heldAt: r.Instant(), refundedAt: r.Instant(),
		verifiedReceived: r.Instant(), takenReceived: r.Instant(),
	}
	e.verified.readFrom(r)
	e.firstPaid.readFrom(r)
	return e
}

func (s *success) appendTo(dst []byte) []byte {
	dst = statecodec.AppendString(statecodec.AppendInstant(dst, s.at), s.id)
	return appendInt(s.route.appendTo(dst), s.duration)
}

func (s *success) readFrom(r *statecodec.Reader) {
	s.at, s.id = r.Instant(), r.Text()
	s.route.readFrom(r)
	s.duration = readInt(r)
}
