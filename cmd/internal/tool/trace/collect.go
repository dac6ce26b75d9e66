package trace

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// chainTopics returns the topics with raw records and outcomes of a provider's
// entities; those of all providers if there is no such provider.
func chainTopics(provider string) []string {
	p, ok := schemas.FindProvider(provider)
	if !ok {
		return append(schemas.RawTopics(), schemas.OutcomeTopics()...)
	}
	return append([]string{p.Raw, p.DeadLetter, schemas.Duplicates}, p.DecodedNames()...)
}

// isRaw reports whether ingest made the keys of a topic.
func isRaw(topic string) bool {
	return strings.HasPrefix(topic, "raw.") || strings.HasPrefix(topic, "deadletter.")
}

// each returns the same keys for each topic.
func each(topics, keys []string) map[string][]string {
	out := map[string][]string{}
	for _, topic := range topics {
		out[topic] = keys
	}
	return out
}

// placeOf returns the partition of a key.
func (h *haystack) placeOf(topic, key string) (place, bool) {
	n := h.partitions(topic)
	if n == 0 {
		return place{}, false
	}
	return place{topic, stage.PartitionOf([]byte(key), n)}, true
}

// rawSeen records how a raw record of an entity was seen.
type rawSeen struct {
	// there is set if the raw record itself was read; ended is the kind of its outcome,
	// "" if none was read.
	there bool
	ended string
}

// clocksMayDiffer is the assumed largest difference between a provider's clock and
// ours.
const clocksMayDiffer = time.Hour

// collect reads everything about the entities and journeys found: snapshots, journeys,
// their members, and the records of each.
func (t *tracer) collect(ctx context.Context) error {
	if err := t.snapshots(ctx, slices.Sorted(maps.Keys(t.entities))); err != nil {
		return err
	}
	for key := range t.entities {
		for _, journey := range t.entities[key].Journeys {
			t.journey(journey)
		}
	}
	if err := t.readJourneys(ctx); err != nil {
		return err
	}
	var members []string
	for _, j := range t.journeys {
		for _, m := range j.Members {
			if t.entities[m] != nil {
				continue
			}
			if len(t.entities) >= t.config.Limit {
				t.report.Left++
				continue
			}
			t.entity(m)
			members = append(members, m)
		}
	}
	if len(members) > 0 {
		if err := t.snapshots(ctx, members); err != nil {
			return err
		}
	}
	if err := t.rows(ctx); err != nil {
		return err
	}
	if err := t.readApplied(ctx); err != nil {
		return err
	}
	return t.chains(ctx)
}

// snapshots reads the snapshots of entities.
func (t *tracer) snapshots(ctx context.Context, keys []string) error {
	by := map[string][]string{}
	for _, key := range keys {
		if topic := EnrichedTopic(key); topic != "" {
			by[topic] = append(by[topic], key)
		}
	}
	if len(by) == 0 {
		return nil
	}
	return t.look(ctx, "reading snapshots", by, time.Time{}, func(topic string, r *kgo.Record) {
		t.takeSnapshot(t.entity(string(r.Key)), topic, r)
	})
}

func (t *tracer) takeSnapshot(e *Entity, topic string, r *kgo.Record) {
	value, err := valueOf(topic, r.Value)
	s := stepOf(topic, r, value, err)
	if !t.add(&e.Steps, &s) {
		return
	}
	if e.ended = s.Kind == StepEnded; e.ended {
		e.State, e.Snapshot = "", nil
	}
	if e.ended || err != nil {
		return
	}
	var first avro.Optional[time.Time]
	switch v := value.(type) {
	case *avro.VerificationSnapshot:
		e.Snapshot, first, e.Journeys = v, v.FirstEventAt, journeyKeys(v.Namespace, v.CorrelationIDs)
	case *avro.PaymentSnapshot:
		e.Snapshot, first, e.Journeys = v, v.FirstEventAt, journeyKeys(v.Namespace, v.CorrelationIDs)
	case *avro.AccountSnapshot:
		e.Snapshot, first = v, v.FirstEventAt
	}
	e.State, e.Source, e.Assurance = s.State, s.Source, s.Assurance
	if first.Set && (e.first.IsZero() || first.Value.Before(e.first)) {
		e.first = first.Value
	}
}

// readJourneys reads the snapshots of journeys. A snapshot may list only some of the
// members, so that for a truncated one the journey's inputs are read as well.
func (t *tracer) readJourneys(ctx context.Context) error {
	keys := slices.Sorted(maps.Keys(t.journeys))
	if len(keys) == 0 {
		return nil
	}
	err := t.look(ctx, "reading journeys", each([]string{schemas.EnrichedJourneys}, keys), time.Time{}, t.takeJourney)
	if err != nil {
		return err
	}
	var short []string
	for _, key := range keys {
		j := t.journeys[key]
		s, ok := j.Snapshot.(*avro.JourneySnapshot)
		if !ok || s.Truncated {
			short = append(short, key)
		}
	}
	if len(short) == 0 {
		return nil
	}
	return t.look(ctx, "reading the journeys' inputs", each([]string{schemas.InternalJourney}, short), time.Time{}, func(topic string, r *kgo.Record) {
		value, err := valueOf(topic, r.Value)
		in, ok := value.(*avro.JourneyInput)
		if err != nil || !ok || in.Kind == avro.JourneyInputKindClock || !in.MemberID.Set {
			return
		}
		t.journey(string(r.Key)).inputs[in.MemberID.Value] = in.Kind != avro.JourneyInputKindRemoval
	})
}

