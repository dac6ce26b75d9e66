package payment

import (
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

func (s *aggregate) appendTo(dst []byte) []byte {
	dst = append(dst, s.last.id[:]...)
	dst = appendPhase(statecodec.AppendInstant(dst, s.last.at), s.last.phase)
	for _, at := range [...]statecodec.Instant{s.firstAt, s.lastAt, s.firstReceived, s.created, s.paid, s.held, s.reversalMaxAt, s.reversalLastAt} {
		dst = statecodec.AppendInstant(dst, at)
	}
	dst = statecodec.AppendUint(dst, entity.AssuranceCode(s.assurance))
	for _, flag := range [...]bool{s.p2p, s.refused, s.charged, s.regression, s.changed, s.contradicts} {
		dst = statecodec.AppendBool(dst, flag)
	}
	for i := range s.texts {
		dst = statecodec.AppendString(dst, s.texts[i])
	}
	for _, amount := range s.amounts {
		dst = appendAmount(dst, amount)
	}
	dst = statecodec.AppendInt(appendAmount(dst, s.reversalMax), s.reversalSum)
	for i := range s.phases {
		p := &s.phases[i]
		dst = statecodec.AppendBool(dst, p.is)
		for _, at := range [...]statecodec.Instant{p.at, p.signedAt, p.receivedAt} {
			dst = statecodec.AppendInstant(dst, at)
		}
	}
	dst = statecodec.AppendUint(dst, uint64(len(s.operations)))
	for i := range s.operations {
		dst = s.operations[i].appendTo(statecodec.AppendString(dst, s.operations[i].ID))
	}
	dst = statecodec.AppendUint(dst, uint64(len(s.slots)))
	for i := range s.slots {
		dst = statecodec.AppendInstant(s.slots[i].appendTo(dst), s.slots[i].customerAt)
	}
	dst = statecodec.AppendUint(dst, uint64(len(s.externals)))
	for _, id := range s.externals {
		dst = statecodec.AppendString(dst, id)
	}
	dst = statecodec.AppendUint(dst, uint64(len(s.returns)))
	for i := range s.returns {
		g := &s.returns[i]
		dst = statecodec.AppendInstant(statecodec.AppendInt(append(dst, g.id[:]...), g.amount), g.at)
	}
	return dst
}

// readFrom reads every field of an empty sum.
func (s *aggregate) readFrom(r *statecodec.Reader) {
	r.Fixed(s.last.id[:])
	s.last.at, s.last.phase = r.Instant(), readPhase(r)
	s.firstAt, s.lastAt, s.firstReceived = r.Instant(), r.Instant(), r.Instant()
	s.created, s.paid, s.held = r.Instant(), r.Instant(), r.Instant()
	s.reversalMaxAt, s.reversalLastAt = r.Instant(), r.Instant()
	s.assurance = entity.AssuranceOf(r.Uint())
	s.p2p, s.refused, s.charged, s.regression, s.changed, s.contradicts = r.Bool(), r.Bool(), r.Bool(), r.Bool(), r.Bool(), r.Bool()
	for i := range s.texts {
		s.texts[i] = r.Text()
	}
	for i := range s.amounts {
		s.amounts[i] = readAmount(r)
	}
	s.reversalMax, s.reversalSum = readAmount(r), r.Int()
	for i := range s.phases {
		s.phases[i] = reached{is: r.Bool(), at: r.Instant(), signedAt: r.Instant(), receivedAt: r.Instant()}
	}
	for range r.Len() {
		o := Operation{ID: r.Text()}
		o.readFrom(r)
		s.operations = append(s.operations, o)
	}
	for range r.Len() {
		s.slots = append(s.slots, slot{Correlation: readCorrelation(r), customerAt: r.Instant()})
	}
	for range r.Len() {
		s.externals = append(s.externals, r.Text())
	}
	for range r.Len() {
		g := giveBack{}
		r.Fixed(g.id[:])
		g.amount, g.at = r.Int(), r.Instant()
		s.returns = append(s.returns, g)
	}
}
