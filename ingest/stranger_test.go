package ingest_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/ingest/intake"
	"github.com/tributary-hq/tributary/schemas"
)

const (
	payPath = "/v1/uapay/pay"
	small   = `{"data":{"id":"v"}}`
)

// goodPayment is a webhook that its body proves.
func goodPayment(tb testing.TB) string {
	tb.Helper()
	return tokenBody(sign(tb, jwt.SigningMethodHS256, []byte(payKey), testdata(tb, "uapay_sample_claims.json")))
}

// servedAll wants proven senders of both kinds to be served.
func (r *rig) servedAll() {
	r.t.Helper()
	if a := r.post(payPath, goodPayment(r.t)); a.code != http.StatusOK {
		r.t.Errorf("a payment: %d %s", a.code, a.body)
	}
	if a := r.post(loxPath, small); a.code != http.StatusOK {
		r.t.Errorf("a verification: %d %s", a.code, a.body)
	}
}

// await waits until a condition holds, which the test's deadline bounds.
func (r *rig) await(what string, holds func() bool) {
	r.t.Helper()
	for begun := time.Now(); !holds(); {
		if time.Since(begun) > 20*time.Second {
			r.t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// TestAnnouncedBodies: bodies that are announced and do not come take no room.
func TestAnnouncedBodies(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.ReadTimeout = time.Hour })
	const strangers = 128
	for range strangers {
		r.wire().begin(payPath, 512<<10)
	}
	if n := r.gauge("tributary_ingest_in_flight_bytes"); n > strangers*4<<10 {
		t.Errorf("%v bytes are taken by bodies of which nothing came", n)
	}
	r.servedAll()
}

// TestAnnouncedStreams is the same with the streams of one HTTP/2 connection.
func TestAnnouncedStreams(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) {
		c.TLS = a.files("one")
		c.TLS.ClientCAFile = ""
		c.ReadTimeout = time.Hour
	})
	r.secure(a).DisableKeepAlives = false
	stranger := r.client
	const streams = 250
	answers := make(chan error, streams)
	var bodies []*io.PipeWriter
	for range streams {
		body, more := io.Pipe()
		bodies = append(bodies, more)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+payPath, body)
		if err != nil {
			t.Fatal(err)
		}
		request.ContentLength = 512 << 10
		go func() {
			response, err := stranger.Do(request)
			if err == nil {
				err = response.Body.Close()
			}
			answers <- err
		}()
	}
	t.Cleanup(func() {
		for _, more := range bodies {
			_ = more.CloseWithError(io.ErrUnexpectedEOF)
		}
		for range streams {
			if err := <-answers; err == nil {
				t.Log("a stream was answered")
			}
		}
		stranger.CloseIdleConnections()
	})
	r.await("all streams are being read", func() bool { return r.gauge("tributary_ingest_in_flight_bytes") >= streams*4<<10 })
	r.secure(a) // connections of their own
	r.servedAll()
}

// TestStalledBodies: bodies that all but came use up the share of their address, where
// the oldest makes room; proven senders are served meanwhile, from that address too.
func TestStalledBodies(t *testing.T) {
	t.Parallel()
	const largest, total, strangers = 64 << 10, 1 << 20, 40
	r := newRig(t, func(c *ingest.Config) { c.ReadTimeout, c.MaxBodyBytes, c.MaxInFlightBytes = time.Hour, largest, total })
	var oldest *wire
	for i := range strangers {
		w := r.wire()
		w.begin(payPath, largest)
		if _, err := io.WriteString(w, strings.Repeat(" ", largest-1)); err != nil {
			t.Fatalf("stranger %d: %v", i, err)
		}
		if oldest == nil {
			oldest = w
		}
	}
	reason := map[string]string{"reason": "bodies_in_flight"}
	// An eighth is the address's: two bodies.
	r.await("all but two made room", func() bool { return r.counter("tributary_ingest_requests_total", reason) >= strangers-2 })
	if n := r.gauge("tributary_ingest_in_flight_bytes"); n > total/8 {
		t.Errorf("%v bytes are taken, more than the share of an address", n)
	}
	if code, _ := oldest.code(); code != http.StatusServiceUnavailable {
		t.Errorf("the oldest: %d", code)
	}
	oldest.closed()
	r.servedAll()
}

