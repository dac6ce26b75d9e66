package audit

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// The ways a raw record ends.
const (
	decoded = iota
	duplicate
	deadLetter
	outcomes
)

// outcomeTopic returns the name of the topic that holds an outcome.
func outcomeTopic(outcome int, provider string) string {
	switch outcome {
	case decoded:
		return "decoded." + provider + ".*"
	case duplicate:
		return schemas.Duplicates
	default:
		p, _ := schemas.FindProvider(provider)
		return p.DeadLetter
	}
}

// end records the outcome of a raw record. An outcome that names a raw record that
// never existed is a difference at once.
func (a *auditor) end(outcome int, provider string, o origin) {
	p := a.raw[rawTopicOf(provider)]
	var at *part
	if p != nil && o.topic == p.topic {
		at = p.parts[o.partition]
	}
	switch {
	case at != nil && o.offset < at.end:
		a.endAt(outcome, provider, at, &o)
	case a.cut.span.From.IsZero() || o.received.After(a.cut.span.From.Add(a.cut.margin)):
		a.report.differ(&Difference{
			Kind: KindNoRaw, Topic: o.topic, Partition: o.partition, Offset: o.offset, Missing: o.topic, There: outcomeTopic(outcome, provider),
		})
	}
}

// endAt records the outcome of a record of a known partition.
func (a *auditor) endAt(outcome int, provider string, at *part, o *origin) {
	other := at.isOther(o)
	if !other {
		at.handled = max(at.handled, o.offset+1)
	}
	switch {
	case !a.inSpan(at, o):
		a.takeLate(outcome, provider, at, o)
	case o.offset >= at.high:
	case other:
		// The raw record of this outcome is gone and another record has its offset,
		// which needs an outcome of its own.
		a.report.differ(&Difference{
			Kind: KindOtherRecord, Topic: o.topic, Partition: o.partition, Offset: o.offset, There: outcomeTopic(outcome, provider),
			Missing: "the record that it is of; another stands there",
		})
	default:
		at.outcomes[outcome].Add(o.offset)
	}
}

// inSpan reports whether a raw record belongs to the account. A record before the log
// start belongs to it if it was received within the span: then it was deleted too
// early.
func (a *auditor) inSpan(at *part, o *origin) bool {
	if o.offset >= at.low {
		return true
	}
	return o.offset < at.start && !o.received.IsZero() && o.received.After(a.cut.span.From.Add(a.cut.margin))
}

// readOutcomes reads decoded facts and duplicates.
func (a *auditor) readOutcomes(ctx context.Context) error {
	topics := a.stretches(append(schemas.DecodedTopics(), schemas.Duplicates)...)
	return a.each(ctx, "reading facts and duplicates", topics, func(topic string, r *kgo.Record) error {
		_, body, err := wire.Parse(r.Value)
		if err == nil && topic == schemas.Duplicates {
			err = a.takeDuplicate(r, body)
		} else if err == nil {
			err = a.takeFact(topic, r, body)
		}
		if err != nil {
			a.unreadable(r)
		}
		return nil
	})
}

func (a *auditor) takeDuplicate(r *kgo.Record, body []byte) error {
	d, o, err := a.duplicateOf(r, body)
	if err != nil {
		return err
	}
	// Without a place of the first record, its time decides whether another record was there.
	if d.First.Offset < 0 && d.FirstReceivedAt.Equal(d.ReceivedAt) || d.Record == d.First {
		a.report.differ(&Difference{
			Kind: KindOwnDuplicate, Topic: o.topic, Partition: o.partition, Offset: o.offset, There: r.Topic, Key: string(r.Key), Event: d.EventID,
		})
	}
	a.end(duplicate, d.Provider, o)
	return nil
}

func (a *auditor) takeFact(topic string, r *kgo.Record, body []byte) error {
	o, event, err := a.factOf(r, body)
	if err != nil {
		return err
	}
	name, key := providerOf(topic), r.Key
	a.end(decoded, name, o)
	if a.counts(topic, key, &o) {
		a.events.add(a.eventHash(topic, key, event))
	}
	if kind := kindOfFact(topic); kind != "" && a.isApplied(name, o) {
		if erased, ok := a.erased[name+"/"+string(key)]; ok {
			a.entities[kind].change(key, func(x *entity) { x.flags |= erasedOnce })
			if o.offset < erased {
				return nil
			}
		}
		a.entities[kind].fact(key)
	}
	return nil
}

// isApplied says whether a raw record is in the span and before its stage's cut.
func (a *auditor) isApplied(provider string, o origin) bool {
	p := a.raw[rawTopicOf(provider)]
	if p == nil || o.topic != p.topic {
		return false
	}
	at := p.parts[o.partition]
	return at != nil && a.inSpan(at, &o) && o.offset < at.cut
}

func (a *auditor) unreadable(r *kgo.Record) {
	a.report.differ(&Difference{
		Kind: KindUnreadable, Topic: r.Topic, Partition: r.Partition, Offset: r.Offset, Missing: "a value in the format of this version",
	})
}
