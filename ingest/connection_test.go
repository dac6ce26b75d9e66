package ingest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// wire is a connection that speaks bytes.
type wire struct {
	net.Conn

	t       *testing.T
	answers *bufio.Reader
}

func (r *rig) wire() *wire {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.service.Addr())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return &wire{Conn: conn, t: r.t, answers: bufio.NewReader(conn)}
}

func (w *wire) say(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		w.t.Fatal(err)
	}
}

// code reads an answer and returns its status code, and its request id.
func (w *wire) code() (code int, id string) {
	w.t.Helper()
	response, err := http.ReadResponse(w.answers, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode, response.Header.Get(ingest.HeaderRequestID)
}

// closed wants the server to end the connection without another word.
func (w *wire) closed() {
	w.t.Helper()
	if text, err := io.ReadAll(w.answers); len(text) > 0 {
		w.t.Errorf("more was said: %.100q %v", text, err)
	}
}

// begin sends the head of a request and waits until the server asks for the body:
// from then on the request is accepted.
func (w *wire) begin(path string, length int) {
	w.t.Helper()
	w.say(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", path, length))
	if line, err := w.answers.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		w.t.Fatalf("%q %v", line, err)
	}
	_, _ = w.answers.ReadString('\n')
}

const head = "POST " + loxPath + " HTTP/1.1\r\nHost: x\r\n"

// TestDisconnect: a sender that goes away in the middle of a body leaves nothing,
// and gives its room back.
func TestDisconnect(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for _, framing := range []string{"Content-Length: 400000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"da"} {
		w := r.wire()
		w.say(head + framing)
		_ = w.Close()
	}
	// The handlers end on their own time; the counter tells when.
	for r.counter("tributary_ingest_requests_total", map[string]string{"reason": "body_cut"})+
		r.counter("tributary_ingest_requests_total", map[string]string{"reason": "bodies_in_flight"}) < 2 {
		if t.Context().Err() != nil {
			t.Fatal("not counted")
		}
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("the next: %d %s", a.code, a.body)
	}
	if n := r.gauge("tributary_ingest_in_flight_bytes"); n != 0 {
		t.Errorf("%v bytes are still reserved", n)
	}
	if n := r.counter("tributary_ingest_records_total", nil); n != 1 {
		t.Errorf("%v records", n)
	}
}

// TestPipelined: requests that come before their answers are answered in turn.
func TestPipelined(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	w := r.wire()
	post := func(id string) string {
		body := `{"data":{"id":"` + id + `"}}`
		return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
	}
	w.say(post("a") + post("b") + post("c") + "GET " + loxPath + " HTTP/1.1\r\nHost: x\r\n\r\n" + post("d"))
	ids := map[string]string{}
	for i, want := range []int{200, 200, 200, 405} {
		code, id := w.code()
		if code != want {
			t.Errorf("answer %d: %d, want %d", i, code, want)
		}
		ids[id] = [...]string{"lox24:a", "lox24:b", "lox24:c", ""}[i]
	}
	w.closed() // nothing more is read behind a refusal
	for _, record := range r.records(schemas.RawLOX24, 3) {
		if e := envelope(t, record); ids[e.RequestID] != string(record.Key) {
			t.Errorf("the answer to %s was of %s", record.Key, ids[e.RequestID])
		}
	}
}

// TestSmuggling: a request whose length can be read in two ways is not read.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for name, framing := range map[string]string{
		"two lengths":       "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		"negative length":   "Content-Length: -2\r\n\r\n{}",
		"folded header":     "Content-Length: 2\r\nX: a\r\n b\r\n\r\n{}", // joined by net/http, then harmless
		"unknown encoding":  "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"chunk of no size":  "Transfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n",
		"space in the name": "Content-Length : 2\r\n\r\n{}",
	} {
		w := r.wire()
		w.say(head + framing)
		code, _ := w.code()
		if want := map[bool]int{true: 200, false: 400}[name == "folded header"]; code != want && (code != http.StatusNotImplemented || want == 200) {
			t.Errorf("%s: %d", name, code)
		}
	}
	if n := r.counter("tributary_ingest_records_total", nil); n != 1 {
		t.Errorf("%v records", n)
	}
}

// TestHeaderBomb: headers beyond the limit are refused before anything is done.
func TestHeaderBomb(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for name, bomb := range map[string]string{
		"one header":   "X: " + strings.Repeat("a", 64<<10) + "\r\n",
		"many headers": strings.Repeat("X: a\r\n", 8<<10),
		"a long path":  "",
	} {
		w := r.wire()
		start := head
		if bomb == "" {
			start = "POST " + loxPath + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\n"
		}
		_, _ = io.WriteString(w, start+bomb+"Content-Length: 2\r\n\r\n{}")
		if code, _ := w.code(); code != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: %d", name, code)
		}
	}
	if n := r.counter("tributary_ingest_requests_total", nil); n != 0 {
		t.Errorf("%v requests were handled", n)
	}
	if a := r.post(loxPath, `{}`); a.code != http.StatusOK {
		t.Errorf("the next: %d", a.code)
	}
}

// TestSlowloris: heads that never end lose their connection, so that others get it.
func TestSlowloris(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.MaxConnections, c.ReadHeaderTimeout = 3, 200*time.Millisecond })
	for range 3 {
		w := r.wire()
		w.say("POST " + loxPath + " HTTP/1.1\r\nHost: x\r\nX: ")
	}
	w := r.wire() // waits in the kernel's queue for one of the three to end
	w.say(head + "Connection: close\r\nContent-Length: 2\r\n\r\n{}")
	if code, _ := w.code(); code != http.StatusOK {
		t.Errorf("%d", code)
	}
	w.closed()
	idle := r.wire()
	idle.closed()
}

// TestReloadInFlight: a request is judged by the secrets it began with, also when
// they are gone before its body is there.
func TestReloadInFlight(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	body := tokenBody(sign(t, jwt.SigningMethodHS256, []byte(payKey), testdata(t, "uapay_sample_claims.json")))
	w := r.wire()
	w.begin("/v1/uapay/pay", len(body))
	w.say(body[:10])
	sources := testSources("http://127.0.0.1:1")
	sources[1].Secrets = []ingest.Secret{secret("k2", "a-newer-key")}
	if err := r.service.Reload(sources); err != nil {
		t.Fatal(err)
	}
	w.say(body[10:])
	if code, _ := w.code(); code != http.StatusOK {
		t.Errorf("in flight: %d", code)
	}
	if a := r.post("/v1/uapay/pay", body); a.code != http.StatusUnauthorized {
		t.Errorf("afterwards: %d", a.code)
	}
}

// chunk is one chunk of a body without a length.
func chunk(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }
