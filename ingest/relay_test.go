package ingest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

const flash = "/v1/unibell/uni/calls/flash"

func unibellRequest(t *testing.T) string {
	t.Helper()
	return strings.ReplaceAll(testdata(t, "unibell_request.json"), "7XXXXXXXXXX", "79001234567")
}

// provider stands for Unibell: it answers as told and keeps what it got.
func provider(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

func relayTo(url string) func(*ingest.Config) {
	return func(c *ingest.Config) { c.Sources = testSources(url) }
}

// TestRelay passes the documented request on, records both sides, and returns
// each documented answer as the provider gave it.
func TestRelay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status            int
		contentType, text string
	}{
		"ok":      {200, "application/json", testdata(t, "unibell_ok.json")},
		"invalid": {200, "application/json", testdata(t, "unibell_invalid.json")},
		"refused": {401, "application/json", `{"errorCode":1}`},
		"busy":    {429, "application/json; charset=utf-8", " {\"errorCode\":4}\n"},
		"no type": {200, "", `{"status":"ok","requestId":"1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got, key string
			r := newRig(t, relayTo(provider(t, func(w http.ResponseWriter, request *http.Request) {
				text, _ := io.ReadAll(request.Body)
				got, key = string(text), request.URL.Path+" "+request.Header.Get("X-Authorization")
				w.Header()["Content-Type"] = []string{c.contentType}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.text)
			})))
			body := unibellRequest(t)
			a := r.post(flash, body, "Authorization: Bearer "+callerToken)
			if a.code != c.status || a.body != c.text || a.header.Get("Content-Type") != c.contentType || a.header.Get(ingest.HeaderRecorded) != "" {
				t.Errorf("answer %d %s %v", a.code, a.body, a.header)
			}
			if got != body || key != "/apps/flash/calls/flash AccessKey "+accessKey {
				t.Errorf("the provider got %s %s", key, got)
			}
			records := r.records(schemas.RawUnibell, 2)
			for i, want := range []struct {
				kind, value, contentType string
				status                   int
			}{{raw.KindRelayRequest, body, "application/json", 0}, {raw.KindRelayAnswer, c.text, c.contentType, c.status}} {
				e := envelope(t, records[i])
				if e.Kind != want.kind || e.Status != want.status || e.ContentType != want.contentType || e.SecretID != "app" ||
					string(records[i].Value) != want.value || string(records[i].Key) != "unibell:uni:e0965a38ef9c72d8156d3a157a8a50d0" {
					t.Errorf("record %d: %+v, key %s", i, e, records[i].Key)
				}
			}
			if log := r.logs.String(); strings.Contains(log, "123456") || strings.Contains(log, "79001234567") {
				t.Error("the log holds the code or a phone")
			}
		})
	}
}

// TestRelayMakesReference fills the reference in where there is none.
func TestRelayMakesReference(t *testing.T) {
	t.Parallel()
	for name, field := range map[string]string{
		"absent": ``, "null": `"reference": null ,`, "empty": `"reference" : "",`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			r := newRig(t, relayTo(provider(t, func(_ http.ResponseWriter, request *http.Request) {
				text, _ := io.ReadAll(request.Body)
				got = string(text)
			})))
			rest := `"sourceAddr":"79001234567","destAddr":"79001234568","code":"1234"}`
			r.post(flash, ` { `+field+rest, "X-Authorization: AccessKey "+callerToken)
			record := r.records(schemas.RawUnibell, 2)[0]
			var sent map[string]any
			if err := json.Unmarshal(record.Value, &sent); err != nil {
				t.Fatalf("%v: %s", err, record.Value)
			}
			reference, _ := sent["reference"].(string)
			if len(reference) != 32 || string(record.Key) != "unibell:uni:"+reference || header(record, raw.HeaderReferenceMade) != "true" {
				t.Errorf("reference %q, key %s, made %q", reference, record.Key, header(record, raw.HeaderReferenceMade))
			}
			if got != string(record.Value) || !strings.HasSuffix(got, rest) {
				t.Errorf("the provider got %s", got)
			}
		})
	}
}

// TestRelayRefuses answers bad requests in the provider's words, and calls nobody.
func TestRelayRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, relayTo(provider(t, func(http.ResponseWriter, *http.Request) { t.Error("the provider was called") })))
	body := unibellRequest(t)
	source := strings.NewReplacer(`"sourceAddr": "79001234567"`, `"sourceAddr": "§"`).Replace(body)
	invalid := func(text string) string { return `{"status":"invalidDataError","error":"` + text + `"}` }
	for name, c := range map[string]struct{ body, want string }{
		"cyrillic source": {strings.Replace(source, "§", "7900123456О", 1), invalid("Field sourceAddr must not contain Cyrillic")},
		"cyrillic dest":   {strings.Replace(body, `"destAddr": "7`, `"destAddr": "семь`, 1), invalid("Field destAddr must not contain Cyrillic")},
		"short":           {strings.Replace(source, "§", "7900123456", 1), invalid("Field sourceAddr must be a phone number in the format 7XXXXXXXXXX")},
		"foreign":         {strings.Replace(source, "§", "49151123456", 1), invalid("Field sourceAddr must begin with a prefix that is allowed for this source")},
		"premium":         {strings.Replace(source, "§", "78091234567", 1), invalid("Field sourceAddr must not be a premium rate number")},
		"code":            {strings.Replace(body, `"123456"`, `"call"`, 1), invalid("Field code must have the configured number of digits and nothing else")},
		"missing":         {strings.Replace(body, "destAddr", "dest", 1), invalid("Field destAddr is required")},
		"no code":         {strings.Replace(body, `"123456"`, `null`, 1), invalid("Field code is required")},
		"object":          {strings.Replace(body, `"123456"`, `{}`, 1), `{"status":"invalidSchemeError","error":"Field code must be a string"}`},
		"repeated":        {strings.Replace(body, "{", `{"code":"1",`, 1), `{"status":"invalidSchemeError","error":"Field code must not be repeated"}`},
		"array":           {`[]`, `{"status":"requiredJsonError","error":"The body must be a JSON object"}`},
		"cut":             {body[:20], `{"status":"requiredJsonError","error":"The body must be JSON"}`},
	} {
		a := r.post(flash, c.body, "Authorization: Bearer "+callerToken)
		if diff := cmp.Diff(c.want, a.body); a.code != http.StatusBadRequest || diff != "" {
			t.Errorf("%s: %d %s", name, a.code, diff)
		}
	}
	for reason, want := range map[string]float64{"relay_invalid": 9, "relay_prefix": 1, "relay_premium": 1, "relay_code": 1} {
		r.counted(http.StatusBadRequest, reason, want)
	}
}
