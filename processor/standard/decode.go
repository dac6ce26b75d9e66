package standard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// event is a decoded webhook.
type event struct {
	source *source.Source
	// key is the entity's: the raw key with a pseudonym where its id does not look like one.
	key     string
	id      string // the webhook-id as sent
	decoded avro.StandardEvent
	faults  tolerance.Faults
}

// Times implements stage.Timed.
func (e *event) Times() stage.Times {
	d := &e.decoded
	return stage.Times{Origin: d.Origin.Provider, Event: d.EventAt.Value, Ingested: d.ReceivedAt}
}

// The members of the body with a meaning that the specification recommends.
const (
	typePointer = "/type"
	timePointer = "/timestamp"
)

// Decode parses a raw record.
func (s *Stage) Decode(in *stage.Input) (stage.Event, error) {
	envelope, err := raw.Parse(in.Headers)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%v", err)
	}
	e := &event{source: s.config.Sources.Find(envelope.Source, raw.ProviderStandard)}
	for i := range in.Headers {
		switch h := &in.Headers[i]; h.Key {
		case raw.HeaderWebhookID:
			e.id = string(h.Value)
		case raw.HeaderWebhookTimestamp:
			if n, err := strconv.ParseInt(string(h.Value), 10, 64); err == nil {
				e.decoded.AttemptAt = avro.Some(time.Unix(n, 0).UTC())
			}
		}
	}
	if !entity.ValidID(e.id) {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%s: %s", raw.HeaderWebhookID, entity.NoID)
	}
	body := jsonscan.New(in.Value)
	body.Skip()
	if err := body.End(); err != nil {
		return nil, entity.Unreadable("", err)
	}
	d := &e.decoded
	d.Origin, d.ReceivedAt = entity.OriginOf(in, &envelope), envelope.ReceivedAt
	d.EventID = s.config.Privacy.ID(e.source, e.id)
	e.key = s.entityKey(e.source, string(in.Key))
	d.EntityID = e.key
	s.fill(e, string(in.Value))
	return e, nil
}

// entityKey returns the entity's key: the raw key, its id in the form in which it may leave.
func (s *Stage) entityKey(of *source.Source, key string) string {
	prefix := raw.ProviderStandard + ":" + of.ID + ":"
	id, ok := strings.CutPrefix(key, prefix)
	if !ok {
		return key // the hash of the body
	}
	if message, ok := strings.CutPrefix(id, raw.StandardMessage); ok {
		return prefix + raw.StandardMessage + s.config.Privacy.ID(of, message)
	}
	return prefix + s.config.Privacy.ID(of, id)
}

// fill reads the fields of the body.
func (s *Stage) fill(e *event, body string) {
	d, privacy := &e.decoded, s.config.Privacy
	if text, ok := jsonscan.Lookup(body, typePointer); ok {
		d.EventType = entity.Text(privacy.Word(e.source, strings.TrimSpace(text)))
	}
	if text, ok := jsonscan.Lookup(body, timePointer); ok {
		at, reading := jsonscan.TimeOf(text)
		if e.faults.Reading(reading, "timestamp") {
			d.EventAt = entity.Time(at)
		}
	}
	for _, place := range e.source.Correlation {
		if id := privacy.Correlate(e.source, place, body); id != "" {
			d.CorrelationIDs = append(d.CorrelationIDs, id)
		}
	}
	slices.Sort(d.CorrelationIDs)
	d.CorrelationIDs = slices.Compact(d.CorrelationIDs)
	for _, pointer := range e.source.PayloadFields {
		if value, ok := jsonscan.Lookup(body, pointer); ok {
			if d.PayloadFields == nil {
				d.PayloadFields = make(map[string]string, len(e.source.PayloadFields))
			}
			d.PayloadFields[pointer] = privacy.ID(e.source, value)
		}
	}
}
