package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// rows reads the rows of the entities found: attempts and movements. Their keys begin with
// the entity's, so they may be in any partition.
func (t *tracer) rows(ctx context.Context) error {
	from := map[string]time.Time{}
	for key, e := range t.entities {
		p, _ := schemas.ProviderOfKey(key)
		if p.Facts == "" {
			continue
		}
		if at, ok := from[p.Facts]; !ok || e.first.Before(at) {
			from[p.Facts] = e.first // zero, the earliest of all, where it is not known
		}
	}
	for _, topic := range schemas.FactTopics() {
		since, ok := from[topic]
		if !ok {
			continue
		}
		if !since.IsZero() {
			since = since.Add(-clocksMayDiffer)
		}
		if err := t.rowsOf(ctx, topic, since); err != nil {
			return err
		}
	}
	return nil
}

func (t *tracer) rowsOf(ctx context.Context, topic string, since time.Time) error {
	places := map[place]bool{}
	for p := range t.hay.partitions(topic) {
		places[place{topic, p}] = true
	}
	ranges, err := t.hay.ranges(ctx, since, time.Time{}, places)
	if err != nil {
		return err
	}
	const step = "reading attempts and movements"
	found := 0
	done := t.looking(step, []string{topic}, since, time.Time{})
	err = t.hay.read(ctx, step, ranges, func(_ string, r *kgo.Record) error {
		entity, row := cutLast(string(r.Key), "/back/")
		if entity == "" {
			entity, row = cutLast(string(r.Key), "/")
		}
		if e := t.entities[entity]; e != nil {
			found++
			s := rowStep(topic, r, row)
			if !t.add(&e.Steps, &s) {
				return nil
			}
			name := string(r.Key)[len(entity)+1:]
			e.Rows = slices.DeleteFunc(e.Rows, func(have string) bool { return have == name })
			if r.Value != nil {
				e.Rows = append(e.Rows, name)
			}
		}
		return nil
	})
	done(found)
	return err
}

// cutLast cuts text around the last separator; before is empty if there is none.
func cutLast(text, separator string) (before, after string) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return "", text
	}
	return text[:i], text[i+1:]
}

// rowStep makes a step from a row. name is the part of its key behind the entity's.
func rowStep(topic string, r *kgo.Record, name string) Step {
	value, err := valueOf(topic, r.Value)
	s := stepOf(topic, r, value, err)
	if s.Kind == StepEnded {
		s.Kind, s.Says = StepRow, name+" withdrawn"
	}
	return s
}

// attempt fills the step of an attempt's row.
func (s *Step) attempt(a *avro.DeliveryAttempt) {
	s.snapshot(StepRow, a.Revision, string(a.Status), string(a.Assurance), &a.ChangedBy, a.EndedAt)
	s.Source, s.Says = a.Source, "attempt by "+a.ChannelRaw
}

// movement fills the step of a movement's row.
func (s *Step) movement(m *avro.Movement) {
	s.snapshot(StepRow, m.Revision, string(m.Kind), string(m.Assurance), &m.ChangedBy, avro.Some(m.MovementAt))
	s.Source, s.Says = m.Source, fmt.Sprintf("movement of %d %s in minor units", m.AmountMinor, m.Currency)
}
