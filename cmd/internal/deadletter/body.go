package deadletter

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/codec"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// idFields are the fields by which providers tell one call from another.
func idFields() []string {
	return []string{"id", "event_id", "callback_id", "paymentId", "invoiceId", "operationId", "requestId", "reference", "notification_task_id", "msg_uuid"}
}

// openFields are those that are shown: words, numbers, times and ids that say what a
// record is about and nothing of a person. Everything else is masked, for a body
// that cannot be handled may hold anything.
func openFields() []string {
	return append(idFields(), "api_version", "attempt_number", "attempt_total", "attempts_total", "name", "created_at", "updated_at", "received_at",
		"user_id", "status", "status_code", "dlr_code", "key_id", "channel", "timeout_sec", "delivered_channel", "cost", "currency", "code_length", "is_code_deleted",
		"processed_at", "type", "systemType", "paymentSystem", "paymentType", "paymentNumber", "operationType", "paymentStatus", "operationStatus",
		"amount", "paymentAmount", "reversalAmount", "paymentPendingAmount", "paymentCommission", "createDate", "payDate", "holdDate", "iat", "postbackTime",
		"externalId", "operationExternalId", "errorCode", "networkErrCode", "createdDateTime", "statusDateTime", "account_id", "callbacks", "alg", "typ")
}

// bodyJSON returns a letter's body as JSON, whatever it is; ok is false if it is
// nothing that can be taken apart. A signature is never part of it.
func bodyJSON(l *Letter) (text []byte, ok bool) {
	value := l.record.Value
	if id, body, err := wire.Parse(value); err == nil && id > 0 {
		return avroJSON(l, body)
	}
	if json.Valid(value) {
		return value, true
	}
	// A form is pairs; anything else parses as one key without a value.
	form, err := url.ParseQuery(string(value))
	if err != nil || !bytes.ContainsRune(value, '=') || bytes.ContainsAny(value, " \n{<") {
		return nil, false
	}
	text, err = json.Marshal(form)
	return text, err == nil
}

// avroJSON reads the values of internal topics, which have our own schemas.
func avroJSON(l *Letter, body []byte) ([]byte, bool) {
	topic, known := inputOf(l.Name)
	if row, ok := schemas.Find(topic); !known || !ok || row.Schema == "" {
		return nil, false
	}
	c, err := codec.New().Named(topic)
	if err != nil {
		return nil, false
	}
	text, err := c.JSON(nil, body)
	return text, err == nil
}

// eventIDs are the ids in a body, of the top level and of the claims of a token.
func eventIDs(l *Letter) []string {
	text, ok := bodyJSON(l)
	if !ok {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil {
		return nil
	}
	var token string
	if json.Unmarshal(fields["token"], &token) == nil {
		if _, claims, ok := parts(token); ok {
			_ = json.Unmarshal(claims, &fields)
		}
	}
	var ids []string
	for _, name := range idFields() {
		value := strings.Trim(string(fields[name]), `"[]`)
		if value != "" && value != "null" && len(value) <= maxShown && !slices.Contains(ids, value) {
			ids = append(ids, value)
		}
	}
	return ids
}

// parts takes a token apart without judging it.
func parts(token string) (header, claims []byte, ok bool) {
	p := strings.Split(token, ".")
	if len(p) != 3 {
		return nil, nil, false
	}
	header, err1 := base64.RawURLEncoding.DecodeString(p[0])
	claims, err2 := base64.RawURLEncoding.DecodeString(p[1])
	return header, claims, err1 == nil && err2 == nil && json.Valid(header) && json.Valid(claims)
}

// Body returns a letter's body to be shown: indented JSON where it can be taken
// apart. Masked, it has the values of known harmless fields only; of all others it
// tells kind and length.
func (l *Letter) Body(unmask bool) string {
	text, ok := bodyJSON(l)
	switch {
	case l.record.Value == nil:
		return "(none)"
	case unmask && !ok:
		return string(l.record.Value)
	case !ok:
		return fmt.Sprintf("(%d bytes, neither JSON nor a form nor a value of ours)", len(l.record.Value))
	case !unmask:
		if text, ok = mask(text); !ok {
			return fmt.Sprintf("(%d bytes)", len(l.record.Value))
		}
	}
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return fmt.Sprintf("(%d bytes)", len(l.record.Value))
	}
	return out.String()
}

