package lox24

import (
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/verification"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// apiVersion is the only version of the data structure there is. [D] doc.lox24.eu
const apiVersion = "2022-05-25"

// event is a decoded webhook.
type event struct {
	source *source.Source
	origin avro.Origin
	// key is lox24: and the provider's id of the verify code or SMS.
	key []byte
	// code is set for verify_code events, with what it means in fact; sms for others.
	code *avro.LOX24VerifyCode
	fact verification.Fact
	sms  *avro.LOX24SMS
	// common fields of the envelope
	envelope

	// own is what code points to, and reader what reads the body: an event is used
	// again with all its memory.
	own    avro.LOX24VerifyCode
	reader reader
}

// take returns an empty event.
func (s *Stage) take() *event {
	e, ok := s.events.Get().(*event)
	if !ok {
		e = &event{}
		e.reader.Scanner = &jsonscan.Scanner{}
	}
	return e
}

// Recycle implements engine.Recycler.
func (s *Stage) Recycle(used engine.Event) {
	e, ok := used.(*event)
	if !ok {
		return
	}
	c, f, scanner := &e.own, &e.fact, e.reader.Scanner
	scanner.Reset(nil)
	*e = event{
		key: e.key[:0],
		own: avro.LOX24VerifyCode{
			RoutingStrategy: emptied(c.RoutingStrategy), History: emptied(c.History), CorrelationIDs: emptied(c.CorrelationIDs),
		},
		fact: verification.Fact{
			Plan: emptied(f.Plan), Attempts: emptied(f.Attempts), Correlation: emptied(f.Correlation),
		},
		reader: reader{Scanner: scanner},
	}
	s.events.Put(e)
}

// emptied keeps a list's memory and nothing that it refers to.
func emptied[T any](list []T) []T {
	clear(list)
	return list[:0]
}

// envelope is what every webhook has. [D] doc.lox24.eu/info/notifications
type envelope struct {
	id, version, name string
	createdAt         avro.Optional[time.Time]
	attemptTotal      avro.Optional[int32]
	attemptNumber     avro.Optional[int32]
	task              avro.Optional[string]
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
	e := s.take()
	e.source, e.origin = s.config.Sources.Find(headers.Source, raw.ProviderLOX24), verification.OriginOf(in, &headers)
	data, err := s.envelope(e, in.Value)
	if err != nil {
		return nil, err
	}
	if data != nil {
		r := &e.reader
		r.Reset(data)
		r.path = "data"
		s.data(r, e)
		if err := r.done(r.End()); err != nil {
			return nil, err
		}
	}
	if err := e.finish(); err != nil {
		return nil, err
	}
	return e, nil
}

// envelope reads the body. data is left to the caller where it comes before the
// fields that say what it is.
func (s *Stage) envelope(e *event, body []byte) (data []byte, err error) {
	r := &e.reader
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
			e.id = r.text()
		case "api_version":
			met.once(r, 1, "api_version")
			e.version = r.text()
		case "name":
			met.once(r, 2, "name")
			e.name = r.text()
		case "created_at":
			met.once(r, 3, "created_at")
			e.createdAt = r.time("created_at")
		case "attempt_total", "attempts_total":
			// The documentation spells it both ways. [D]
			met.once(r, 4, "attempt_total")
			e.attemptTotal = r.int32("attempt_total")
		case "attempt_number":
			met.once(r, 5, "attempt_number")
			e.attemptNumber = r.int32("attempt_number")
		case "notification_task_id":
			met.once(r, 6, "notification_task_id")
			e.task = r.optional()
		case "data":
			met.once(r, 7, "data")
			found = true
			if e.kind() == kindUnknown || e.version != apiVersion {
				data = r.Raw()
			} else {
				s.data(r, e)
			}
		default:
			r.Skip()
		}
	}
	if err := r.done(r.End()); err != nil {
		return nil, err
	}
	return data, e.check(found)
}

// check says what an envelope lacks, or that it is of a type not known.
func (e *event) check(found bool) error {
	switch {
	case e.name == "" || e.version == "":
		return engine.Permanentf(engine.CauseSchemaMismatch, "name and api_version are required")
	case e.version != apiVersion:
		return engine.Permanentf(engine.CauseUnknownType, "api_version: not one that this version knows")
	case e.kind() == kindUnknown:
		return engine.Permanentf(engine.CauseUnknownType, "name: not an event that this version knows")
	case !verification.ValidID(e.id):
		return engine.Permanentf(engine.CauseSchemaMismatch, "id: empty, too long, or with control characters")
	case !e.createdAt.Set:
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

func (e *event) kind() kind {
	switch {
	case codeEvent(e.name) != avro.LOX24VerifyCodeEventUnknown:
		return kindCode
	case smsEvent(e.name) != avro.LOX24SMSEventUnknown:
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
func (s *Stage) data(r *reader, e *event) {
	if e.kind() == kindSMS {
		s.sms(r, e)
		return
	}
	s.code(r, e)
}

// finish fills in what hangs on the whole event.
func (e *event) finish() error {
	var id string
	if e.sms != nil {
		id = e.sms.ProviderID
	} else {
		id = e.code.ProviderID
	}
	if !verification.ValidID(id) {
		return engine.Permanentf(engine.CauseSchemaMismatch, "data.id: empty, too long, or with control characters")
	}
	e.key = append(append(e.key[:0], keyPrefix...), id...)
	if e.sms != nil {
		e.finishSMS()
	} else {
		e.finishCode()
	}
	return nil
}

// keyPrefix qualifies the provider's ids.
const keyPrefix = raw.ProviderLOX24 + ":"

// Dates implements engine.Dated.
func (e *event) Dates() engine.Dates {
	return engine.Dates{Provider: e.origin.Provider, Happened: e.createdAt.Value, Received: e.origin.ReceivedAt}
}
