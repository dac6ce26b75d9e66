package trace

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
)

// seeker finds an id in records.
type seeker struct {
	ids []string
	// needles are the ids as bytes: a record without any of them does not hold an id.
	needles [][]byte
	// exact requires a field of an Avro value to equal the id, not only to contain it.
	exact bool
	// all continues after the first record with the id.
	all bool
}

func newSeeker(ids ...string) *seeker {
	s := &seeker{exact: true}
	s.add(ids)
	return s
}

// add adds other spellings of the same id.
func (s *seeker) add(ids []string) {
	for _, id := range ids {
		s.ids = append(s.ids, id)
		s.needles = append(s.needles, []byte(id))
	}
}

// contains reports whether text contains one of the ids.
func (s *seeker) contains(text []byte) bool {
	return slices.ContainsFunc(s.needles, func(needle []byte) bool { return bytes.Contains(text, needle) })
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

// in returns the part of a record that holds the id (key, header or field name), "" if
// it holds none.
func (s *seeker) in(topic string, r *kgo.Record) string {
	if slices.Contains(s.ids, string(r.Key)) {
		return "key"
	}
	if !s.exact && slices.ContainsFunc(s.ids, func(id string) bool { return strings.Contains(string(r.Key), id) }) {
		return "key"
	}
	for i := range r.Headers {
		if slices.Contains(s.ids, string(r.Headers[i].Value)) {
			return strings.ReplaceAll(strings.TrimPrefix(r.Headers[i].Key, "tributary-"), "-", " ")
		}
	}
	if !s.contains(r.Value) {
		if s.inBody(claims(topic, r.Value)) {
			return "an id in the signed body"
		}
		return ""
	}
	value, err := valueOf(topic, r.Value)
	if value == nil {
		if s.inBody(r.Value) {
			return "an id in the body"
		}
		return ""
	}
	if err != nil {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return s.inJSON(text)
}

// inJSON looks for a string that is the id, and returns the name of its field.
func (s *seeker) inJSON(text []byte) string {
	d := json.NewDecoder(bytes.NewReader(text))
	field := ""
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		word, ok := token.(string)
		if !ok {
			continue
		}
		for _, id := range s.ids {
			if word == id || !s.exact && strings.Contains(word, id) {
				return strings.ReplaceAll(field, "_", " ")
			}
		}
		field = word // the name of the field whose value comes next, or a value before a name
	}
}

// inBody reports whether a provider's body holds the id as a whole word.
func (s *seeker) inBody(body []byte) bool {
	for _, needle := range s.needles {
		for at := 0; ; {
			i := bytes.Index(body[at:], needle)
			if i < 0 {
				break
			}
			at += i + len(needle)
			if (at == len(needle) || !wordly(body[at-len(needle)-1])) && (at == len(body) || !wordly(body[at])) {
				return true
			}
		}
	}
	return false
}

// wordly reports whether a character may be part of an id.
func wordly(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '_'
}