func (t *tracer) takeJourney(topic string, r *kgo.Record) {
	j := t.journey(string(r.Key))
	value, err := valueOf(topic, r.Value)
	s := stepOf(topic, r, value, err)
	if !t.add(&j.Steps, &s) {
		return
	}
	if s.Kind == StepEnded {
		j.Snapshot, j.Outcome, j.Missing, j.Members, j.Complete = nil, "", "", []string{}, false
	}
	v, ok := value.(*avro.JourneySnapshot)
	if err != nil || !ok || s.Kind == StepEnded {
		return
	}
	j.Snapshot, j.Outcome, j.Missing = v, string(v.Outcome), string(v.Missing)
	j.Complete = v.Outcome == avro.JourneyOutcomeComplete
	j.Truncated, j.Members = v.Truncated, j.Members[:0]
	for i := range v.Members {
		j.Members = append(j.Members, v.Members[i].ID)
	}
}

// chains reads the raw records of the entities, and their outcomes.
func (t *tracer) chains(ctx context.Context) error {
	by := map[string][]string{}
	from := map[string]time.Time{}
	owner := map[string]*Entity{}
	for _, key := range slices.Sorted(maps.Keys(t.entities)) {
		e := t.entities[key]
		by[e.Provider], owner[key] = append(by[e.Provider], key), e
		if plain, ok := t.rawKey(key); ok && t.entities[plain] == nil {
			by[e.Provider], owner[plain] = append(by[e.Provider], plain), e
		}
		if at, known := from[e.Provider]; !known || e.first.Before(at) {
			from[e.Provider] = e.first // zero, the earliest of all, where it is not known
		}
	}
	for _, provider := range slices.Sorted(maps.Keys(by)) {
		since := from[provider]
		if !since.IsZero() {
			since = since.Add(-clocksMayDiffer)
		}
		var requests []string
		err := t.look(ctx, "reading the records of "+cmp.Or(provider, "unknown keys"), each(chainTopics(provider), by[provider]), since, func(topic string, r *kgo.Record) {
			requests = append(requests, t.takeRecord(owner[string(r.Key)], topic, r)...)
		})
		if err != nil {
			return err
		}
		if err := t.requests(ctx, by[provider], requests, since); err != nil {
			return err
		}
	}
	return nil
}

// requests reads Unibell's records whose key is only its own request id. requests are
// pairs: such a key, and the key of the entity it belongs to.
func (t *tracer) requests(ctx context.Context, known, requests []string, since time.Time) error {
	owner := map[string]*Entity{}
	var keys []string
	for i := 0; i+1 < len(requests); i += 2 {
		key, e := requests[i], t.entity(requests[i+1])
		if owner[key] == nil && !slices.Contains(known, key) {
			owner[key] = e
			e.Requests = append(e.Requests, key)
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return t.look(ctx, "reading the facts by request id", each(chainTopics(raw.ProviderUnibell), keys), since, func(topic string, r *kgo.Record) {
		t.takeRecord(owner[string(r.Key)], topic, r)
	})
}

// takeRecord adds a record to an entity. For a Unibell call with a request id it
// returns the key of the records that carry only the request id, and the entity's key.
func (t *tracer) takeRecord(e *Entity, topic string, r *kgo.Record) (request []string) {
	value, err := valueOf(topic, r.Value)
	s := stepOf(topic, r, value, err)
	if !t.add(&e.Steps, &s) {
		return nil
	}
	if s.Kind == StepErasure {
		e.erased = s.At
		return nil
	}
	at := s.Position
	if s.Of != nil {
		at = *s.Of
	}
	if e.raws[at] == nil {
		e.raws[at] = &rawSeen{}
	}
	if s.Kind == StepReceived {
		e.raws[at].there = true
	} else {
		e.raws[at].ended = s.Kind
	}
	if e.Source == "" {
		e.Source, e.Assurance = s.Source, s.Assurance
	}
	if call, ok := value.(*avro.UnibellCall); ok && err == nil && call.CallRequestID.Set {
		return []string{raw.ProviderUnibell + ":" + call.Origin.Source + ":" + raw.UnibellRequest(call.CallRequestID.Value), e.Key}
	}
	return nil
}

// add appends a step unless a step of the same record is there already.
func (t *tracer) add(to *[]Step, s *Step) bool {
	if t.seen[s.Position] {
		return false
	}
	t.seen[s.Position] = true
	*to = append(*to, *s)
	return true
}

// readApplied fetches the committed offsets of the stages that read raw records.
func (t *tracer) readApplied(ctx context.Context) error {
	t.applied = map[string]map[int32]int64{}
	for _, reader := range processor.StageNames() {
		topics, _ := processor.TopicsOf(reader)
		if !strings.HasPrefix(topics.Input, "raw.") {
			continue
		}
		name := t.config.Names.Topic(topics.Input)
		t.applied[name] = map[int32]int64{}
		committed, err := t.hay.admin.FetchOffsets(ctx, t.config.Names.Group(reader))
		if err != nil {
			continue // without its group a stage has not begun
		}
		for p, at := range committed[name] {
			t.applied[name][p] = at.At
		}
	}
	return nil
}
