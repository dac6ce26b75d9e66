package ingest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestKafkaRefuses sorts what Kafka says to a record: too large is the sender's to
// change, all the rest is to be sent again.
func TestKafkaRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		with   *kerr.Error
		code   int
		reason string
	}{
		"too large":      {kerr.MessageTooLarge, http.StatusRequestEntityTooLarge, "record_too_large"},
		"not authorized": {kerr.TopicAuthorizationFailed, http.StatusServiceUnavailable, "kafka_error"},
		"corrupt":        {kerr.InvalidRecord, http.StatusServiceUnavailable, "kafka_error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(cfg *ingest.Config) { cfg.AnswerDeadline = 2 * time.Second })
			r.produceFails(c.with)
			a := r.post(loxPath, `{}`)
			if a.code != c.code || a.header.Get("Content-Type") != problemType || (c.code == http.StatusServiceUnavailable) != (a.header.Get("Retry-After") != "") {
				t.Errorf("%d %s %v", a.code, a.body, a.header)
			}
			r.counted(c.code, c.reason, 1)
		})
	}
}

// TestBufferFull: what does not fit beside the records that wait for Kafka is sent
// away at once, and taken when there is room again.
func TestBufferFull(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.MaxBufferedBytes = 4 << 10 })
	release, asked := make(chan struct{}), make(chan struct{}, 1)
	r.broker.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		asked <- struct{}{}
		<-release
		return nil, nil, false
	})
	big := `{"data":{"id":"1"},"x":"` + strings.Repeat("x", 3<<10) + `"}`
	first := make(chan answer, 1)
	go func() { first <- r.post(loxPath, big) }()
	<-asked
	if a := r.post(loxPath, big); a.code != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.code, a.body)
	}
	r.counted(http.StatusServiceUnavailable, "buffer_full", 1)
	if h := r.service.Health(); h.KafkaAwaySince != nil {
		t.Errorf("a full buffer was taken for an outage: %+v", h)
	}
	close(release)
	if a := <-first; a.code != http.StatusOK {
		t.Errorf("the first: %d %s", a.code, a.body)
	}
	if a := r.post(loxPath, big); a.code != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.code, a.body)
	}
}

// TestBeforeStart: a handler that is used too early refuses, and loses nothing.
func TestBeforeStart(t *testing.T) {
	t.Parallel()
	cfg := ingest.DefaultConfig()
	cfg.Sources = testSources("http://127.0.0.1:1")
	s, err := ingest.New(cfg, ingest.Deps{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, loxPath, strings.NewReader("{}")))
	if w.Code != http.StatusServiceUnavailable || s.Health().Ready {
		t.Errorf("%d, health %+v", w.Code, s.Health())
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestPanic: a fault of ours is a 500 like any other answer, counted and logged
// without its text, and gives back what it held.
func TestPanic(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	r := newRigWith(t, func(c *ingest.Config) { c.AccessLog = false }, func(d *ingest.Deps) {
		d.Now = func() time.Time {
			if armed.Load() && strings.Contains(string(debug.Stack()), ".read(") {
				panic("a text with a secret") //nolint:forbidigo // What is tried.
			}
			return time.Now()
		}
	})
	armed.Store(true)
	a := r.post(loxPath, `{}`)
	if a.code != http.StatusInternalServerError || a.header.Get("Content-Type") != problemType || strings.Contains(a.body, "a text with") {
		t.Errorf("%d %s", a.code, a.body)
	}
	r.counted(http.StatusInternalServerError, "internal", 1)
	armed.Store(false)
	if log := r.logs.String(); !strings.Contains(log, "a handler panicked") || strings.Contains(log, "a text with") {
		t.Errorf("the log: %s", log)
	}
	if n := r.gauge("tributary_ingest_in_flight_bytes"); n != 0 {
		t.Errorf("%v bytes are still reserved", n)
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("the next: %d", a.code)
	}
}

// TestForms: a form is for Unibell only, and must be one.
func TestForms(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	const form = "Content-Type: application/x-www-form-urlencoded"
	if a := r.post("/v1/unibell/uni/"+uniSecret, "&", form); a.code != http.StatusBadRequest {
		t.Errorf("no form: %d", a.code)
	}
	r.counted(http.StatusBadRequest, "not_form", 1)
	if a := r.post(flash, "sourceAddr=79001234567", form, "Authorization: Bearer "+callerToken); a.code != http.StatusUnsupportedMediaType {
		t.Errorf("a form for the relay: %d", a.code)
	}
	r.counted(http.StatusUnsupportedMediaType, "content_type", 1)
}

// TestNetworkCounted: who comes from elsewhere looks like who has no secret.
func TestNetworkCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.Sources[0].AllowNetworks = []string{"192.0.2.0/24"} })
	if a := r.post(loxPath, `{}`); a.code != http.StatusUnauthorized {
		t.Errorf("%d", a.code)
	}
	r.counted(http.StatusUnauthorized, "network", 1)
}

// TestRelayCallerGone: a call that was placed is recorded to its end, whether or not
// its caller waits for it.
func TestRelayCallerGone(t *testing.T) {
	t.Parallel()
	called, hungUp := make(chan struct{}), make(chan struct{})
	r := newRig(t, relayTo(provider(t, func(w http.ResponseWriter, _ *http.Request) {
		close(called)
		<-hungUp
		_, _ = io.WriteString(w, testdata(t, "unibell_ok.json"))
	})))
	w := r.wire()
	body := unibellRequest(t)
	w.say("POST " + flash + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + callerToken + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(body) + "0\r\n\r\n")
	<-called
	_ = w.Close()
	close(hungUp)
	record := r.records(schemas.RawUnibell, 2)[1]
	if e := envelope(t, record); e.Kind != raw.KindRelayAnswer || string(record.Value) != testdata(t, "unibell_ok.json") {
		t.Errorf("%+v: %s", e, record.Value)
	}
}
