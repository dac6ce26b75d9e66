package deadletter_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/schemas"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for offset := range int64(4) {
		r.deadLetter(lox24(offset))
	}
	stale := lox24(0)
	stale.topic, stale.from, stale.cause, stale.key = schemas.DeadLetterUAPAY, schemas.RawUAPAY, "stale", "uapay:1"
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"paymentId":"payment-1"}`))
	stale.body = `{"token":"` + base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." + claims + `.c2ln"}`
	r.deadLetter(stale)
	if _, err := r.replay(deadletter.Replay{Limit: 1, Filter: deadletter.Filter{Providers: []string{"lox24"}}}); err != nil {
		t.Fatal(err)
	}
	yes := true
	cases := map[string]struct {
		filter deadletter.Filter
		want   []string
	}{
		"provider":           {deadletter.Filter{Providers: []string{"uapay"}}, []string{"uapay:1"}},
		"cause":              {deadletter.Filter{Causes: []string{"stale"}}, []string{"uapay:1"}},
		"stage":              {deadletter.Filter{Stages: []string{"voximplant"}}, nil},
		"time":               {deadletter.Filter{From: noon().Add(time.Minute), To: noon().Add(3 * time.Minute)}, []string{"lox24:1", "lox24:2"}},
		"key":                {deadletter.Filter{Key: "lox24:2"}, []string{"lox24:2"}},
		"event":              {deadletter.Filter{EventID: "event-3"}, []string{"lox24:3"}},
		"event in a token":   {deadletter.Filter{EventID: "payment-1"}, []string{"uapay:1"}},
		"request":            {deadletter.Filter{EventID: "request-1", Providers: []string{"uapay"}}, []string{"uapay:1"}},
		"reference":          {deadletter.Filter{Refs: []deadletter.Ref{{Topic: "acme.deadletter.lox24.v1", Offset: 2}}}, []string{"lox24:2"}},
		"replayed":           {deadletter.Filter{Replayed: &yes}, []string{"lox24:0"}},
		"nothing that is so": {deadletter.Filter{Key: "lox24:9"}, nil},
	}
	reader := r.reader()
	if err := reader.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		var got []string
		if err := reader.Each(t.Context(), &c.filter, func(l *deadletter.Letter) error {
			got = append(got, l.Key)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestNothingSecretIsShown: whatever is in a body, masked it shows none of it.
func TestNothingSecretIsShown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const secret, phone = "s3cr3t", "+491511234567"
	jwt := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"key":"`+secret+`","status":"PAID","confirmation":{"name":"`+secret+`"}}`)) + "." + secret
	bodies := map[string]struct{ body, shown string }{
		"JSON":            {`{"code":"` + secret + `","status":"10","data":{"name":"` + secret + `","phone":"` + phone + `","to":[491511234567]}}`, `"status": "10"`},
		"phone in status": {`{"id":"1","status":"` + phone + `"}`, `"id": "1"`},
		"phone as a name": {`{"id":"1","` + phone + `":"` + secret + `"}`, `"id": "1"`},
		"token":           {`{"token":"` + jwt + `"}`, `"status": "PAID"`},
		"form":            {"status=ok&number=%2B491511234567&code=" + secret, `"ok"`},
		"text":            {"code " + secret + " for " + phone, "bytes, neither"},
		"cut JSON":        {`{"code":"` + secret, "bytes, neither"},
		"long status":     {`{"status":"` + strings.Repeat(secret, 20) + `"}`, "*** (text, 120)"},
		"a bare string":   {`"` + secret + `"`, "*** (text, 6)"},
		"numbers":         {`{"pin":491511234567,"id":5}`, `"id": 5`},
	}
	for name, b := range bodies {
		l := lox24(0)
		l.key, l.body = name, b.body
		r.deadLetter(l)
	}
	reader := r.reader()
	if err := reader.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := reader.Each(t.Context(), &deadletter.Filter{}, func(l *deadletter.Letter) error {
		n++
		masked := l.Body(false)
		if strings.Contains(masked, secret) || strings.Contains(masked, phone[1:]) || !strings.Contains(masked, bodies[l.Key].shown) {
			t.Errorf("%s is shown as %s", l.Key, masked)
		}
		if whole := l.Body(true); l.Key != "form" && !strings.Contains(whole, secret) && !strings.Contains(whole, phone[1:]) {
			t.Errorf("%s unmasked is %s", l.Key, whole)
		}
		return nil
	}); err != nil || n != len(bodies) {
		t.Fatalf("%d of %d read, %v", n, len(bodies), err)
	}
}

func TestParseRef(t *testing.T) {
	t.Parallel()
	names := schemas.Names{Prefix: "acme."}
	want := deadletter.Ref{Topic: "acme.deadletter.unibell-call.v1", Partition: 3, Offset: 17}
	for _, text := range []string{"unibell-call/3/17", "deadletter.unibell-call.v1/3/17", "acme.deadletter.unibell-call.v1/3/17"} {
		if got, err := deadletter.ParseRef(text, names); err != nil || got != want {
			t.Errorf("ParseRef(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "lox24", "lox24/3", "lox24/-1/2", "lox24/1/x", "raw.lox24.v1/1/1", "lox24/1/2/3"} {
		if got, err := deadletter.ParseRef(text, names); err == nil {
			t.Errorf("ParseRef(%q) = %v, want an error", text, got)
		}
	}
}
