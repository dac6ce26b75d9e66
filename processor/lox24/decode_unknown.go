package lox24

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// maxFields limits how many field names of one event are emitted.
const maxFields = 100

// readUnknown decodes an event whose name this version does not know. Its fields could
// hold personal data, so only their names are emitted. Its key is the raw record's.
func (w *webhook) readUnknown(in *stage.Input) error {
	switch {
	case !tolerance.IsName(w.name):
		return stage.Permanentf(stage.CauseSchemaMismatch, "name: not a name as the provider's events have")
	case len(in.Key) == 0 || !utf8.Valid(in.Key):
		return stage.Permanentf(stage.CauseUndecodable, "the record has no key, or one that is not UTF-8")
	}
	e := w.event
	id := w.reader.ids.ID(w.source, strings.TrimPrefix(statecodec.View(in.Key), keyPrefix))
	e.key, w.eventID = append(append(e.key[:0], keyPrefix...), id...), w.reader.ids.ID(w.source, w.eventID)
	w.fill()
	e.faults.Unknown(tolerance.KindEvent, w.name)
	w.unknown = avro.LOX24UnknownEvent{
		Origin: w.from, EventID: w.eventID, ReceivedAt: w.receivedAt, APIVersion: w.version, EventRaw: w.name, EventCreatedAt: w.createdAt,
		AttemptTotal: w.attemptTotal, AttemptNumber: w.attemptNumber, NotificationTaskID: w.taskID,
		EntityID: statecodec.View(e.key), UnknownFields: fieldNames(in.Value),
	}
	e.decoded.Encode(schemas.DecodedLOX24UnknownEvent, &w.unknown)
	return nil
}

// fieldNames returns, sorted, the names of an event's fields that are not the
// envelope's, and those of its data's fields. A key that does not look like a name is
// left out, because a provider could use ids or numbers as keys. The body must have
// been parsed successfully before.
func fieldNames(body []byte) []string {
	names := []string{}
	add := func(prefix string, key []byte) {
		if tolerance.IsName(string(key)) && len(names) < maxFields {
			names = append(names, prefix+string(key))
		}
	}
	s := jsonscan.New(body)
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "id", "api_version", "name", "created_at", "attempt_total", "attempts_total", "attempt_number", "notification_task_id":
			s.Skip()
		case "data":
			for inside := s.LenientObject() == jsonscan.Read; inside; {
				var inner []byte
				if inner, inside = s.NextKey(); inside {
					add("data.", inner)
					s.Skip()
				}
			}
		default:
			add("", key)
			s.Skip()
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
