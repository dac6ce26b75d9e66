package model

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/field"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// correlation is the id at one place (field and pointer) of an entity's facts. The
// newest wins, because a newer one is a correction. Blank ids count as absent and
// correct nothing.
type correlation struct {
	id string
	at int64 // provider's time, ms
}

// correlate extracts the correlation ids from a provider's fields.
func (m *Model) correlate(into map[string]correlation, e *raw.Envelope, at int64, fields map[string]*string) {
	s, ok := m.sources[e.Source]
	if !ok {
		s = (&source.Source{ID: e.Source, Provider: e.Provider}).WithDefaults()
	}
	for _, c := range s.Correlation {
		if fields[c.Field] == nil {
			continue
		}
		text := *fields[c.Field]
		if c.Pointer != "" {
			text = field.Pointer(text, c.Pointer)
		}
		id := m.ids.Of(&s, text)
		if id == "" {
			continue
		}
		id = journeyKey(s.Namespace, id)
		place := c.Field + c.Pointer
		if known, there := into[place]; !there || at > known.at {
			into[place] = correlation{id, at}
		}
	}
}

// journeyOf returns the journey that a record names: the first of its ids.
func journeyOf(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return slices.Min(ids)
}

// distinct returns the ids of all places without duplicates.
func distinct(places map[string]correlation) []string {
	var out []string
	for _, c := range places {
		if !slices.Contains(out, c.id) {
			out = append(out, c.id)
		}
	}
	return out
}

// journeyKey returns the key of a journey in enriched.journeys. An id without a
// namespace that contains a colon gets an empty namespace, so that it cannot imitate a
// key with one.
func journeyKey(namespace, id string) string {
	ours := strings.HasPrefix(id, "phone:") || strings.HasPrefix(id, "hmac:")
	if namespace == "" && (ours || !strings.Contains(id, ":")) {
		return id
	}
	return namespace + ":" + id
}
