package audit

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// late is an outcome written within the span for a raw record from before the span.
type late struct {
	outcome     int
	is, carries identity
}

// isOf reports whether another outcome belongs to the same raw record, comparing the
// parts of the identity that both carry.
func (l late) isOf(o *origin) bool { return (l.is^o.is)&l.carries&o.carries == 0 }

// takeLate records an outcome of a raw record from before the span. Two causes are
// possible: a stage was stopped and is catching up (correct), or a stage reads its
// input a second time and repeats outcomes (a difference). readEarlier decides
// which.
func (a *auditor) takeLate(outcome int, provider string, at *part, o *origin) {
	if !o.written.After(a.cut.span.From.Add(a.cut.margin)) {
		return
	}
	if before, ok := at.late[o.offset]; ok && before.isOf(o) {
		a.twice(before.outcome, outcome, provider, o)
		return
	}
	if at.late == nil {
		at.late = map[int64]late{}
	}
	at.late[o.offset] = late{outcome, o.is, o.carries}
}

// twice lists a raw record that ended twice.
func (a *auditor) twice(one, other int, provider string, o *origin) {
	kind, there := KindRepeated, outcomeTopic(one, provider)
	if one != other {
		kind, there = KindTwoOutcomes, there+", "+outcomeTopic(other, provider)
	}
	a.report.differ(&Difference{Kind: kind, Topic: o.topic, Partition: o.partition, Offset: o.offset, There: there})
}

// readEarlier reads the outcomes written before the span, if the span has outcomes of
// raw records from before it. A record with an outcome on both sides ended twice.
func (a *auditor) readEarlier(ctx context.Context) error {
	found := 0
	for _, p := range a.raw {
		for _, at := range p.parts {
			found += len(at.late)
		}
	}
	if found == 0 {
		return nil
	}
	return a.each(ctx, "reading outcomes from before the span", a.beforeSpan(schemas.OutcomeTopics()...), func(topic string, r *kgo.Record) error {
		outcome, provider, o, ok := a.outcomeOf(topic, r)
		p := a.raw[rawTopicOf(provider)]
		if !ok || p == nil || o.topic != p.topic || p.parts[o.partition] == nil {
			return nil
		}
		at := p.parts[o.partition]
		if again, ok := at.late[o.offset]; ok && again.isOf(&o) {
			delete(at.late, o.offset)
			a.twice(outcome, again.outcome, provider, &o)
		}
		return nil
	})
}

// beforeSpan returns the stretches from the log start to the beginning of the span.
func (a *auditor) beforeSpan(names ...string) scan.Ranges {
	out := a.stretches(names...)
	for name, parts := range out {
		for p, s := range parts {
			parts[p] = scan.Range{From: a.cut.starts[name][p], To: s.From}
		}
	}
	return out
}

// outcomeOf reads which raw record a record of an outcome topic is of.
func (a *auditor) outcomeOf(topic string, r *kgo.Record) (outcome int, provider string, o origin, ok bool) {
	if isDeadLetter(topic) {
		o, ok = a.deadLetterOf(r)
		return deadLetter, providerOf(topic), o, ok && o.offset >= 0
	}
	_, body, err := wire.Parse(r.Value)
	if err != nil {
		return 0, "", o, false
	}
	if topic == schemas.Duplicates {
		d, o, err := a.duplicateOf(r, body)
		return duplicate, d.Provider, o, err == nil
	}
	o, _, err = a.factOf(r, body)
	return decoded, providerOf(topic), o, err == nil
}
