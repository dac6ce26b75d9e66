package trace

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/count"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/why"
	"github.com/tributary-hq/tributary/processor/insights/rollup"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// readInsights reads the rows of the funnel that count a verification, and the claims that
// cover an entity: of each the newest revision.
func (t *tracer) readInsights(ctx context.Context) error {
	keys, counted, claims := keyed{}, map[string][]*Entity{}, []string(nil)
	for _, key := range slices.Sorted(maps.Keys(t.entities)) {
		e := t.entities[key]
		switch v := e.Snapshot.(type) {
		case *avro.VerificationSnapshot:
			claims = []string{schemas.Signals}
			for _, row := range rollup.CountryRows(v.CreatedAt, v.Country.Value, v.Provider, v.Source, v.FirstChannel.Value) {
				if counted[row] == nil {
					keys.add(row, schemas.InsightsFunnel)
				}
				counted[row] = append(counted[row], e)
			}
		case *avro.AccountSnapshot:
			claims = []string{schemas.Signals}
		}
	}
	err := t.look(ctx, "reading the rows of the funnel", keys, t.since(), func(topic string, r *kgo.Record) {
		for _, e := range counted[string(r.Key)] {
			s, value := stepOf(topic, r)
			v, ok := e.Snapshot.(*avro.VerificationSnapshot)
			if row, isRow := value.(*avro.FunnelRow); ok && isRow {
				s.Says = fmt.Sprintf("one of %s, %d of them verified and %d paid; it counts as %s", count.Of(row.Requested, "code"), row.Verified, row.Paid, why.Words(string(v.Outcome)))
			}
			e.insight(string(r.Key), &s)
		}
	})
	if err != nil {
		return err
	}
	all := search{step: "reading signals", topics: claims, needles: func(string) [][]byte { return nil }, from: t.since()}
	return t.read(ctx, &all, func(topic string, r *kgo.Record) (found, last bool) {
		s, value := stepOf(topic, r)
		signal, _ := value.(*avro.Signal)
		for _, e := range t.entities {
			covers := signal != nil && covers(signal, e)
			if covers || signal == nil {
				e.insight(string(r.Key), &s)
			}
			found = found || covers
		}
		return found, false
	})
}

// insight sets the newest revision of a row or claim; a tombstone removes it.
func (e *Entity) insight(key string, s *Step) {
	e.Insights = slices.DeleteFunc(e.Insights, func(have Step) bool { return have.Event == key })
	if s.Kind == StepInsight {
		s.Event = key
		e.Insights = append(e.Insights, *s)
	}
}

// covers reports whether a claim is about an account, or about numbers among which that of a
// verification may be, at the time at which it was ordered.
func covers(s *avro.Signal, e *Entity) bool {
	if s.AccountID.Set {
		return s.AccountID.Value == e.Key
	}
	v, ok := e.Snapshot.(*avro.VerificationSnapshot)
	if !ok || s.Kind != avro.SignalKindPumping || s.EvidenceSince.Or(s.RaisedAt).Truncate(time.Minute).After(v.CreatedAt) || s.AsOf.Before(v.CreatedAt) {
		return false
	}
	is := func(claimed avro.Optional[string], own string) bool { return !claimed.Set || claimed.Value == own }
	if !is(s.Country, v.Country.Value) || !is(s.Provider, v.Provider) || !is(s.Source, v.Source) {
		return false
	}
	numbers, own := s.Block.Or(s.Area.Value), v.Phone.Value.Block.Value
	return strings.HasPrefix(own, numbers) || strings.HasPrefix(numbers, own)
}
