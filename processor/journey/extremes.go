package journey

import (
	"cmp"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// extremes is what single members decide. A zero time is none.
type extremes struct {
	firstAt, lastAt, endsAt time.Time
	// paidAt and takenAt are by the provider's time, the received ones by ours.
	paidAt, takenAt                 time.Time
	verifiedReceived, takenReceived time.Time
	verified                        success
}

// success is the verification that succeeded first.
type success struct {
	id          string
	at          time.Time
	channel     avro.Optional[string]
	channelKind avro.Optional[avro.Channel]
	duration    avro.Optional[int64]
}

// widen lets a member set the extremes it reaches beyond.
func (e *extremes) widen(m *member, retention time.Duration) {
	e.firstAt = earlier(e.firstAt, m.firstAt)
	e.lastAt = later(e.lastAt, m.lastAt)
	e.endsAt = later(e.endsAt, m.endsAt(retention))
	if m.succeeded() {
		v := m.verification
		e.verifiedReceived = earlier(e.verifiedReceived, m.decidedAt())
		e.verified = first(e.verified, success{
			id: m.id, at: v.OutcomeAt.Value, channel: v.Channel, channelKind: v.ChannelKind, duration: v.DurationMs,
		})
	}
	if m.everPaid() {
		e.paidAt = earlier(e.paidAt, m.paidAt())
	}
	if m.taken() {
		e.takenAt = earlier(e.takenAt, m.takenAt())
		e.takenReceived = earlier(e.takenReceived, m.decidedAt())
	}
}

// first returns the earlier of two successes; no id is none, no time is last.
func first(a, b success) success {
	switch {
	case a.id == "":
		return b
	case b.id == "":
		return a
	case a.at.IsZero() != b.at.IsZero():
		if a.at.IsZero() {
			return b
		}
		return a
	case cmp.Or(a.at.Compare(b.at), strings.Compare(a.id, b.id)) <= 0:
		return a
	default:
		return b
	}
}

// lost says whether one of the extremes was set by a member that had the
// extremes of was and gives it up by having those of is.
func (e *extremes) lost(was, is *extremes) bool {
	least := func(bound, was, is time.Time) bool {
		return !bound.IsZero() && bound.Equal(was) && (is.IsZero() || is.After(was))
	}
	most := func(bound, was, is time.Time) bool { return bound.Equal(was) && is.Before(was) }
	return least(e.firstAt, was.firstAt, is.firstAt) ||
		most(e.lastAt, was.lastAt, is.lastAt) ||
		most(e.endsAt, was.endsAt, is.endsAt) ||
		least(e.paidAt, was.paidAt, is.paidAt) ||
		least(e.takenAt, was.takenAt, is.takenAt) ||
		least(e.verifiedReceived, was.verifiedReceived, is.verifiedReceived) ||
		least(e.takenReceived, was.takenReceived, is.takenReceived) ||
		(was.verified.id != "" && was.verified.id == e.verified.id && was.verified != is.verified)
}

func (e *extremes) appendTo(dst []byte) []byte {
	for _, at := range []time.Time{
		e.firstAt, e.lastAt, e.endsAt, e.paidAt, e.takenAt, e.verifiedReceived, e.takenReceived, e.verified.at,
	} {
		dst = statecodec.AppendTime(dst, at)
	}
	dst = statecodec.AppendString(dst, e.verified.id)
	dst = appendText(dst, e.verified.channel)
	dst = appendText(dst, e.verified.channelKind)
	return appendInt(dst, e.verified.duration)
}

func readExtremes(r *statecodec.Reader) extremes {
	e := extremes{
		firstAt: r.Time(), lastAt: r.Time(), endsAt: r.Time(), paidAt: r.Time(), takenAt: r.Time(),
		verifiedReceived: r.Time(), takenReceived: r.Time(),
	}
	e.verified.at = r.Time()
	e.verified.id = r.String()
	e.verified.channel = readText[string](r)
	e.verified.channelKind = readText[avro.Channel](r)
	e.verified.duration = readInt(r)
	return e
}
