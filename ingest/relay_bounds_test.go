package ingest_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

const bearer = "Authorization: Bearer "

// rawProvider stands for whatever listens at the provider's address: it answers a
// request with bytes and holds the connection until the other side closes it.
func rawProvider(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				request, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, request.Body)
				answer(conn)
				_, _ = io.Copy(io.Discard, conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// TestRelayAnswersWithoutEnd: a status below 200, an endless body or endless headers
// end within the relay's timeout; nothing stays behind that a stop would wait for.
func TestRelayAnswersWithoutEnd(t *testing.T) {
	t.Parallel()
	forever := func(conn net.Conn, head, again string) {
		_, err := io.WriteString(conn, head)
		for err == nil {
			_, err = io.WriteString(conn, again)
		}
	}
	for name, c := range map[string]struct {
		answer func(net.Conn)
		code   int
		status int
	}{
		"101": {func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n{}")
		}, http.StatusBadGateway, 101},
		"101, plain":     {func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 101 x\r\n\r\n") }, http.StatusBadGateway, 101},
		"103 and silent": {func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 103 Early Hints\r\n\r\n") }, http.StatusGatewayTimeout, 0},
		"endless 100":    {func(conn net.Conn) { forever(conn, "", "HTTP/1.1 100 Continue\r\n\r\n") }, 0, 0},
		"endless header": {func(conn net.Conn) { forever(conn, "HTTP/1.1 200 OK\r\n", "X-A: b\r\n") }, 0, 0},
		"endless body":   {func(conn net.Conn) { forever(conn, "HTTP/1.1 200 OK\r\n\r\n", "{}        ") }, 0, 200},
		"stalled body":   {func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{") }, http.StatusGatewayTimeout, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := rawProvider(t, c.answer)
			r := newRig(t, func(cfg *ingest.Config) {
				cfg.Sources = testSources(url)
				cfg.Sources[4].Relay.Timeout = time.Second
			})
			a := r.post(flash, unibellRequest(t), bearer+callerToken)
			if c.code != 0 && a.code != c.code || a.code < http.StatusBadGateway {
				t.Errorf("%d %s, want %d", a.code, a.body, c.code)
			}
			record := r.records(schemas.RawUnibell, 2)[1]
			if e := envelope(t, record); e.Status != c.status || header(record, raw.HeaderError) == "" {
				t.Errorf("recorded: %+v, error %q", e, header(record, raw.HeaderError))
			}
			if n := r.gauge("tributary_ingest_in_flight_bytes"); n != 0 {
				t.Errorf("%v bytes are still reserved", n)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			if err := r.service.Stop(ctx); err != nil {
				t.Errorf("stop: %v", err)
			}
		})
	}
}

// callers returns two callers' tokens before a provider that counts its calls.
func callers(t *testing.T, change func(*ingest.Source)) (*rig, *atomic.Int64) {
	t.Helper()
	calls := new(atomic.Int64)
	url := provider(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		_, _ = io.WriteString(w, `{"status":"ok","requestId":"q"}`)
	})
	r := newRig(t, func(cfg *ingest.Config) {
		cfg.Sources = testSources(url)
		s := &cfg.Sources[4]
		s.Relay.Callers = append(s.Relay.Callers, secret("other", "other-token"))
		change(s)
	})
	return r, calls
}

// TestCallersBurst: a caller's burst is its own: it takes nothing from another caller,
// and the provider's status callbacks are never refused for it.
func TestCallersBurst(t *testing.T) {
	t.Parallel()
	r, calls := callers(t, func(s *ingest.Source) {
		s.Rate, s.Burst = 0.001, 2 // the provider's
		s.Relay.Rate, s.Relay.Burst = 0.001, 3
	})
	for range 10 {
		r.post(flash, unibellRequest(t), bearer+callerToken)
	}
	if a := r.post(flash, unibellRequest(t), bearer+callerToken); a.code != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("the caller: %d %s", a.code, a.body)
	}
	if a := r.post(flash, unibellRequest(t), bearer+"other-token"); a.code != http.StatusOK {
		t.Errorf("the other caller: %d %s", a.code, a.body)
	}
	if n := calls.Load(); n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
	for range 2 {
		if a := r.post("/v1/unibell/uni/"+uniSecret, `{"reference":"r","status":"DELIVERED"}`); a.code != http.StatusOK {
			t.Errorf("the provider's callback: %d %s", a.code, a.body)
		}
	}
	r.counted(http.StatusTooManyRequests, "caller_rate", 8)
}

// TestCallersDay: a caller places so many calls a day, a reload does not begin it anew,
// and what is not placed is not counted.
func TestCallersDay(t *testing.T) {
	t.Parallel()
	r, calls := callers(t, func(s *ingest.Source) { s.Relay.Burst, s.Relay.DailyCalls = 100, 3 })
	for range 2 {
		r.post(flash, unibellRequest(t), bearer+callerToken)
		r.post(flash, `{}`, bearer+callerToken)
	}
	if err := r.service.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r.post(flash, unibellRequest(t), bearer+callerToken)
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
	r.counted(http.StatusTooManyRequests, "caller_daily", 2)
	if a := r.post(flash, unibellRequest(t), bearer+"other-token"); a.code != http.StatusOK {
		t.Errorf("the other caller: %d %s", a.code, a.body)
	}
}

// TestRelayDropsFields: what the provider doesn't document is neither sent nor
// recorded, and counted.
func TestRelayDropsFields(t *testing.T) {
	t.Parallel()
	var got string
	r := newRig(t, relayTo(provider(t, func(w http.ResponseWriter, request *http.Request) {
		text, _ := io.ReadAll(request.Body)
		got = string(text)
		_, _ = io.WriteString(w, `{"status":"ok","requestId":"q"}`)
	})))
	a := r.post(flash, `{"number":"+882","reference":"r","sourceAddr":"79261234567","destAddr":"74951234567","code":"1234"}`, bearer+callerToken)
	const want = `{"reference":"r","sourceAddr":"79261234567","destAddr":"74951234567","code":"1234"}`
	if a.code != http.StatusOK || got != want {
		t.Errorf("%d, the provider got %s", a.code, got)
	}
	if record := r.records(schemas.RawUnibell, 2)[0]; string(record.Value) != want {
		t.Errorf("recorded: %s", record.Value)
	}
	if n := r.counter("tributary_ingest_relay_dropped_fields_total", map[string]string{"caller": "app"}); n != 1 {
		t.Errorf("%v dropped fields are counted", n)
	}
}