// TestStalledBodiesOfMany: many addresses use up the share of the source that they send
// to; its own sender is served meanwhile, and so are the other sources.
func TestStalledBodiesOfMany(t *testing.T) {
	t.Parallel()
	const largest, total, strangers = 64 << 10, 1 << 20, 40
	r := newRig(t, func(c *ingest.Config) {
		c.ReadTimeout, c.MaxBodyBytes, c.MaxInFlightBytes = time.Hour, largest, total
		c.TrustedProxies = []string{"127.0.0.1"}
	})
	for i := range strangers {
		w := r.wire()
		w.say(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.%d:%d\r\nContent-Length: %d\r\n\r\n", payPath, i, 1000+i, largest))
		if _, err := io.WriteString(w, strings.Repeat(" ", largest-1)); err != nil {
			t.Fatalf("stranger %d: %v", i, err)
		}
	}
	reason := map[string]string{"reason": "bodies_in_flight", "source": "pay"}
	// A quarter is the source's: four bodies.
	r.await("all but four made room", func() bool { return r.counter("tributary_ingest_requests_total", reason) >= strangers-4 })
	if n := r.gauge("tributary_ingest_in_flight_bytes"); n > total/4 {
		t.Errorf("%v bytes are taken, more than the share of a source", n)
	}
	r.servedAll()
	other := tokenBody(sign(t, jwt.SigningMethodHS256, []byte(payKeyOther), testdata(t, "uapay_sample_claims.json")))
	if a := r.post("/v1/uapay/pay-two", other); a.code != http.StatusOK {
		t.Errorf("another source: %d %s", a.code, a.body)
	}
}

// TestProvenBodiesWait: a body whose sender's secret is right makes no room, and what
// it takes is bounded too.
func TestProvenBodiesWait(t *testing.T) {
	t.Parallel()
	const largest = 4 << 10
	r := newRig(t, func(c *ingest.Config) { c.MaxBodyBytes, c.MaxInFlightBytes = largest, intake.Smallest(largest) })
	var open []*wire
	for range intake.Smallest(largest) / (4 << 10) {
		w := r.wire()
		w.begin(loxPath, len(small))
		open = append(open, w)
	}
	if a := r.post(loxPath, small); a.code != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", a.code, a.body)
	}
	for _, w := range open {
		w.say(small)
		if code, _ := w.code(); code != http.StatusOK {
			t.Errorf("one that came before: %d", code)
		}
	}
	if a := r.post(loxPath, small); a.code != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.code, a.body)
	}
	if n := r.gauge("tributary_ingest_in_flight_bytes"); n != 0 {
		t.Errorf("%v bytes are still taken", n)
	}
}

// TestRefusedAtOnce: a refusal does not wait for the rest of the body that it refuses.
func TestRefusedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.ReadTimeout = time.Hour })
	for name, c := range map[string]struct {
		path, framing string
		code          int
	}{
		"wrong secret":          {"/v1/lox24/lox/wrong", "Content-Length: 1000\r\n\r\n{", 401},
		"wrong secret, chunked": {"/v1/lox24/lox/wrong", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 401},
		"no route":              {"/favicon.ico", "Content-Length: 1000\r\n\r\n{", 404},
		"proven, of no type":    {loxPath, "Content-Type: text/plain\r\nContent-Length: 1000\r\n\r\n{", 415},
		"too large":             {payPath, "Content-Length: 1000000\r\n\r\n{", 413},
		"without a body":        {"/v1/lox24/lox/wrong", "Content-Length: 0\r\n\r\n", 401},
	} {
		w := r.wire()
		w.say("POST " + c.path + " HTTP/1.1\r\nHost: x\r\n" + c.framing)
		if code, _ := w.code(); code != c.code {
			t.Errorf("%s: %d, want %d", name, code, c.code)
		}
		w.closed()
	}
}

