package lox24

import (
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// apiVersion is the only version of the data structure there is. [D] doc.lox24.eu
const apiVersion = "2022-05-25"

// event is a decoded webhook, reduced to the fields that Apply needs because thousands
// of events wait for Apply at the same time. Recycle returns its memory to a pool.
type event struct {
	source *source.Source
	// provider and sourceID are as the record names them.
	provider, sourceID  string
	receivedAt, created time.Time
	// trace is the record's trace context.
	trace []stage.Header
	// id is the event's id.
	id string
	// key is lox24: and the provider's id of the verify code or SMS.
	key []byte
	// number is the attempt's number as sent; task is a hash of source and notification
	// task.
	number avro.Optional[int32]
	task   uint32
	// kind is the kind of the event's data; fact is the change to the verification, for
	// a verify_code event. An event of an SMS has only Phone and Place there, of the number
	// that the SMS came from.
	kind kind
	fact verification.Fact
	// faults are the faults in the body that the decoder tolerated.
	faults  tolerance.Faults
	decoded entity.Encoded
	// tagged is the memory of the tag.
	tagged [tagSize]byte
}

// webhook is the target of parsing a body. It is reused for one record after the other.
type webhook struct {
	*event
	envelope

	from avro.Origin
	// code is set for verify_code events, text for those of an SMS.
	code *avro.LOX24VerifyCode
	text *avro.LOX24SMS

	// own and ownText are the memory that code and text point to.
	own     avro.LOX24VerifyCode
	ownText avro.LOX24SMS
	unknown avro.LOX24UnknownEvent
	reader  reader
}

// acquire returns an empty webhook with an empty event.
func (s *Stage) acquire() *webhook {
	w, ok := s.webhooks.Get().(*webhook)
	if !ok {
		w = &webhook{}
		w.reader.Scanner = &jsonscan.Scanner{}
	}
	if w.event, ok = s.events.Get().(*event); !ok {
		w.event = &event{}
	}
	// Cleared in place: composite literals would be built elsewhere and copied.
	c, f := &w.own, &w.fact
	strategy, history, ids := c.RoutingStrategy[:0], c.History[:0], c.CorrelationIDs[:0]
	plan, attempts, correlation := f.Plan[:0], f.Attempts[:0], f.Correlation[:0]
	*c, *f = avro.LOX24VerifyCode{}, verification.Fact{}
	c.RoutingStrategy, c.History, c.CorrelationIDs = strategy, history, ids
	f.Plan, f.Attempts, f.Correlation = plan, attempts, correlation
	w.faults.Reset()
	w.envelope, w.code, w.text, w.reader.fault, w.reader.path, w.reader.faults = envelope{}, nil, nil, nil, "", &w.faults
	return w
}

// release returns a webhook's memory to the pool.
func (s *Stage) release(w *webhook) {
	w.event = nil
	s.webhooks.Put(w)
}

// Recycle implements stage.Recycler. The event keeps the memory it refers to until the
// event is reused or collected, both of which come soon.
func (s *Stage) Recycle(used stage.Event) {
	if e, ok := used.(*event); ok {
		s.events.Put(e)
	}
}

// envelope holds the fields that every webhook has. [D] doc.lox24.eu/info/notifications
type envelope struct {
	eventID, version, name string
	createdAt              avro.Optional[time.Time]
	attemptTotal           avro.Optional[int32]
	attemptNumber          avro.Optional[int32]
	taskID                 avro.Optional[string]
}

// Decode reads a webhook.
func (s *Stage) Decode(in *stage.Input) (stage.Event, error) {
	headers, err := raw.ParseShared(in.Headers)
	if err != nil {
		return nil, stage.Permanentf(stage.CauseUndecodable, "%v", err)
	}
	if headers.Kind != raw.KindWebhook {
		return nil, stage.Permanentf(stage.CauseUnknownType, "a raw record of a kind that this stage does not know")
	}
	w := s.acquire()
	defer s.release(w)
	w.source, w.from = s.config.Sources.Find(headers.Source, raw.ProviderLOX24), entity.OriginOf(in, &headers)
	w.receivedAt = headers.ReceivedAt
	w.reader.ids, w.reader.source = s.config.Privacy, w.source
	e := w.event
	e.trace = raw.Trace(in.Headers)
	if err := s.read(w, in); err != nil {
		s.events.Put(e)
		return nil, err
	}
	return e, nil
}

// read decodes a record into an event.
func (s *Stage) read(w *webhook, in *stage.Input) error {
	data, err := s.envelope(w, in.Value)
	if err != nil {
		return err
	}
	if w.envelope.kind() == kindUnknown {
		return w.readUnknown(in)
	}
	if data != nil {
		r := &w.reader
		r.Reset(data)
		r.path = "data"
		s.data(r, w)
		if err := r.done(r.End()); err != nil {
			return err
		}
	}
	return w.finish(s.config.Privacy)
}

// envelope parses the body. It returns data unparsed if data comes before the fields
// that determine its type.
func (s *Stage) envelope(w *webhook, body []byte) (data []byte, err error) {
	r := &w.reader
	r.Reset(body)
	var met keys
	var total [2]avro.Optional[int32] // the documentation spells it both ways [D]
	found := false
	for r.BeginObject(); ; {
		key, more := r.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "id":
			met.once(r, 0, "id")
			w.eventID = r.text("id")
		case "api_version":
			met.once(r, 1, "api_version")
			w.version = r.text("api_version")
		case "name":
			met.once(r, 2, "name")
			w.name = r.text("name")
		case "created_at":
			met.once(r, 3, "created_at")
			w.createdAt = r.time("created_at")
		case "attempt_total":
			met.last(r, 4, "attempt_total")
			total[0] = r.int32("attempt_total")
		case "attempts_total":
			met.last(r, 8, "attempts_total")
			total[1] = r.int32("attempts_total")
		case "attempt_number":
			met.last(r, 5, "attempt_number")
			w.attemptNumber = r.int32("attempt_number")
		case "notification_task_id":
			met.last(r, 6, "notification_task_id")
			w.taskID = r.optionalID("notification_task_id")
		case "data":
			met.once(r, 7, "data")
			found = true
			if w.envelope.kind() == kindUnknown || w.version != apiVersion {
				data = r.Raw()
			} else {
				s.data(r, w)
			}
		default:
			r.Skip()
		}
	}
	if err := r.done(r.End()); err != nil {
		return nil, err
	}
	if w.attemptTotal = total[0]; !total[0].Set {
		w.attemptTotal = total[1]
	} else if total[1].Set && total[0] != total[1] {
		w.attemptTotal = avro.Optional[int32]{}
		r.faults.Unread("attempt_total")
	}
	return data, w.validate(found)
}

