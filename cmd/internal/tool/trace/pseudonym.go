package trace

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// spellings returns the forms in which an id may appear in the topics: unchanged, and
// as its pseudonyms. If the id begins with a namespace or a key's provider, only the
// rest may be a pseudonym.
func (t *tracer) spellings(id string) []string {
	out := []string{id}
	if t.config.Privacy == nil {
		return out
	}
	for _, prefix := range t.prefixes() {
		plain, ok := strings.CutPrefix(id, prefix)
		if !ok || plain == "" {
			continue
		}
		for _, pseudonym := range t.config.Privacy.Lookup(t.config.Sources, plain) {
			t.plain[pseudonym] = plain
			out = append(out, prefix+pseudonym)
		}
	}
	return out
}

// prefixes returns the possible prefixes of an id: none, a namespace, or for a key its
// provider and, where keys name it, its source.
func (t *tracer) prefixes() []string {
	out := []string{""}
	for _, p := range schemas.Providers() {
		if !p.Scoped {
			out = append(out, p.KeyPrefix(""))
		}
	}
	for i := range t.config.Sources {
		s := &t.config.Sources[i]
		p, _ := schemas.FindProvider(s.Provider)
		if p.Scoped {
			out = append(out, p.KeyPrefix(s.ID))
		}
		if p.ID == raw.ProviderUnibell {
			out = append(out, p.KeyPrefix(s.ID)+raw.UnibellRequest(""))
		}
		if s.Namespace != "" && !slices.Contains(out, s.Namespace+":") {
			out = append(out, s.Namespace+":")
		}
	}
	return out
}

// rawKey returns the key under which ingest wrote the raw records of an entity, where it
// is known to differ from the entity's key: the raw key has the plain id.
func (t *tracer) rawKey(key string) (plain string, ok bool) {
	for pseudonym, id := range t.plain {
		if prefix, found := strings.CutSuffix(key, ":"+pseudonym); found {
			return prefix + ":" + id, true
		}
	}
	return "", false
}

// entityKey returns the key of the entity that a raw record or a dead letter is of: the
// record's own, with a pseudonym where the processor made one of its id.
func (t *tracer) entityKey(r *kgo.Record) string {
	key := string(r.Key)
	if t.config.Privacy == nil || providerOf(key) == "" {
		return key
	}
	s := source.Source{Provider: providerOf(key)}
	for i := range r.Headers {
		if r.Headers[i].Key == raw.HeaderSource {
			s.ID = string(r.Headers[i].Value)
		}
	}
	if i := slices.IndexFunc(t.config.Sources, func(c source.Source) bool { return c.ID == s.ID }); i >= 0 {
		s = t.config.Sources[i]
	}
	s = s.WithDefaults()
	p, _ := schemas.FindProvider(s.Provider)
	prefix := p.KeyPrefix(s.ID)
	if s.Provider == raw.ProviderUnibell {
		if request := prefix + raw.UnibellRequest(""); strings.HasPrefix(key, request) {
			prefix = request
		}
	}
	plain, ok := strings.CutPrefix(key, prefix)
	if !ok {
		return key
	}
	id := t.config.Privacy.ID(&s, plain)
	if id == plain || id == "" {
		return key
	}
	t.plain[id] = plain
	return prefix + id
}

// IsPseudonymous says whether the id in an entity's key is a pseudonym: its raw records
// then have another key, and lie in the partition of that one.
func IsPseudonymous(key string) bool {
	return strings.Contains(key, ":"+source.HMACPrefix) || strings.Contains(key, ":"+source.PhonePrefix)
}
