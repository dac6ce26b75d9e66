package trace

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// clocksMayDiffer is the assumed largest difference between a provider's clock and
// ours.
const clocksMayDiffer = time.Hour

// collect reads everything about the entities and journeys found: snapshots, journeys,
// their members, and the records of each.
func (t *tracer) collect(ctx context.Context) error {
	if err := t.readSnapshots(ctx, slices.Sorted(maps.Keys(t.entities))); err != nil {
		return err
	}
	for _, e := range t.entities {
		for _, journey := range e.Journeys {
			t.journey(journey)
		}
	}
	if err := t.readJourneys(ctx); err != nil {
		return err
	}
	var members []string
	for _, j := range t.journeys {
		for _, m := range j.Members {
			switch {
			case t.entities[m] != nil:
			case len(t.entities) >= t.config.Limit:
				t.report.Left++
			default:
				t.entity(m)
				members = append(members, m)
			}
		}
	}
	if err := t.readSnapshots(ctx, members); err != nil {
		return err
	}
	if err := t.readRows(ctx); err != nil {
		return err
	}
	t.readApplied(ctx)
	if err := t.readRecords(ctx); err != nil {
		return err
	}
	return t.readInsights(ctx)
}

// readSnapshots reads the snapshots of entities.
func (t *tracer) readSnapshots(ctx context.Context, entities []string) error {
	keys := keyed{}
	for _, key := range entities {
		keys.add(key, ProviderOf(key).Enriched)
	}
	return t.look(ctx, "reading snapshots", keys, time.Time{}, func(topic string, r *kgo.Record) {
		e := t.entity(string(r.Key))
		s, value := stepOf(topic, r)
		if !t.add(&e.Steps, &s) {
			return
		}
		if e.ended = s.Kind == StepEnded; e.ended {
			e.State, e.Snapshot = "", nil
		}
		snapshot, ok := value.(avro.Snapshot)
		if !ok {
			return
		}
		e.Snapshot, e.State, e.Source, e.Assurance = snapshot, s.State, s.Source, s.Assurance
		switch v := snapshot.(type) {
		case *avro.VerificationSnapshot:
			e.Journeys = journeyKeys(v.Namespace.Value, v.CorrelationIDs)
		case *avro.PaymentSnapshot:
			e.Journeys = journeyKeys(v.Namespace.Value, v.CorrelationIDs)
		}
		if first := snapshot.Head().FirstEventAt; first.Set && (e.first.IsZero() || first.Value.Before(e.first)) {
			e.first = first.Value
		}
	})
}

// readJourneys reads the snapshots of journeys and the dead letters of their inputs. A
// snapshot may list only some of the members, so that for a truncated one the inputs are read
// as well.
func (t *tracer) readJourneys(ctx context.Context) error {
	keys, short := keyed{}, keyed{}
	for _, key := range slices.Sorted(maps.Keys(t.journeys)) {
		keys.add(key, schemas.EnrichedJourneys, schemas.DeadLetterJourney)
	}
	if err := t.look(ctx, "reading journeys", keys, time.Time{}, t.takeJourney); err != nil {
		return err
	}
	for key, j := range t.journeys {
		if j.Snapshot == nil || j.Truncated {
			short.add(key, schemas.InternalJourney)
		}
	}
	return t.look(ctx, "reading the journeys' inputs", short, time.Time{}, func(topic string, r *kgo.Record) {
		value, err := valueOf(topic, r.Value)
		in, ok := value.(*avro.JourneyInput)
		if err == nil && ok && in.Kind != avro.JourneyInputKindClock && in.MemberID.Set {
			t.journey(string(r.Key)).inputs[in.MemberID.Value] = in.Kind != avro.JourneyInputKindRemoval
		}
	})
}

func (t *tracer) takeJourney(topic string, r *kgo.Record) {
	j := t.journey(string(r.Key))
	s, value := stepOf(topic, r)
	if !t.add(&j.Steps, &s) {
		return
	}
	if s.Kind == StepEnded {
		j.Snapshot, j.Outcome, j.Missing, j.Members, j.Complete = nil, "", "", []string{}, false
	}
	v, ok := value.(*avro.JourneySnapshot)
	if !ok {
		return
	}
	j.Snapshot, j.Outcome, j.Missing = v, string(v.Outcome), string(v.Missing)
	j.Complete = v.Outcome == avro.JourneyOutcomeComplete
	j.Truncated, j.Members = v.Truncated, j.Members[:0]
	for i := range v.Members {
		j.Members = append(j.Members, v.Members[i].ID)
	}
}

// since returns the time at which the records of the entities begin, zero if it is not known
// of one.
func (t *tracer) since() time.Time {
	var first time.Time
	for _, e := range t.entities {
		if e.first.IsZero() {
			return time.Time{}
		}
		if first.IsZero() || e.first.Before(first) {
			first = e.first
		}
	}
	if first.IsZero() {
		return first
	}
	return first.Add(-clocksMayDiffer)
}

