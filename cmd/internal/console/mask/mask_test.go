package mask_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/console/mask"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// fill makes a value of a schema whose texts name their sensitivity.
func fill(t *testing.T, s *schema.Schema, sensitivity string) any {
	t.Helper()
	if inner, ok := s.Optional(); ok {
		s = inner
	}
	switch s.Kind {
	case schema.Record:
		out := map[string]any{}
		for i := range s.Fields {
			out[s.Fields[i].Name] = fill(t, s.Fields[i].Type, s.Fields[i].Sensitivity)
		}
		return out
	case schema.Array:
		return []any{fill(t, s.Items, sensitivity)}
	case schema.Map:
		return map[string]any{"a key": fill(t, s.Items, sensitivity)}
	default:
		return "is " + sensitivity
	}
}

// TestEveryTopic: in a record of each Avro topic every level hides secrets, and only level Personal shows
// personal fields.
func TestEveryTopic(t *testing.T) {
	t.Parallel()
	personal := false
	for _, topic := range schemas.Table() {
		if topic.Format != schemas.FormatAvro {
			continue
		}
		avsc, _ := schemas.AVSC(topic.Name)
		top, err := schema.Parse(avsc)
		if err != nil {
			t.Fatal(err)
		}
		record, err := json.Marshal(fill(t, top, "none"))
		if err != nil {
			t.Fatal(err)
		}
		for level, hidden := range map[mask.Level][]string{mask.Pseudonyms: {"is personal", "is secret"}, mask.Personal: {"is secret"}} {
			value, err := mask.Record(topic.Name, record, level)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range hidden {
				if strings.Contains(string(text), word) {
					t.Errorf("%s at level %d shows what %s: %s", topic.Name, level, word, text)
				}
			}
			if !strings.Contains(string(text), "is none") {
				t.Errorf("%s at level %d hides everything", topic.Name, level)
			}
			personal = personal || level == mask.Personal && strings.Contains(string(text), "is personal")
		}
	}
	if !personal {
		t.Error("no topic shows a personal field to who may see it: the test proves nothing")
	}
}

// TestUnknownFields: a field that the schema does not have is hidden.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	value, err := mask.Record(schemas.EnrichedJourneys, []byte(`{"journey_id":"a","surprise":{"phone":"+380"}}`), mask.Personal)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if got := string(text); err != nil || got != `{"journey_id":"a","surprise":"***"}` {
		t.Errorf("Record() = %s", got)
	}
}
