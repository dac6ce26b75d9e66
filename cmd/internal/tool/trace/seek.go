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
	// needles are the byte strings to search batches for.
	needles [][]byte
	// encoded are the needles for an id within base64.
	encoded [][]byte
	// exact requires a field of an Avro value to equal the id, not only to contain it.
	exact bool
	// all continues after the first record with the id.
	all bool
}

func newSeeker(ids ...string) *seeker {
	s := &seeker{ids: ids, exact: true}
	for _, id := range ids {
		s.needles = append(s.needles, []byte(id))
		// UAPAY's callbacks are signed tokens with their claims in base64url. Three
		// bytes become four characters, so an id has three encodings, by its offset
		// modulo 3.
		const enough = 12
		if len(id) >= enough {
			s.encoded = append(s.encoded, base64Of(id)...)
		}
	}
	return s
}

// add adds other spellings of the same id, which no provider's body holds.
func (s *seeker) add(pseudonyms []string) {
	for _, id := range pseudonyms {
		s.ids = append(s.ids, id)
		// The end is enough for a needle, and a short one is found by vector instructions.
		const needle = 32
		s.needles = append(s.needles, []byte(id[max(0, len(id)-needle):]))
	}
}

// needlesOf returns the byte strings to search a topic's batches for.
func (s *seeker) needlesOf(topic string) [][]byte {
	if p, _ := schemas.ProviderOfTopic(topic); p.Tokens && (topic == p.Raw || topic == p.DeadLetter) {
		return slices.Concat(s.needles, s.encoded)
	}
	return s.needles
}

// base64Of returns the three encodings of an id within base64url, one for each offset
// modulo 3, without the characters at both ends that also depend on neighbouring bytes.
func base64Of(id string) [][]byte {
	var out [][]byte
	for shift := range 3 {
		padded := append(make([]byte, shift), id...)
		text := base64.RawURLEncoding.EncodeToString(padded)
		from := (shift*8 + 5) / 6 // the first letter without a bit of what is in front
		to := len(padded) * 8 / 6 // the last letter without a bit of what comes behind
		out = append(out, []byte(text[from:to]))
	}
	return out
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
	value, err := valueOf(topic, r.Value)
	if value == nil {
		return s.inBody(r.Value)
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

// inBody searches a provider's body for the id as a whole word.
func (s *seeker) inBody(body []byte) string {
	for _, id := range s.ids {
		for at := 0; ; {
			i := bytes.Index(body[at:], []byte(id))
			if i < 0 {
				break
			}
			at += i + len(id)
			if (at == len(id) || !wordly(body[at-len(id)-1])) && (at == len(body) || !wordly(body[at])) {
				return "an id in the body"
			}
		}
	}
	for _, needle := range s.encoded {
		if bytes.Contains(body, needle) {
			return "an id in the signed body"
		}
	}
	return ""
}

// wordly reports whether a character may be part of an id.
func wordly(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '_'
}
