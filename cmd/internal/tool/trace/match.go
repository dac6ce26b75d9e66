package trace

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
)

// matcher finds an id in records, in any of its spellings.
type matcher struct {
	ids []string
	// needles are the ids as bytes: most records have none of them. signed are the needles and
	// their encodings in base64, for topics with signed tokens.
	needles, signed [][]byte
	// partial is set if a field may have more text around the id.
	partial bool
	// field matches a string of a JSON text that is the id, after the name of its field;
	// word matches the id as a whole word.
	field, word *regexp.Regexp
}

func newMatcher(ids []string, partial bool) *matcher {
	var plain, quoted []string
	var needles, signed [][]byte
	for _, id := range ids {
		needles = append(needles, []byte(id))
		signed = append(append(signed, []byte(id)), encoded(id)...)
		plain = append(plain, regexp.QuoteMeta(id))
		text, _ := json.Marshal(id) //nolint:errchkjson // a string
		quoted = append(quoted, regexp.QuoteMeta(string(text[1:len(text)-1])))
	}
	around := ""
	if partial {
		around = `[^"]*`
	}
	return &matcher{
		ids: ids, needles: needles, signed: signed, partial: partial,
		field: regexp.MustCompile(`(?:"(\w+)":(?:\[(?:"(?:[^"\\]|\\.)*",)*)?)?"` + around + `(?:` + strings.Join(quoted, "|") + `)` + around + `"`),
		word:  regexp.MustCompile(`(?:^|[^\w-])(?:` + strings.Join(plain, "|") + `)(?:$|[^\w-])`),
	}
}

// encoded returns the three encodings of an id in base64, one for each position in a group of three
// bytes, without the characters that depend on its neighbours. A text that contains the id has one of
// them in its encoding.
func encoded(id string) [][]byte {
	var out [][]byte
	for before := range 3 {
		text := base64.RawURLEncoding.EncodeToString(append(make([]byte, before), id...))
		first, last := (8*before+5)/6, (before+len(id))*8/6
		if first < last {
			out = append(out, []byte(text[first:last]))
		}
	}
	return out
}

// bytesIn returns the texts of which a record of a topic has at least one if it holds the id.
func (m *matcher) bytesIn(topic string) [][]byte {
	if signs(topic) {
		return m.signed
	}
	return m.needles
}

// any reports whether text contains one of the ids.
func (m *matcher) any(text []byte) bool {
	return slices.ContainsFunc(m.needles, func(needle []byte) bool { return bytes.Contains(text, needle) })
}

// in returns the part of a record that holds the id (key, header or field name), "" if
// it holds none.
func (m *matcher) in(topic string, r *kgo.Record) string {
	if slices.Contains(m.ids, string(r.Key)) || m.partial && m.any(r.Key) {
		return "key"
	}
	for i := range r.Headers {
		if slices.Contains(m.ids, string(r.Headers[i].Value)) {
			return strings.ReplaceAll(strings.TrimPrefix(r.Headers[i].Key, "tributary-"), "-", " ")
		}
	}
	if !m.any(r.Value) {
		if m.word.Match(claims(topic, r.Value)) {
			return "an id in the signed body"
		}
		return ""
	}
	value, err := valueOf(topic, r.Value)
	if value == nil && m.word.Match(r.Value) {
		return "an id in the body"
	}
	if value == nil || err != nil {
		return ""
	}
	text, err := json.Marshal(value)
	if found := m.field.FindSubmatch(text); err == nil && found != nil {
		return strings.ReplaceAll(string(found[1]), "_", " ")
	}
	return ""
}

// signs reports whether the records of a topic may be signed tokens, in which an id is not readable.
func signs(topic string) bool {
	p, _ := schemas.ProviderOfTopic(topic)
	return p.Tokens && (topic == p.Raw || topic == p.DeadLetter)
}

// claims returns the claims of a signed token in a body, nil if there is none.
func claims(topic string, body []byte) []byte {
	if !signs(topic) {
		return nil
	}
	_, rest, _ := bytes.Cut(body, []byte{'.'})
	middle, _, ok := bytes.Cut(rest, []byte{'.'})
	text, err := base64.RawURLEncoding.AppendDecode(nil, middle)
	if !ok || err != nil {
		return nil
	}
	return text
}