// TestIdleMakesRoom: with all slots taken, the longest unused connection makes room.
func TestIdleMakesRoom(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.MaxConnections = 2 })
	post := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(small), small)
	use := func(w *wire) {
		t.Helper()
		w.say(post)
		if code, _ := w.code(); code != http.StatusOK {
			t.Errorf("%d", code)
		}
	}
	older, newer := r.wire(), r.wire()
	use(older)
	use(newer)
	use(older) // no longer the longest unused
	third := r.wire()
	use(third)
	newer.closed()
	use(older)
	closed := r.counter("tributary_ingest_connections_closed_total", map[string]string{"reason": "room"})
	if closed != 1 || r.gauge("tributary_ingest_connections") != 2 || r.gauge("tributary_ingest_connections_limit") != 2 {
		t.Errorf("%v were closed, %v of %v are open", closed, r.gauge("tributary_ingest_connections"), r.gauge("tributary_ingest_connections_limit"))
	}
}

// TestProvenKeepsItsSlot: a connection with a proven request makes no room; a new one
// waits until that is answered.
func TestProvenKeepsItsSlot(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *ingest.Config) { c.MaxConnections = 1 })
	first := r.wire()
	first.begin(loxPath, len(small))
	second := r.wire()
	second.say(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(small), small))
	first.say(small)
	if code, _ := first.code(); code != http.StatusOK {
		t.Errorf("the first: %d", code)
	}
	if code, _ := second.code(); code != http.StatusOK {
		t.Errorf("the second: %d", code)
	}
	// The first one's record lies before the second's only if that one waited.
	records := r.records(schemas.RawLOX24, 2)
	if records[0].Offset+1 != records[1].Offset {
		t.Errorf("%d and %d", records[0].Offset, records[1].Offset)
	}
}

// TestAddressBound: an address has so many connections, except behind a listed proxy.
func TestAddressBound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		proxies []string
		open    float64
	}{
		"strangers": {nil, 3},
		"a proxy":   {[]string{"127.0.0.1"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(cfg *ingest.Config) { cfg.MaxConnectionsPerAddress, cfg.TrustedProxies = 2, c.proxies })
			other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
			conn, err := other.DialContext(t.Context(), "tcp", r.service.Addr())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = conn.Close() })
			wires := []*wire{r.wire(), r.wire(), r.wire(), r.wire()}
			last := wires[3]
			last.begin(loxPath, len(small))
			if n := r.gauge("tributary_ingest_connections"); n != c.open {
				t.Errorf("%v are open, want %v", n, c.open)
			}
			if c.proxies == nil {
				wires[0].closed()
				wires[1].closed()
			}
			last.say(small)
			if code, _ := last.code(); code != http.StatusOK {
				t.Errorf("%d", code)
			}
		})
	}
}

// TestIdleSecured: connections that say nothing make room under TLS, too.
func TestIdleSecured(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) {
		c.TLS = a.files("one")
		c.TLS.ClientCAFile = ""
		c.MaxConnections = 2
	})
	config := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}
	for range 4 {
		conn, err := tls.Dial("tcp", r.service.Addr(), config)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	r.secure(a)
	r.servedAll()
}

// TestRefusedStream: with HTTP/2, too, a refusal does not wait for the rest of the body,
// and the connection goes on for others.
func TestRefusedStream(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	r := newRig(t, func(c *ingest.Config) {
		c.TLS = a.files("one")
		c.TLS.ClientCAFile = ""
		c.ReadTimeout = time.Hour
	})
	r.secure(a).DisableKeepAlives = false
	t.Cleanup(r.client.CloseIdleConnections)
	body, more := io.Pipe()
	t.Cleanup(func() { _ = more.Close() })
	go func() { _, _ = io.WriteString(more, "{") }()
	if got := r.send(http.MethodPost, "/v1/lox24/lox/wrong", body); got.code != http.StatusUnauthorized {
		t.Errorf("%d", got.code)
	}
	if got := r.post(loxPath, small); got.code != http.StatusOK {
		t.Errorf("the next: %d %s", got.code, got.body)
	}
	if n := r.gauge("tributary_ingest_connections"); n != 1 {
		t.Errorf("%v connections", n)
	}
}
