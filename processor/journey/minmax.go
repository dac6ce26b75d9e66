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
	// paidAt and takenAt are by the provider's time, the received ones by ours.
	paidAt, takenAt                 statecodec.Instant
	verifiedReceived, takenReceived statecodec.Instant
	verified                        success
}

// success is the first successful verification.
type success struct {
	id          string
	at          statecodec.Instant
	channel     avro.Optional[string]
	channelKind avro.Optional[avro.Channel]
	duration    avro.Optional[int64]
}

// include extends the aggregates by a member.
func (e *minmax) include(m *member, retention time.Duration) {
	e.firstAt = statecodec.Earlier(e.firstAt, m.firstAt)
	e.lastAt = statecodec.Later(e.lastAt, m.lastAt)
	e.endsAt = statecodec.Later(e.endsAt, m.endsAt(retention))
	if m.succeeded() {
		v := m.verification
		e.verifiedReceived = statecodec.Earlier(e.verifiedReceived, m.decidedAt())
		e.verified = first(e.verified, success{
			id: m.id, at: v.outcomeAt, channel: v.channel, channelKind: v.channelKind, duration: v.durationMs,
		})
	}
	if m.everPaid() {
		e.paidAt = statecodec.Earlier(e.paidAt, m.paidAt())
	}
	if m.taken() {
		e.takenAt = statecodec.Earlier(e.takenAt, m.takenAt())
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
	return least(e.firstAt, was.firstAt, is.firstAt) ||
		most(e.lastAt, was.lastAt, is.lastAt) ||
		most(e.endsAt, was.endsAt, is.endsAt) ||
		least(e.paidAt, was.paidAt, is.paidAt) ||
		least(e.takenAt, was.takenAt, is.takenAt) ||
		least(e.verifiedReceived, was.verifiedReceived, is.verifiedReceived) ||
		least(e.takenReceived, was.takenReceived, is.takenReceived) ||
		(was.verified.id != "" && was.verified.id == e.verified.id && was.verified != is.verified)
}

func (e *minmax) appendTo(dst []byte) []byte {
	for _, at := range [...]statecodec.Instant{
		e.firstAt, e.lastAt, e.endsAt, e.paidAt, e.takenAt, e.verifiedReceived, e.takenReceived, e.verified.at,
	} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendString(dst, e.verified.id)
	dst = appendText(dst, e.verified.channel)
	dst = appendText(dst, e.verified.channelKind)
	return appendInt(dst, e.verified.duration)
}

func readMinmax(r *statecodec.Reader) minmax {
	e := minmax{
		firstAt: r.Instant(), lastAt: r.Instant(), endsAt: r.Instant(), paidAt: r.Instant(), takenAt: r.Instant(),
		verifiedReceived: r.Instant(), takenReceived: r.Instant(),
	}
	e.verified.at = r.Instant()
	e.verified.id = r.String()
	e.verified.channel = readText[string](r)
	e.verified.channelKind = readText[avro.Channel](r)
	e.verified.duration = readInt(r)
	return e
}
