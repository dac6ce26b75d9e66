package audit

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// calls follows Unibell's facts from the stage that decodes them to the stage that
// applies them. A fact is emitted once if its verification is known, else once without
// a verification and, when that becomes known, once more with it.
type calls struct {
	with, without map[int32]*offsetset.Marks // by raw partition: raw offsets
	// own are entities by request id. Their facts are applied only if the verification
	// stays unknown; until then they are held.
	own *entities
}

func newCalls() *calls {
	return &calls{with: map[int32]*offsetset.Marks{}, without: map[int32]*offsetset.Marks{}, own: newEntities()}
}

// readCalls reads the facts that the unibell stage emits to the unibell-call stage.
func (a *auditor) readCalls(ctx context.Context) error {
	if err := a.each(ctx, "reading Unibell's facts", a.stretches(schemas.InternalUnibell), a.takeCall); err != nil {
		return err
	}
	// A call whose verification stayed unknown becomes a verification of its own, keyed
	// by the request id. The facts held for it count if such a snapshot exists.
	verifications := a.entities[raw.ProviderUnibell]
	for hash, own := range a.calls.own.known {
		x := verifications.known[hash]
		x.expected += own.expected
		x.flags |= own.flags | held
		verifications.known[hash] = x
	}
	return nil
}

func (a *auditor) takeCall(_ string, r *kgo.Record) error {
	var in avro.UnibellInput
	_, body, err := wire.Parse(r.Value)
	if err == nil {
		err = in.DecodeAvro(body)
	}
	if err != nil {
		a.unreadable(r)
		return nil //nolint:nilerr // a difference, and no failure
	}
	verifications := a.entities[raw.ProviderUnibell]
	fact := in.Kind == avro.UnibellInputKindFact
	switch {
	case in.Kind == avro.UnibellInputKindClock:
		return nil
	case fact && in.VerificationID.Set:
		a.markEmitted(a.calls.with, &in.Call.Value)
	case fact:
		a.markEmitted(a.calls.without, &in.Call.Value)
	}
	if r.Offset >= a.cut.applied[schemas.InternalUnibell][r.Partition] {
		verifications.change(r.Key, func(x *entity) { x.flags |= touched })
		return nil
	}
	switch {
	case in.Kind == avro.UnibellInputKindErasure:
		verifications.change(r.Key, func(x *entity) { x.expected, x.flags = 0, x.flags|erasedOnce })
		a.calls.forget(verifications, r.Key)
	case !fact || a.deadLetters[schemas.InternalUnibell][r.Partition].Has(r.Offset):
	case in.VerificationID.Set:
		verifications.fact(r.Key)
	default:
		a.calls.ownFact(verifications, r.Key)
	}
	return nil
}

// ownFact counts a fact of a request id. It uses the hash seed of the verifications, so
// that readCalls can merge the two.
func (c *calls) ownFact(verifications *entities, key []byte) {
	c.own.seed = verifications.seed
	c.own.fact(key)
}

// forget drops the count of facts held for a request id, after an erasure.
func (c *calls) forget(verifications *entities, key []byte) {
	c.own.seed = verifications.seed
	c.own.change(key, func(x *entity) { x.expected = 0 })
}

// markEmitted records that the unibell stage emitted the fact of a raw record, if that record
// is within the span and the cut.
func (a *auditor) markEmitted(to map[int32]*offsetset.Marks, call *avro.UnibellCall) {
	from := &call.Origin
	p := a.raw[schemas.RawUnibell]
	at := p.parts[from.Partition]
	o := origin{topic: from.Topic, partition: from.Partition, offset: from.Offset, received: call.ReceivedAt}
	if at == nil || o.topic != p.topic || !a.inSpan(at, &o) || o.offset >= at.high {
		return
	}
	if to[from.Partition] == nil {
		to[from.Partition] = offsetset.NewMarks()
	}
	to[from.Partition].Add(from.Offset)
}

// concludeCalls compares the decoded facts with those emitted to the next stage.
func (a *auditor) concludeCalls() {
	p := a.raw[schemas.RawUnibell]
	const emitted = schemas.InternalUnibell
	for partition, at := range sorted(p.parts) {
		with, without := a.calls.with[partition], a.calls.without[partition]
		if with == nil {
			with = offsetset.NewMarks()
		}
		if without == nil {
			without = offsetset.NewMarks()
		}
		facts := at.outcomes[decoded].Once
		a.reportAll(KindNotEmitted, p.topic, partition, emitted, schemas.DecodedUnibellCall, facts.Minus(with.Once, without.Once))
		a.reportAll(KindNoFact, p.topic, partition, schemas.DecodedUnibellCall, emitted, with.Once.Minus(facts))
		a.reportAll(KindNoFact, p.topic, partition, schemas.DecodedUnibellCall, emitted, without.Once.Minus(facts))
		a.reportAll(KindRepeated, p.topic, partition, "", emitted, with.Again)
		a.reportAll(KindRepeated, p.topic, partition, "", emitted, without.Again)
	}
}
