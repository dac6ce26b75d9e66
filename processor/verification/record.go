package verification

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/processor/dedupe"
	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Writer is a generated Avro type.
type Writer interface {
	AppendAvro(dst []byte) ([]byte, error)
}

// Emit encodes a record and emits it. room is its usual size.
func Emit(tx engine.Tx, topic string, key []byte, record Writer, room int, trace []raw.Header) error {
	value, err := record.AppendAvro(wire.AppendPlaceholder(tx.Buffer(room)))
	if err != nil {
		return Unwritable(topic, err)
	}
	tx.Emit(engine.Output{Topic: topic, Key: key, Value: value, Headers: trace})
	return nil
}

// OriginOf returns where a raw record came from and how it was proven.
func OriginOf(in *engine.Input, e *raw.Envelope) avro.Origin {
	return avro.Origin{
		Source: e.Source, Provider: e.Provider, Assurance: assuranceBy(e.Assurance), SecretID: e.SecretID, RequestID: e.RequestID,
		ReceivedAt: e.ReceivedAt, Topic: in.Topic, Partition: in.Partition, Offset: in.Offset,
	}
}

func assuranceBy(header string) avro.Assurance {
	switch header {
	case raw.AssuranceSharedSecret:
		return avro.AssuranceSharedSecret
	case raw.AssuranceSignedID:
		return avro.AssuranceSignedID
	case raw.AssuranceSignedBody:
		return avro.AssuranceSignedBody
	default:
		return avro.AssuranceUnknown
	}
}

// ChangeBy returns a change whose cause is a raw record.
func ChangeBy(origin *avro.Origin, eventID string) avro.Change {
	return avro.Change{
		Cause: avro.ChangeCauseRecord, Topic: avro.Some(origin.Topic), Partition: avro.Some(origin.Partition),
		Offset: avro.Some(origin.Offset), EventID: avro.Some(eventID),
	}
}

// lostOffset is the offset of a first record that is gone and whose place its repeat has.
const lostOffset = -1

// Repeat returns the duplicate record of a raw record that repeats another.
func Repeat(origin *avro.Origin, first dedupe.Sighting, by avro.KnownBy, eventID string) avro.Duplicate {
	d := avro.Duplicate{
		Provider: origin.Provider, Source: origin.Source, EventID: eventID, KnownBy: by,
		Record: avro.RecordPosition{
			Topic: origin.Topic, Partition: origin.Partition, Offset: origin.Offset, ReceivedAt: origin.ReceivedAt,
		},
		First: avro.RecordPosition{
			Topic: origin.Topic, Partition: first.Partition, Offset: first.Offset, ReceivedAt: first.ReceivedAt,
		},
	}
	if d.First.Partition == d.Record.Partition && d.First.Offset == d.Record.Offset {
		d.First.Offset = lostOffset
	}
	return d
}

// EmitRepeat emits a duplicate of the entity.
func EmitRepeat(tx engine.Tx, key []byte, repeat *avro.Duplicate, trace []raw.Header) error {
	const size = 384
	repeat.EntityKey, repeat.ProcessedAt = string(key), tx.WallClock()
	return Emit(tx, schemas.Duplicates, key, repeat, size, trace)
}

// Unwritable turns an encoder's error, which names the field and no value, into a
// permanent error.
func Unwritable(topic string, err error) error {
	if field, ok := errors.AsType[*avro.FieldError](err); ok {
		return engine.Permanentf(engine.CauseOutOfRange, "%s: %s: %v", topic, field.Path, field.Err)
	}
	return fmt.Errorf("encode for %s: %w", topic, err)
}

// Unreadable turns a scanner's error into a permanent error. path is put before the
// scanner's own. If the text is not JSON, the message has only the byte position,
// because the path could consist of the record's own text.
func Unreadable(path string, err error) error {
	scan, ok := errors.AsType[*jsonscan.Error](err)
	switch {
	case !ok:
		return engine.Permanentf(engine.CauseUndecodable, "not readable")
	case errors.Is(err, jsonscan.ErrType):
		return engine.Permanentf(engine.CauseSchemaMismatch, "%s: %s", place(path, scan.Path), scan.Detail)
	case errors.Is(err, jsonscan.ErrRange):
		return engine.Permanentf(engine.CauseOutOfRange, "%s: %s", place(path, scan.Path), scan.Detail)
	default:
		return engine.Permanentf(engine.CauseUndecodable, "not valid JSON at byte %d: %s", scan.Offset, scan.Detail)
	}
}

// place names a place in a record, "data" and "status" as data.status.
func place(path, rest string) string {
	switch {
	case path == "" && rest == "":
		return "the body"
	case path == "" || rest == "":
		return path + rest
	default:
		return path + "." + rest
	}
}

// maxID is the maximum length of an id; the providers' are UUIDs and MD5s.
const maxID = 256

// NoID is the error text for an id that ValidID refuses.
const NoID = "missing, too long, or not of characters that can be seen"

// ValidID reports whether a text can be an id, and so a part of a key; the rule is the
// same for all providers. An id is Unicode text of at most 256 bytes that is not blank
// and has only visible characters. It has no control, format or bidirectional
// characters, which a terminal would interpret, and no U+FFFD, which replaces invalid
// bytes: two different ids would become one.
func ValidID(id string) bool {
	const del = 0x7f
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c >= del {
			// Not one of the providers' own, which are ASCII without white space.
			return strings.TrimSpace(id) != "" && !strings.ContainsFunc(id, func(r rune) bool { return r == utf8.RuneError || !unicode.IsGraphic(r) })
		}
	}
	return true
}
