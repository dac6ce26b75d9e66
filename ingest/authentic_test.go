package ingest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/schemas"
)

// TestAuthenticIsKept: a proven webhook is in Kafka, byte for byte, whatever is wrong with
// its text; the processor makes a dead letter of it.
func TestAuthenticIsKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	damages := map[string]func(string) string{
		"a cut letter": func(s string) string { return strings.Replace(s, "MARK", "\xd0", 1) },
		"Latin-1":      func(s string) string { return strings.Replace(s, "MARK", "Gr\xfc\xdfe", 1) },
		"a raw tab":    func(s string) string { return strings.Replace(s, "MARK", "a\tb", 1) },
		"a mark":       func(s string) string { return "\ufeff" + s },
		"depth": func(s string) string {
			return strings.Replace(s, `"MARK"`, strings.Repeat("[", 1000)+strings.Repeat("]", 1000), 1)
		},
		"no comma": func(s string) string { return strings.Replace(s, `, "x"`, ` "x"`, 1) },
		"NaN":      func(s string) string { return strings.Replace(s, `"MARK"`, "NaN", 1) },
	}
	sent := map[string][]string{}
	for name, damage := range damages {
		token := func(claims string) string { return tokenBody(sign(t, jwt.SigningMethodHS256, []byte(payKey), claims)) }
		payment := token(`{"paymentId":"p"}`)
		bodies := map[string][]string{
			loxPath:                        {damage(`{"data":{"id":"v"}, "x":"MARK"}`)},
			payPath:                        {token(damage(`{"paymentId":"p", "x":"MARK"}`)), damage(payment[:len(payment)-1] + `, "y":1, "x":"MARK"}`)},
			"/v1/unibell/uni/" + uniSecret: {damage(`{"reference":"r", "x":"MARK"}`)},
			"/v1/voximplant/vox":           {damage(callback("1", "2", `, "x":"MARK"`))},
		}
		if name == "no comma" { // before the proof there is no reading such an object
			bodies[payPath] = bodies[payPath][:1]
			delete(bodies, "/v1/voximplant/vox")
		}
		for path, list := range bodies {
			topic := "raw." + strings.Split(path, "/")[2] + ".v1"
			for _, body := range list {
				if a := r.post(path, body); a.code != http.StatusOK {
					t.Errorf("%s at %s: %d %s", name, path, a.code, a.body)
				}
				sent[topic] = append(sent[topic], body)
			}
		}
	}
	for topic, bodies := range sent {
		var got []string
		for _, record := range r.records(topic, len(bodies)) {
			got = append(got, string(record.Value))
		}
		slices.Sort(bodies)
		slices.Sort(got)
		if !slices.Equal(bodies, got) {
			t.Errorf("%s has other bodies than were sent", topic)
		}
	}
}

// TestVoximplantBadByte: one callback that is not UTF-8 keeps none of the others out.
func TestVoximplantBadByte(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	items := []string{
		callback("1", "1", ""), callback("1", "2", ",\"account_name\":\"M\xfcller\""), `{"x":"\xff"}`, callback("1", "3", ""),
	}
	a := r.post("/v1/voximplant/vox", batch(items...))
	if a.code != http.StatusUnauthorized || !slices.Equal(a.parsed.Refused, []int{2}) || len(a.parsed.Records) != 3 {
		t.Fatalf("%d %s", a.code, a.body)
	}
	for _, record := range r.records(schemas.RawVoximplant, 3) {
		if e := envelope(t, record); string(record.Value) != items[e.Item] || string(record.Key) != "voximplant:1" {
			t.Errorf("item %d is %q under %s", e.Item, record.Value, record.Key)
		}
	}
	if a := r.post("/v1/voximplant/vox", batch(items[0], items[1])); a.code != http.StatusOK {
		t.Errorf("all proven: %d %s", a.code, a.body)
	}
}