// maxShown is how long a shown value may be: words and ids are short.
const maxShown = 80

// masker rewrites JSON as it comes, in its own order.
type masker struct {
	in   *json.Decoder
	out  bytes.Buffer
	open map[string]bool
	// depth is how many objects and arrays the value is in.
	depth int
}

func mask(text []byte) ([]byte, bool) {
	m := &masker{in: json.NewDecoder(bytes.NewReader(text)), open: map[string]bool{}}
	m.in.UseNumber()
	for _, f := range openFields() {
		m.open[f] = true
	}
	err := m.value("")
	if _, end := m.in.Token(); err != nil || !errors.Is(end, io.EOF) {
		return nil, false
	}
	return m.out.Bytes(), true
}

func (m *masker) write(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		text = []byte(`"***"`)
	}
	m.out.Write(text)
}

func (m *masker) value(field string) error {
	token, err := m.in.Token()
	if err != nil {
		return fmt.Errorf("mask a body: %w", err)
	}
	switch v := token.(type) {
	case json.Delim:
		return m.nested(field, v)
	case string:
		if header, claims, ok := parts(v); ok {
			return m.token(header, claims)
		}
		// LOX24's name of an event; further down it may be a person's.
		if m.open[field] && (field != "name" || m.depth == 1) && len(v) <= maxShown && (isID(field) || !phoneLike(v)) {
			m.write(v)
			return nil
		}
		m.write(fmt.Sprintf("*** (text, %d)", len(v)))
	case json.Number:
		if m.open[field] {
			m.write(v)
			return nil
		}
		m.write("*** (number)")
	default:
		m.write(v) // true, false, null
	}
	return nil
}

// nested writes an object or an array; the elements of an array are of its field.
func (m *masker) nested(field string, opened json.Delim) error {
	closing := byte(']')
	if opened == '{' {
		closing = '}'
	}
	m.depth++
	defer func() { m.depth-- }()
	m.out.WriteString(opened.String())
	for first := true; m.in.More(); first = false {
		if !first {
			m.out.WriteByte(',')
		}
		name := field
		if opened == '{' {
			token, err := m.in.Token()
			if err != nil {
				return fmt.Errorf("mask a body: %w", err)
			}
			name, _ = token.(string)
			m.write(shownName(name))
			m.out.WriteByte(':')
		}
		if err := m.value(name); err != nil {
			return err
		}
	}
	m.out.WriteByte(closing)
	_, err := m.in.Token()
	return err //nolint:wrapcheck // the closing bracket that More has seen
}

// token shows what a token says, without its signature.
func (m *masker) token(header, claims []byte) error {
	h, ok1 := mask(header)
	c, ok2 := mask(claims)
	if !ok1 || !ok2 {
		m.write("*** (token)")
		return nil
	}
	m.out.WriteString(`{"header":`)
	m.out.Write(h)
	m.out.WriteString(`,"claims":`)
	m.out.Write(c)
	m.out.WriteString(`,"signature":"***"}`)
	return nil
}

// shownName is a field's name, unless it looks as if it held a value.
func shownName(name string) string {
	odd := strings.ContainsFunc(name, func(r rune) bool {
		return r > 'z' || r < '0' && r != '-' && r != '.' || r > '9' && r < 'A' || r > 'Z' && r < 'a' && r != '_'
	})
	if odd || len(name) > maxShown || phoneLike(name) {
		return fmt.Sprintf("*** (name, %d)", len(name))
	}
	return name
}

func isID(field string) bool {
	return field != "reference" && (field == "id" || strings.HasSuffix(field, "_id") || slices.Contains(idFields(), field))
}

// phoneLike says that a text may be a phone: nine digits or more and little else.
func phoneLike(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() .", r):
			return false
		}
	}
	const shortest = 9
	return digits >= shortest
}
