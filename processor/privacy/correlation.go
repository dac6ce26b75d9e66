package privacy

import (
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// Correlate returns the correlation id that a field's text holds: through the JSON
// pointer, a phone number as a pseudonym. It is empty where there is none; blank
// ids count as absent. The source's namespace is not a part of it.
func (p *Pseudonymiser) Correlate(c source.Correlation, text string, at time.Time) string {
	if c.Pointer != "" {
		text, _ = Pointer(text, c.Pointer)
	}
	return p.CorrelationID(text, at)
}

// Pointer looks a JSON pointer (RFC 6901) up in a text that holds JSON and returns
// the value as text: a string unquoted, a number or boolean as written. It is not
// found where the text is not JSON, and for null, objects and arrays.
func Pointer(text, pointer string) (value string, found bool) {
	s := jsonscan.New([]byte(text))
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		if !enter(s, token) {
			return "", false
		}
	}
	switch s.Kind() {
	case jsonscan.String:
		value = s.String()
	case jsonscan.Number, jsonscan.Bool:
		value = string(s.Raw())
	default:
		return "", false
	}
	return value, s.Err() == nil
}

// enter stands before the member or item that a token names.
func enter(s *jsonscan.Scanner, token string) bool {
	switch s.Kind() {
	case jsonscan.Object:
		s.BeginObject()
		for {
			key, more := s.NextKey()
			if !more {
				return false
			}
			if string(key) == token {
				return true
			}
			s.Skip()
		}
	case jsonscan.Array:
		i := 0
		for s.BeginArray(); s.NextItem(); i++ {
			if token == strconv.Itoa(i) {
				return true
			}
			s.Skip()
		}
	default: // a plain value has nothing inside
	}
	return false
}
