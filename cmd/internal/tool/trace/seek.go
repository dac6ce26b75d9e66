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

// seeker finds an id in records.
type seeker struct {
	ids []string
	// parts is set if a field may have more text around the id.
	parts bool
	// needles are the ids as bytes: a record without any of them does not hold an id.
	needles [][]byte
	// field matches a string of a JSON text that is the id, after the name of its field.
	field *regexp.Regexp
	// word matches the id as a whole word.
	word *regexp.Regexp
}

// newSeeker makes a seeker of an id in several spellings.
func newSeeker(ids []string, parts bool) *seeker {
	s := &seeker{ids: ids, parts: parts}
	var plain, quoted []string
	for _, id := range ids {
		s.needles = append(s.needles, []byte(id))
		plain = append(plain, regexp.QuoteMeta(strings.ToValidUTF8(id, "\uFFFD"))) // as regexp reads other bytes
		text, _ := json.Marshal(id)                                                //nolint:errchkjson // a string
		quoted = append(quoted, regexp.QuoteMeta(string(text[1:len(text)-1])))
	}
	around := ""
	if parts {
		around = `[^"]*`
	}
	s.field = regexp.MustCompile(`(?:"(\w+)":(?:\[(?:"(?:[^"\\]|\\.)*",)*)?)?"` + around + `(?:` + strings.Join(quoted, "|") + `)` + around + `"`)
	s.word = regexp.MustCompile(`(?:^|[^\w-])(?:` + strings.Join(plain, "|") + `)(?:$|[^\w-])`)
	return s
}

// any reports whether text contains one of the ids.
func (s *seeker) any(text []byte) bool {
	return slices.ContainsFunc(s.needles, func(needle []byte) bool { return bytes.Contains(text, needle) })
}

// in returns the part of a record that holds the id (key, header or field name), "" if
// it holds none.
func (s *seeker) in(topic string, r *kgo.Record) string {
	if slices.Contains(s.ids, string(r.Key)) || s.parts && s.any(r.Key) {
		return "key"
	}
	for i := range r.Headers {
		if slices.Contains(s.ids, string(r.Headers[i].Value)) {
			return strings.ReplaceAll(strings.TrimPrefix(r.Headers[i].Key, "tributary-"), "-", " ")
		}
	}
	if !s.any(r.Value) {
		if s.word.Match(claims(topic, r.Value)) {
			return "an id in the signed body"
		}
		return ""
	}
	value, err := valueOf(topic, r.Value)
	if value == nil && s.word.Match(r.Value) {
		return "an id in the body"
	}
	if value == nil || err != nil {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	if m := s.field.FindSubmatch(text); m != nil {
		return strings.ReplaceAll(string(m[1]), "_", " ")
	}
	return ""
}

// claims returns the claims of a signed token in a body, nil if there is none.
func claims(topic string, body []byte) []byte {
	if p, _ := schemas.ProviderOfTopic(topic); !p.Tokens || topic != p.Raw && topic != p.DeadLetter {
		return nil
	}
	parts := bytes.SplitN(body, []byte{'.'}, 3)
	if len(parts) != 3 {
		return nil
	}
	text, err := base64.RawURLEncoding.AppendDecode(nil, parts[1])
	if err != nil {
		return nil
	}
	return text
}
