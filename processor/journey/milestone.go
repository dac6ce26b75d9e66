package journey

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// milestones holds the fields of avro.MilestoneMember.
type milestones struct {
	provider, source string
	list             []milestone
}

// milestone is a type of event that a source reported. Times are 0 if it has none.
type milestone struct {
	kind            string
	firstAt, lastAt statecodec.Instant
	events          int64
}

// set takes the fields of an input.
func (e *milestones) set(in *avro.MilestoneMember) {
	e.provider, e.source, e.list = in.Provider, in.Source, make([]milestone, len(in.Milestones))
	for i := range in.Milestones {
		m := &in.Milestones[i]
		e.list[i] = milestone{kind: m.Type, firstAt: instant(m.FirstAt), lastAt: instant(m.LastAt), events: m.Events}
	}
}

func (e *milestones) appendTo(dst []byte) []byte {
	dst = statecodec.AppendString(statecodec.AppendString(dst, e.provider), e.source)
	dst = statecodec.AppendUint(dst, uint64(len(e.list)))
	for i := range e.list {
		m := &e.list[i]
		dst = statecodec.AppendInstant(statecodec.AppendInstant(statecodec.AppendString(dst, m.kind), m.firstAt), m.lastAt)
		dst = statecodec.AppendInt(dst, m.events)
	}
	return dst
}

func (e *milestones) readFrom(r *statecodec.Reader) {
	e.provider, e.source = r.Text(), r.Text()
	e.list = make([]milestone, r.Len())
	for i := range e.list {
		e.list[i] = milestone{kind: r.Text(), firstAt: r.Instant(), lastAt: r.Instant(), events: r.Int()}
	}
}

// appendMilestones appends those of the listed members, by first time, source and type; one
// without a time comes last.
func (j *journey) appendMilestones(to []avro.Milestone) []avro.Milestone {
	for i := range j.listed {
		e := j.listed[i].milestones
		if e == nil {
			continue
		}
		for _, m := range e.list {
			to = append(to, avro.Milestone{
				Source: e.source, Type: m.kind, FirstAt: optionalTime(m.firstAt), LastAt: optionalTime(m.lastAt), Events: m.events,
			})
		}
	}
	slices.SortFunc(to, func(a, b avro.Milestone) int {
		switch {
		case a.FirstAt.Set != b.FirstAt.Set:
			if a.FirstAt.Set {
				return -1
			}
			return 1
		default:
			return cmp.Or(a.FirstAt.Value.Compare(b.FirstAt.Value), strings.Compare(a.Source, b.Source), strings.Compare(a.Type, b.Type))
		}
	})
	return to
}
