// Package mask hides the fields of a record that a person may not see, by the sensitivity that its
// schema gives each of them.
//
//	record, schema ─► fields by sensitivity ─► JSON with *** instead of personal and secret values
//
// A field that the schema does not know is hidden.
package mask

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// Level is the sensitivity up to which a person sees fields.
type Level int

// The levels.
const (
	// Pseudonyms shows fields without sensitivity and pseudonyms.
	Pseudonyms Level = iota
	// Personal shows personal fields, too. Secrets are never shown.
	Personal
)

// shown reports whether a field of a sensitivity is shown.
func (l Level) shown(sensitivity string) bool {
	switch sensitivity {
	case "none", "pseudonym":
		return true
	case "personal":
		return l >= Personal
	}
	return false
}

// Record returns the JSON of a record of an Avro topic, by the topic's name in the topic table, and hides
// the fields that the level does not show.
func Record(topic string, record []byte, level Level) (any, error) {
	text, ok := schemas.AVSC(topic)
	if !ok {
		return nil, fmt.Errorf("topic %s has no schema", topic)
	}
	top, err := schema.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("topic %s: %w", topic, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(record))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("read a record of %s: %w", topic, err)
	}
	return level.mask(top, value), nil
}

// mask hides fields in a value of a schema.
func (l Level) mask(s *schema.Schema, value any) any {
	if inner, ok := s.Optional(); ok {
		s = inner
	}
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			switch f, known := s.Field(name); {
			case s.Kind == schema.Map && s.Items != nil:
				v[name] = l.mask(s.Items, below)
			case !known:
				v[name] = Hidden(below)
			default:
				v[name] = l.field(f, below)
			}
		}
	case []any:
		for i := range v {
			if s.Items != nil {
				v[i] = l.mask(s.Items, v[i])
			}
		}
	}
	return value
}

// field hides a field. A record or an array has the highest sensitivity of its parts, so each part is
// checked on its own.
func (l Level) field(f *schema.Field, value any) any {
	switch value.(type) {
	case map[string]any, []any:
		if nested(f.Type) {
			return l.mask(f.Type, value)
		}
	}
	if value == nil || l.shown(f.Sensitivity) {
		return value
	}
	return Hidden(value)
}

// nested reports whether a type has fields with a sensitivity of their own.
func nested(s *schema.Schema) bool {
	if inner, ok := s.Optional(); ok {
		s = inner
	}
	if s.Kind == schema.Array || s.Kind == schema.Map {
		return s.Items != nil && nested(s.Items)
	}
	return s.Kind == schema.Record
}

// Hidden returns the placeholder of a value; null stays null.
func Hidden(value any) any {
	if value == nil {
		return nil
	}
	return "***"
}
