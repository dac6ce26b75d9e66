package intake_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"go.uber.org/goleak"

	"github.com/tributary-hq/tributary/ingest/intake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":              {"192.0.2.1:1", []string{"203.0.113.7"}, "192.0.2.1"},
		"nothing forwarded":     {"127.0.0.1:1", nil, "127.0.0.1"},
		"forwarded":             {"127.0.0.1:1", []string{"203.0.113.7"}, "203.0.113.7"},
		"with a port":           {"127.0.0.1:1", []string{"203.0.113.7:51234"}, "203.0.113.7"},
		"IPv6":                  {"[2001:db8:1::1]:1", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 with a port":      {"127.0.0.1:1", []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		"IPv6 in brackets":      {"127.0.0.1:1", []string{"[2001:db8::7]"}, "2001:db8::7"},
		"a zone":                {"127.0.0.1:1", []string{"[fe80::1%eth0]:443"}, "fe80::1"},
		"a mapped IPv4":         {"[::ffff:127.0.0.1]:1", []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		"the last stranger":     {"127.0.0.1:1", []string{"192.0.2.7, 203.0.113.7:1,127.0.0.2:2"}, "203.0.113.7"},
		"several lines":         {"127.0.0.1:1", []string{"192.0.2.7", "203.0.113.7", "127.0.0.2"}, "203.0.113.7"},
		"empty elements":        {"127.0.0.1:1", []string{"203.0.113.7, ,", ""}, "203.0.113.7"},
		"proxies only":          {"127.0.0.1:1", []string{"127.0.0.3, 127.0.0.2"}, "127.0.0.3"},
		"no address":            {"127.0.0.1:1", []string{"203.0.113.7, hidden"}, "invalid IP"},
		"a port of five":        {"127.0.0.1:1", []string{"203.0.113.7:99999"}, "invalid IP"},
		"hidden by a stranger":  {"127.0.0.1:1", []string{"hidden, 203.0.113.7"}, "203.0.113.7"},
		"an address of no kind": {"a pipe", nil, "invalid IP"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forwarded
		if got := intake.Address(r, proxies).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// sender is a request whose body comes in parts; the deadline that has passed ends it.
type sender struct {
	http.ResponseWriter

	body *io.PipeReader
}

func (s *sender) SetReadDeadline(time.Time) error {
	return s.body.CloseWithError(os.ErrDeadlineExceeded)
}

func value(tb testing.TB, g prometheus.Metric) int64 {
	tb.Helper()
	var m dto.Metric
	if err := g.Write(&m); err != nil {
		tb.Fatal(err)
	}
	return int64(m.GetGauge().GetValue())
}

// TestBodiesInAnyOrder: whatever senders do at once, no more room is taken than there is,
// a body comes whole or not at all, a proven one is never given up for another, and all
// room is given back.
func TestBodiesInAnyOrder(t *testing.T) {
	t.Parallel()
	const largest, senders, each = 16 << 10, 16, 50
	total := intake.Smallest(largest)
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"})
	bodies := intake.NewBodies(total, largest, gauge)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var group sync.WaitGroup
	for n := range senders {
		group.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(n)))
			for range each {
				text := strings.Repeat("x", random.IntN(largest+largest/8))
				source, from := "s", netip.AddrFrom4([4]byte{192, 0, 2, byte(random.IntN(3))})
				read, write := io.Pipe()
				r := httptest.NewRequest(http.MethodPost, "/", read)
				if r.ContentLength = int64(len(text)); random.IntN(3) == 0 {
					r.ContentLength = -1
				}
				proven := random.IntN(2) == 0
				group.Go(func() { _, _ = io.WriteString(write, text); _ = write.Close() })
				var body intake.Body
				if proven {
					body.Prove()
				}
				got, err := body.Read(bodies, &sender{ResponseWriter: httptest.NewRecorder(), body: read}, r, source, from)
				if used := value(t, gauge); used > total {
					t.Errorf("%d of %d bytes are taken", used, total)
				}
				switch {
				case err == nil && string(got) != text:
					t.Errorf("a body of %d bytes came as %d", len(text), len(got))
				case errors.Is(err, intake.ErrTooLarge) != (len(text) > largest) && err == nil:
					t.Errorf("%d bytes: %v", len(text), err)
				case err != nil && !errors.Is(err, intake.ErrNoRoom) && !errors.Is(err, intake.ErrTooLarge):
					t.Errorf("%d bytes: %v", len(text), err)
				}
				if !proven && random.IntN(2) == 0 {
					body.Prove()
				}
				body.Release()
				_ = read.Close()
			}
		})
	}
	group.Wait()
	if used := value(t, gauge); used != 0 {
		t.Errorf("%d bytes are still taken", used)
	}
}

// TestConnectionsAtOnce: however many come at once, no more are open than there are
// slots, and all slots are given back.
func TestConnectionsAtOnce(t *testing.T) {
	t.Parallel()
	const slots, dialers, each = 4, 8, 25
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"})
	listener := intake.NewConnections(inner, intake.ConnectionsConfig{Max: slots, PerAddress: 3, Open: gauge})
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if open := value(t, gauge); open > slots {
				t.Errorf("%d connections are open", open)
			}
			served.Go(func() {
				c, ok := conn.(*intake.Conn)
				if !ok {
					t.Error("another connection than the listener's")
				}
				c.Begin()
				_, _ = io.Copy(conn, conn)
				c.End()
				_ = conn.Close()
			})
		}
	})
	var clients sync.WaitGroup
	for range dialers {
		clients.Go(func() {
			for range each {
				conn, err := net.Dial("tcp", inner.Addr().String())
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.WriteString(conn, "x")
				_ = conn.Close()
			}
		})
	}
	clients.Wait()
	_ = listener.Close()
	served.Wait()
	if open := value(t, gauge); open != 0 {
		t.Errorf("%d slots are not given back", open)
	}
}