// validate returns an error if the envelope lacks a required field or has an unknown
// version.
func (w *webhook) validate(found bool) error {
	switch {
	case w.name == "" || w.version == "":
		return stage.Permanentf(stage.CauseSchemaMismatch, "name and api_version are required")
	case w.version != apiVersion:
		return stage.Permanentf(stage.CauseUnknownType, "api_version: not one that this version knows, of the event %s", tolerance.Named(w.name))
	case !entity.ValidID(w.eventID):
		return stage.Permanentf(stage.CauseSchemaMismatch, "id: %s", entity.NoID)
	case w.envelope.kind() == kindUnknown:
		return nil
	case !w.createdAt.Set:
		return stage.Permanentf(stage.CauseSchemaMismatch, "created_at: missing, or no time")
	case !found:
		return stage.Permanentf(stage.CauseSchemaMismatch, "data: missing")
	default:
		return nil
	}
}

// data reads the data of an event whose type is known.
func (s *Stage) data(r *reader, w *webhook) {
	if w.envelope.kind() == kindSMS {
		s.sms(r, w)
		return
	}
	s.code(r, w)
}

// finish sets the fields that depend on the whole event, and encodes its record.
func (w *webhook) finish(ids *privacy.Pseudonymiser) error {
	e := w.event
	id := &w.own.ProviderID
	if w.text != nil {
		id = &w.text.ProviderID
	}
	if !entity.ValidID(*id) {
		return stage.Permanentf(stage.CauseSchemaMismatch, "data.id: %s", entity.NoID)
	}
	*id, w.eventID = ids.ID(w.source, *id), ids.ID(w.source, w.eventID)
	e.key = append(append(e.key[:0], keyPrefix...), *id...)
	w.fill()
	if e.kind == kindSMS {
		w.finishSMS()
		e.decoded.Encode(schemas.DecodedLOX24SMS, w.text)
	} else {
		w.finishCode()
		e.decoded.Encode(schemas.DecodedLOX24VerifyCode, w.code)
	}
	return nil
}

// fill sets the fields that every event has.
func (w *webhook) fill() {
	e := w.event
	e.kind, e.id, e.created = w.envelope.kind(), w.eventID, w.createdAt.Value
	e.provider, e.sourceID = w.from.Provider, w.from.Source
	e.number, e.task = w.attemptNumber, taskHash(w.from.Source, w.taskID.Value)
}

// origin returns the part of the event's origin that changes and duplicates contain.
func (e *event) origin(in *stage.Input) avro.Origin {
	return avro.Origin{
		Provider: e.provider, Source: e.sourceID, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset,
	}
}

// keyPrefix is put before the provider's ids in keys.
const keyPrefix = raw.ProviderLOX24 + ":"

// Times implements stage.Timed.
func (e *event) Times() stage.Times {
	return stage.Times{Origin: e.provider, Event: e.created, Ingested: e.receivedAt}
}
