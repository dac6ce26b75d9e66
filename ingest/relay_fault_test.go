package ingest_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

const problemType = "application/problem+json"

// TestRelayNotJSON: an answer that is not the provider's is a bad gateway to our
// caller, and stands in the raw topic as it came.
func TestRelayNotJSON(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status            int
		contentType, text string
	}{
		"html":              {200, "text/html; charset=utf-8", "<html>welcome</html>"},
		"html, bad gateway": {502, "text/html", "<html>bad gateway</html>"},
		"html, unavailable": {503, "text/html", "<html>come again</html>"},
		"html as json":      {200, "application/json", "<!doctype html>"},
		"empty":             {200, "application/json", ""},
		"no content":        {204, "", ""},
		"cut json":          {200, "application/json", `{"status":"ok","requ`},
		"two texts":         {200, "application/json", `{"status":"ok"}{"status":"ok"}`},
		"redirect":          {302, "text/html", "moved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, relayTo(provider(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{c.contentType}
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.text)
			})))
			a := r.post(flash, unibellRequest(t), "Authorization: Bearer "+callerToken)
			if a.code != http.StatusBadGateway || a.parsed.Status != a.code || a.header.Get("Content-Type") != problemType ||
				a.header.Get(ingest.HeaderRecorded) != "" || c.text != "" && strings.Contains(a.body, c.text) {
				t.Errorf("answer %d %s %v", a.code, a.body, a.header)
			}
			record := r.records(schemas.RawUnibell, 2)[1]
			e := envelope(t, record)
			if e.Kind != raw.KindRelayAnswer || e.Status != c.status || e.ContentType != c.contentType || header(record, raw.HeaderError) != "" {
				t.Errorf("%+v, error %q", e, header(record, raw.HeaderError))
			}
			if diff := cmp.Diff(c.text, string(record.Value)); diff != "" {
				t.Error(diff)
			}
			r.counted(http.StatusBadGateway, "relay_not_json", 1)
		})
	}
}

// TestRelayProviderAway records that there was no answer, and says so.
func TestRelayProviderAway(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	// The request's context ends when ingest hangs up, once its body was read.
	hold := func(request *http.Request) {
		_, _ = io.ReadAll(request.Body)
		<-request.Context().Done()
	}
	slow := provider(t, func(_ http.ResponseWriter, request *http.Request) { hold(request) })
	cut := provider(t, func(http.ResponseWriter, *http.Request) {
		panic(http.ErrAbortHandler) //nolint:forbidigo // The one way to cut a connection from a handler.
	})
	half := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"status":"ok",`)
		_ = http.NewResponseController(w).Flush()
	}
	truncated := provider(t, func(w http.ResponseWriter, _ *http.Request) { half(w) })
	stalled := provider(t, func(w http.ResponseWriter, request *http.Request) {
		half(w)
		hold(request)
	})
	big := provider(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 600<<10)) })
	for name, c := range map[string]struct {
		url    string
		code   int
		word   string
		status int
		value  string
	}{
		"refused":   {"http://" + closed.Addr().String(), 502, "refused", 0, ""},
		"slow":      {slow, 504, "timeout", 0, ""},
		"stalled":   {stalled, 504, "timeout", 200, `{"status":"ok",`},
		"cut":       {cut, 502, "other", 0, ""},
		"truncated": {truncated, 502, "other", 200, `{"status":"ok",`},
		"too big":   {big, 502, "other", 200, ""},
		"no name":   {"http://name.invalid", 502, "dns", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(cfg *ingest.Config) {
				cfg.Sources = testSources(c.url)
				cfg.Sources[4].Relay.Timeout = 5 * time.Second
				if c.word == "timeout" {
					cfg.Sources[4].Relay.Timeout = 100 * time.Millisecond
				}
			})
			a := r.post(flash, unibellRequest(t), "Authorization: Bearer "+callerToken)
			if a.code != c.code || a.parsed.Status != a.code || a.header.Get("Content-Type") != problemType || a.header.Get(ingest.HeaderRecorded) != "" {
				t.Errorf("answer %d %s %v", a.code, a.body, a.header)
			}
			record := r.records(schemas.RawUnibell, 2)[1]
			if e := envelope(t, record); e.Kind != raw.KindRelayAnswer || string(record.Value) != c.value || e.Status != c.status ||
				header(record, raw.HeaderStatus) == "" || header(record, raw.HeaderError) != c.word {
				t.Errorf("%+v error %q, value %q", e, header(record, raw.HeaderError), record.Value)
			}
			r.counted(c.code, "relay_"+c.word, 1)
		})
	}
}

// TestRelayKafkaAway: without a record no call; after a call never a 503, whatever
// the provider answered.
func TestRelayKafkaAway(t *testing.T) {
	t.Parallel()
	ok := testdata(t, "unibell_ok.json")
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   int
		body   string
	}{
		"ok": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, ok) }, 200, ok},
		"provider unavailable": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"errorCode":9}`)
		}, 502, `{"errorCode":9}`},
		"html": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, 502, ""},
		"cut": {func(http.ResponseWriter, *http.Request) {
			panic(http.ErrAbortHandler) //nolint:forbidigo // The one way to cut a connection from a handler.
		}, 502, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			var r *rig
			r = newRig(t, func(cfg *ingest.Config) {
				cfg.AnswerDeadline = 300 * time.Millisecond
				cfg.Sources = testSources(provider(t, func(w http.ResponseWriter, request *http.Request) {
					calls++
					r.net.cut(true)
					c.answer(w, request)
				}))
			})
			a := r.post(flash, unibellRequest(t), "Authorization: Bearer "+callerToken)
			if a.code != c.code || c.body != "" && a.body != c.body || a.header.Get(ingest.HeaderRecorded) != "false" {
				t.Errorf("answer %d %s %v", a.code, a.body, a.header)
			}
			if n := r.counter("tributary_ingest_relay_unrecorded_total", map[string]string{"source": "uni"}); n != 1 {
				t.Errorf("%v unrecorded", n)
			}
			a = r.post(flash, unibellRequest(t), "Authorization: Bearer "+callerToken)
			if a.code != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || calls != 1 {
				t.Errorf("answer %d after %d calls", a.code, calls)
			}
			r.counted(http.StatusServiceUnavailable, "kafka_timeout", 1)
		})
	}
}
