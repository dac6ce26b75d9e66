package trace

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// ProviderOf returns the provider that the key of an entity or a raw record names; the zero
// Provider if it names none: the webhook of such a raw record carried no entity id.
func ProviderOf(key string) schemas.Provider {
	p, _ := schemas.ProviderOfKey(key)
	return p
}

// IsPseudonymous says whether the id in an entity's key is a pseudonym: its raw records
// then have another key, and lie in the partition of that one.
func IsPseudonymous(key string) bool {
	return strings.Contains(key, ":"+source.HMACPrefix) || strings.Contains(key, ":"+source.PhonePrefix)
}

// sourceOf returns the configured source of an id; nil if there is none.
func (t *tracer) sourceOf(id string) *source.Source {
	i := slices.IndexFunc(t.config.Sources, func(s source.Source) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &t.config.Sources[i]
}

// prefix is the text before an id in the keys of a topic.
type prefix struct{ topic, text string }

// prefixes returns the prefixes that keys have: none, a namespace, or a provider and, where
// keys name it, a source. The topic is empty for a provider without snapshots.
func (t *tracer) prefixes() []prefix {
	out := []prefix{{schemas.EnrichedJourneys, ""}}
	add := func(topic, text string) {
		if p := (prefix{topic, text}); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, p := range schemas.Providers() {
		if !p.Scoped {
			add(p.Enriched, p.KeyPrefix(""))
		}
	}
	for i := range t.config.Sources {
		s := &t.config.Sources[i]
		p, _ := schemas.FindProvider(s.Provider)
		add(p.Enriched, p.KeyPrefix(s.ID))
		if p.ID == raw.ProviderUnibell {
			add(p.Enriched, p.KeyPrefix(s.ID)+raw.UnibellRequest(""))
		}
		if s.Namespace != "" {
			add(schemas.EnrichedJourneys, s.Namespace+":")
		}
	}
	return out
}

// keysOf returns, by topic, the keys that an id in several spellings may stand for: the id
// itself, or the id behind a prefix.
func (t *tracer) keysOf(spellings []string) keyed {
	keys := keyed{}
	for _, id := range spellings {
		p, isKey := schemas.ProviderOfKey(id)
		for _, x := range t.prefixes() {
			if !isKey || x.topic == schemas.EnrichedJourneys {
				keys.add(x.text+id, x.topic)
			}
		}
		keys.add(id, p.Enriched)
		keys.add(journeyKeys("", []string{id})[0], schemas.EnrichedJourneys)
	}
	return keys
}

// journeyKeys returns the keys of the journeys of correlation ids.
func journeyKeys(namespace string, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, string(entity.JourneyID{Namespace: namespace, ID: id}.AppendKey(nil)))
	}
	return out
}

// spellings returns the forms in which an id may appear in the topics: unchanged, and as
// its pseudonyms. If the id begins with a prefix, only the rest may be a pseudonym.
func (t *tracer) spellings(id string) []string {
	out := []string{id}
	if t.config.Privacy == nil {
		return out
	}
	for _, x := range t.prefixes() {
		plain, ok := strings.CutPrefix(id, x.text)
		if !ok || plain == "" {
			continue
		}
		for _, pseudonym := range t.config.Privacy.Lookup(t.config.Sources, plain) {
			t.plain[pseudonym] = plain
			out = append(out, x.text+pseudonym)
		}
	}
	return out
}

// rawKey returns the key under which ingest wrote the raw records of an entity, where it
// is known to differ from the entity's key: the raw key has the plain id.
func (t *tracer) rawKey(key string) (plain string, ok bool) {
	for pseudonym, id := range t.plain {
		if before, found := strings.CutSuffix(key, ":"+pseudonym); found {
			return before + ":" + id, true
		}
	}
	return "", false
}

// entityKey returns the key of the entity that a raw record or a dead letter is of: the
// record's own, with a pseudonym where the processor made one of its id.
func (t *tracer) entityKey(r *kgo.Record) string {
	key := string(r.Key)
	p := ProviderOf(key)
	if t.config.Privacy == nil || p.ID == "" {
		return key
	}
	s := source.Source{Provider: p.ID, ID: header(r, raw.HeaderSource)}
	if configured := t.sourceOf(s.ID); configured != nil {
		s = *configured
	}
	s = s.WithDefaults()
	before := p.KeyPrefix(s.ID)
	if request := before + raw.UnibellRequest(""); p.ID == raw.ProviderUnibell && strings.HasPrefix(key, request) {
		before = request
	}
	plain, ok := strings.CutPrefix(key, before)
	id := t.config.Privacy.ID(&s, plain)
	if !ok || id == plain || id == "" {
		return key
	}
	t.plain[id] = plain
	return before + id
}
