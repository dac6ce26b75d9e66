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

// idFields are the fields with a webhook's own ids.
func idFields() []string {
	return []string{"id", "event_id", "callback_id", "paymentId", "invoiceId", "operationId", "requestId", "reference", "notification_task_id", "msg_uuid"}
}

// openFields are the fields shown unmasked: words, numbers, times and ids that describe
// a record but not a person. All other fields are masked, because a body that could not
// be handled may contain anything.
func openFields() []string {
	return append(idFields(), "api_version", "attempt_number", "attempt_total", "attempts_total", "name", "created_at", "updated_at", "received_at",
		"user_id", "status", "status_code", "dlr_code", "key_id", "channel", "timeout_sec", "delivered_channel", "cost", "currency", "code_length", "is_code_deleted",
		"processed_at", "type", "systemType", "paymentSystem", "paymentType", "paymentNumber", "operationType", "paymentStatus", "operationStatus",
		"amount", "paymentAmount", "reversalAmount", "paymentPendingAmount", "paymentCommission", "createDate", "payDate", "holdDate", "iat", "postbackTime",
		"externalId", "operationExternalId", "errorCode", "networkErrCode", "createdDateTime", "statusDateTime", "account_id", "callbacks", "alg", "typ")
}

// bodyJSON returns a letter's body as JSON, converting forms and Avro; ok is false if
// the format is none of these. A signature is never part of it.
func bodyJSON(l *Letter) (text []byte, ok bool) {
	value := l.record.Value
	if id, body, err := wire.Parse(value); err == nil && id > 0 {
		return avroJSON(l, body)
	}
	if json.Valid(value) {
		return value, true
	}
	// Any text parses as a form with one key and no value; only one with a "=" counts.
	form, err := url.ParseQuery(string(value))
	if err != nil || !bytes.ContainsRune(value, '=') || bytes.ContainsAny(value, " \n{<") {
		return nil, false
	}
	text, err = json.Marshal(form)
	return text, err == nil
}

// avroJSON decodes the values of internal topics, which have our own schemas.
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

// eventIDs returns the ids in a body: those at the top level, and in the claims of a
// token.
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

// parts splits a token without verifying it.
func parts(token string) (header, claims []byte, ok bool) {
	p := strings.Split(token, ".")
	if len(p) != 3 {
		return nil, nil, false
	}
	header, err1 := base64.RawURLEncoding.DecodeString(p[0])
	claims, err2 := base64.RawURLEncoding.DecodeString(p[1])
	return header, claims, err1 == nil && err2 == nil && json.Valid(header) && json.Valid(claims)
}

// Body returns a letter's body for display: indented JSON if its format is known. When
// masked, it shows only the values of openFields, and the kind and length of all
// others.
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

// maxShown is the longest value shown: words and ids are short.
const maxShown = 80

// masker rewrites a JSON stream, keeping the order of its fields.
type masker struct {
	in   *json.Decoder
	out  bytes.Buffer
	open map[string]bool
	// depth is the number of enclosing objects and arrays.
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
		// At the top level, name is the name of LOX24's event; deeper it may be a
		// person's.
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

// nested writes an object or an array; array elements are masked by the array's field
// name.
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

// token shows a token's header and claims, masked, without its signature.
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

// shownName returns a field's name, or a mask if the name looks like a value.
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

// phoneLike reports whether a text may be a phone number: nine digits or more and
// little else.
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
