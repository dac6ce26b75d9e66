package entity

import (
	"errors"
	"fmt"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// Unwritable turns an encoder's error, which names the field and no value, into a
// permanent error.
func Unwritable(topic string, err error) error {
	if field, ok := errors.AsType[*avro.FieldError](err); ok {
		return stage.Permanentf(stage.CauseOutOfRange, "%s: %s: %v", topic, field.Path, field.Err)
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
		return stage.Permanentf(stage.CauseUndecodable, "not readable")
	case errors.Is(err, jsonscan.ErrType):
		return stage.Permanentf(stage.CauseSchemaMismatch, "%s: %s", placeOf(path, scan.Path), scan.Detail)
	case errors.Is(err, jsonscan.ErrRange):
		return stage.Permanentf(stage.CauseOutOfRange, "%s: %s", placeOf(path, scan.Path), scan.Detail)
	default:
		return stage.Permanentf(stage.CauseUndecodable, "not valid JSON at byte %d: %s", scan.Offset, scan.Detail)
	}
}

// placeOf names a place in a record, "data" and "status" as data.status.
func placeOf(path, rest string) string {
	switch {
	case path == "" && rest == "":
		return "the body"
	case path == "" || rest == "":
		return path + rest
	default:
		return path + "." + rest
	}
}