// readRecords reads the raw records of the entities, and their outcomes. Those of a Unibell
// call may have another key, its request id, which is known once the others are read.
func (t *tracer) readRecords(ctx context.Context) error {
	owner, keys := map[string]*Entity{}, keyed{}
	own := func(key string, e *Entity) {
		if owner[key] == nil {
			owner[key] = e
			keys.add(key, recordTopics(e.Provider)...)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.entities)) {
		own(key, t.entities[key])
		if plain, ok := t.rawKey(key); ok && t.entities[plain] == nil {
			own(plain, t.entities[key])
		}
	}
	take := func(topic string, r *kgo.Record) { t.takeRecord(owner[string(r.Key)], topic, r) }
	if err := t.look(ctx, "reading records and facts", keys, t.since(), take); err != nil {
		return err
	}
	clear(keys)
	for _, key := range slices.Sorted(maps.Keys(t.entities)) {
		e := t.entities[key]
		e.Requests = slices.DeleteFunc(e.Requests, func(request string) bool { return owner[request] != nil })
		for _, request := range e.Requests {
			own(request, e)
		}
	}
	return t.look(ctx, "reading the facts by request id", keys, t.since(), take)
}

// recordTopics returns the topics with raw records and outcomes of a provider's
// entities; those of all providers if there is no such provider.
func recordTopics(provider string) []string {
	p, ok := schemas.FindProvider(provider)
	if !ok {
		return append(schemas.RawTopics(), schemas.OutcomeTopics()...)
	}
	topics := append([]string{p.Raw, p.DeadLetter, schemas.Duplicates}, p.DecodedNames()...)
	for _, name := range processor.StageNames() { // a second stage of the provider
		if stage, _ := processor.TopicsOf(name); stage.Input == p.Counted && !slices.Contains(topics, stage.DeadLetter) {
			topics = append(topics, stage.DeadLetter)
		}
	}
	return topics
}

// takeRecord adds a raw record or an outcome to an entity.
func (t *tracer) takeRecord(e *Entity, topic string, r *kgo.Record) {
	s, value := stepOf(topic, r)
	if !t.add(&e.Steps, &s) {
		return
	}
	if s.Kind == StepErasure {
		e.erased = s.At
		return
	}
	at := s.Position
	if s.Of != nil {
		at = *s.Of
	}
	if _, known := e.raws[at]; !strings.HasPrefix(at.Topic, t.config.Names.Topic("internal.")) && (!known || s.Kind != StepReceived) {
		e.raws[at] = s.Kind
	}
	if e.Source == "" {
		e.Source, e.Assurance = s.Source, s.Assurance
	}
	if call, ok := value.(*avro.UnibellCall); ok && call.CallRequestID.Set {
		request := raw.ProviderUnibell + ":" + call.Origin.Source + ":" + raw.UnibellRequest(call.CallRequestID.Value)
		if request != e.Key && !slices.Contains(e.Requests, request) {
			e.Requests = append(e.Requests, request)
		}
	}
}

// readRows reads the rows of the entities: attempts and movements. Their keys begin with the
// entity's, so they may be in any partition.
func (t *tracer) readRows(ctx context.Context) error {
	topics, keys := map[string]bool{}, [][]byte(nil)
	for key := range t.entities {
		keys = append(keys, []byte(key))
		if facts := ProviderOf(key).Facts; facts != "" {
			topics[facts] = true
		}
	}
	all := search{step: "reading attempts and movements", topics: slices.Sorted(maps.Keys(topics)), needles: func(string) [][]byte { return keys }, from: t.since()}
	return t.read(ctx, &all, func(topic string, r *kgo.Record) (found, last bool) {
		key := string(r.Key)
		cut := strings.LastIndex(key, "/back/")
		if cut < 0 {
			cut = strings.LastIndex(key, "/")
		}
		e := t.entities[key[:max(cut, 0)]]
		if e == nil {
			return false, false
		}
		name := key[cut+1:]
		s, _ := stepOf(topic, r)
		if s.Kind == StepEnded {
			s.Kind, s.Says = StepRow, key[strings.LastIndex(key, "/")+1:]+" withdrawn"
		}
		if t.add(&e.Steps, &s) {
			e.Rows = slices.DeleteFunc(e.Rows, func(have string) bool { return have == name })
			if r.Value != nil {
				e.Rows = append(e.Rows, name)
			}
		}
		return true, false
	})
}

// readApplied fetches the committed offsets of the stages that read raw records.
func (t *tracer) readApplied(ctx context.Context) {
	t.applied = map[string]kadm.OffsetResponses{}
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		if strings.HasPrefix(topics.Input, "raw.") {
			// Without its group a stage has not begun.
			committed, _ := t.admin.FetchOffsets(ctx, t.config.Names.Group(stage))
			t.applied[t.config.Names.Topic(topics.Input)] = committed
		}
	}
}
