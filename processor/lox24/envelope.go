package lox24

import (
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// apiVersion is the only version of the data structure there is. [D] doc.lox24.eu
const apiVersion = "2022-05-25"

// event is a decoded webhook: what Apply needs of it, and no more, for thousands of
// them wait for their turn. It is used again with its memory.
type event struct {
	source *source.Source
	// provider and sourceID are as the record names them.
	provider, sourceID  string
	receivedAt, created time.Time
	// trace is the record's trace context.
	trace []raw.Header
	// id is the event's own.
	id string
	// key is lox24: and the provider's id of the verify code or SMS.
	key []byte
	// number is the attempt's as sent, task stands for source and notification task.
	number avro.Optional[int32]
	task   uint32
	// sms says that it is of an SMS; else fact is what it means.
	sms  bool
	fact verification.Fact
	// record is the value for the decoded topic, or unwritable why there is none.
	record     []byte
	unwritable error
}

// webhook is what a body is read into. One is used for one record after the other.
type webhook struct {
	*event
	envelope

	from avro.Origin
	// code is set for verify_code events, text for others.
	code *avro.LOX24VerifyCode
	text *avro.LOX24SMS

	// own and ownText are what they point to.
	own     avro.LOX24VerifyCode
	ownText avro.LOX24SMS
	reader  reader
}

// take returns an empty webhook with an empty event.
func (s *Stage) take() *webhook {
	w, ok := s.webhooks.Get().(*webhook)
	if !ok {
		w = &webhook{}
		w.reader.Scanner = &jsonscan.Scanner{}
	}
	if w.event, ok = s.events.Get().(*event); !ok {
		w.event = &event{}
	}
	// Emptied in place: as one value each would be made elsewhere and copied.
	c, f := &w.own, &w.fact
	strategy, history, ids := c.RoutingStrategy[:0], c.History[:0], c.CorrelationIDs[:0]
	plan, attempts, correlation := f.Plan[:0], f.Attempts[:0], f.Correlation[:0]
	*c, *f = avro.LOX24VerifyCode{}, verification.Fact{}
	c.RoutingStrategy, c.History, c.CorrelationIDs = strategy, history, ids
	f.Plan, f.Attempts, f.Correlation = plan, attempts, correlation
	w.envelope, w.code, w.text, w.reader.fault, w.reader.path = envelope{}, nil, nil, nil, ""
	return w
}

// give keeps a webhook's memory for the next.
func (s *Stage) give(w *webhook) {
	w.event = nil
	s.webhooks.Put(w)
}

// Recycle implements engine.Recycler. The event keeps what it refers to until it is
// used again, which is soon, or until it is collected.
func (s *Stage) Recycle(used engine.Event) {
	if e, ok := used.(*event); ok {
		s.events.Put(e)
	}
}

// envelope is what every webhook has. [D] doc.lox24.eu/info/notifications
type envelope struct {
	eventID, version, name string
	createdAt              avro.Optional[time.Time]
	attemptTotal           avro.Optional[int32]
	attemptNumber          avro.Optional[int32]
	taskID                 avro.Optional[string]
}

// Decode reads a webhook.
func (s *Stage) Decode(in *engine.Input) (engine.Event, error) {
	headers, err := raw.ParseShared(in.Headers)
	if err != nil {
		return nil, engine.Permanentf(engine.CauseUndecodable, "%v", err)
	}
	if headers.Kind != raw.KindWebhook {
		return nil, engine.Permanentf(engine.CauseUnknownType, "a raw record of a kind that this stage does not know")
	}
	w := s.take()
	defer s.give(w)
	w.source, w.from = s.config.Sources.Find(headers.Source, raw.ProviderLOX24), verification.OriginOf(in, &headers)
	e := w.event
	e.trace = verification.Trace(in.Headers)
	if err := s.read(w, in.Value); err != nil {
		s.events.Put(e)
		return nil, err
	}
	return e, nil
}

// read makes an event of a body.
func (s *Stage) read(w *webhook, body []byte) error {
	data, err := s.envelope(w, body)
	if err != nil {
		return err
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
	return w.finish()
}

// envelope reads the body. data is left to the caller where it comes before the
// fields that say what it is.
func (s *Stage) envelope(w *webhook, body []byte) (data []byte, err error) {
	r := &w.reader
	r.Reset(body)
	var met keys
	found := false
	for r.BeginObject(); ; {
		key, more := r.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "id":
			met.once(r, 0, "id")
			w.eventID = r.text()
		case "api_version":
			met.once(r, 1, "api_version")
			w.version = r.text()
		case "name":
			met.once(r, 2, "name")
			w.name = r.text()
		case "created_at":
			met.once(r, 3, "created_at")
			w.createdAt = r.time("created_at")
		case "attempt_total", "attempts_total":
			// The documentation spells it both ways. [D]
			met.once(r, 4, "attempt_total")
			w.attemptTotal = r.int32("attempt_total")
		case "attempt_number":
			met.once(r, 5, "attempt_number")
			w.attemptNumber = r.int32("attempt_number")
		case "notification_task_id":
			met.once(r, 6, "notification_task_id")
			w.taskID = r.optional()
		case "data":
			met.once(r, 7, "data")
			found = true
			if w.kind() == kindUnknown || w.version != apiVersion {
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
	return data, w.check(found)
}

// check says what an envelope lacks, or that it is of a type not known.
func (w *webhook) check(found bool) error {
	switch {
	case w.name == "" || w.version == "":
		return engine.Permanentf(engine.CauseSchemaMismatch, "name and api_version are required")
	case w.version != apiVersion:
		return engine.Permanentf(engine.CauseUnknownType, "api_version: not one that this version knows")
	case w.kind() == kindUnknown:
		return engine.Permanentf(engine.CauseUnknownType, "name: not an event that this version knows")
	case !verification.ValidID(w.eventID):
		return engine.Permanentf(engine.CauseSchemaMismatch, "id: empty, too long, or with control characters")
	case !w.createdAt.Set:
		return engine.Permanentf(engine.CauseSchemaMismatch, "created_at: missing")
	case !found:
		return engine.Permanentf(engine.CauseSchemaMismatch, "data: missing")
	default:
		return nil
	}
}

// kind is what the data of an event is.
type kind int

const (
	kindUnknown kind = iota
	kindCode
	kindSMS
)

func (w *webhook) kind() kind {
	switch {
	case codeEvent(w.name) != avro.LOX24VerifyCodeEventUnknown:
		return kindCode
	case smsEvent(w.name) != avro.LOX24SMSEventUnknown:
		return kindSMS
	default:
		return kindUnknown
	}
}

func codeEvent(name string) avro.LOX24VerifyCodeEvent {
	switch name {
	case "verify_code.success":
		return avro.LOX24VerifyCodeEventSuccess
	case "verify_code.failed":
		return avro.LOX24VerifyCodeEventFailed
	case "verify_code.channel.updated":
		return avro.LOX24VerifyCodeEventChannelUpdated
	case "verify_code.channel.sent":
		return avro.LOX24VerifyCodeEventChannelSent
	case "verify_code.channel.success":
		return avro.LOX24VerifyCodeEventChannelSuccess
	case "verify_code.channel.failed":
		return avro.LOX24VerifyCodeEventChannelFailed
	default:
		return avro.LOX24VerifyCodeEventUnknown
	}
}

func smsEvent(name string) avro.LOX24SMSEvent {
	switch name {
	case "sms.delivery":
		return avro.LOX24SMSEventDelivery
	case "sms.delivery.dryrun":
		return avro.LOX24SMSEventDeliveryDryRun
	case "sms.incoming":
		return avro.LOX24SMSEventIncoming
	default:
		return avro.LOX24SMSEventUnknown
	}
}

// data reads the data of an event whose type is known.
func (s *Stage) data(r *reader, w *webhook) {
	if w.kind() == kindSMS {
		s.sms(r, w)
		return
	}
	s.code(r, w)
}

// finish fills in what hangs on the whole event, and writes its record.
func (w *webhook) finish() error {
	e := w.event
	var id string
	if e.sms = w.text != nil; e.sms {
		id = w.text.ProviderID
	} else {
		id = w.code.ProviderID
	}
	if !verification.ValidID(id) {
		return engine.Permanentf(engine.CauseSchemaMismatch, "data.id: empty, too long, or with control characters")
	}
	e.key = append(append(e.key[:0], keyPrefix...), id...)
	e.id, e.created = w.eventID, w.createdAt.Value
	e.provider, e.sourceID, e.receivedAt = w.from.Provider, w.from.Source, w.from.ReceivedAt
	e.number, e.task = w.attemptNumber, taskHash(w.from.Source, w.taskID.Value)
	var err error
	record := wire.AppendPlaceholder(e.record[:0])
	if e.sms {
		w.finishSMS()
		e.record, err = w.text.AppendAvro(record)
	} else {
		w.finishCode()
		e.record, err = w.code.AppendAvro(record)
	}
	if e.unwritable = nil; err != nil {
		e.unwritable = verification.Unwritable(e.topic(), err)
	}
	return nil
}

// origin is where the event came from, as far as a change or a repeat tells it.
func (e *event) origin(in *engine.Input) avro.Origin {
	return avro.Origin{
		Provider: e.provider, Source: e.sourceID, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset, ReceivedAt: e.receivedAt,
	}
}

// topic is where the decoded event goes.
func (e *event) topic() string {
	if e.sms {
		return schemas.DecodedLOX24SMS
	}
	return schemas.DecodedLOX24VerifyCode
}

// keyPrefix qualifies the provider's ids.
const keyPrefix = raw.ProviderLOX24 + ":"

// Dates implements engine.Dated.
func (e *event) Dates() engine.Dates {
	return engine.Dates{Provider: e.provider, Happened: e.created, Received: e.receivedAt}
}
