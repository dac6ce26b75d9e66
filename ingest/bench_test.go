package ingest_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// webhook is one to be sent again and again.
type webhook struct{ path, body string }

func benchmarkWebhooks(b *testing.B) map[string]webhook {
	b.Helper()
	claims := testdata(b, "uapay_sample_claims.json")
	return map[string]webhook{
		"lox24":      {loxPath, testdata(b, "lox24_success.json")},
		"uapay":      {"/v1/uapay/pay", tokenBody(sign(b, jwt.SigningMethodHS256, []byte(payKey), claims))},
		"voximplant": {"/v1/voximplant/vox", callbacks(1)},
		"unibell":    {"/v1/unibell/uni/" + uniSecret, `{"requestId":"e0965a38ef9c72d8156d3a157a8a50d0","reference":"order-17","status":"DELIVERED"}`},
	}
}

// BenchmarkHandler runs the whole path of a webhook but the socket: proof, key,
// record, and the acknowledgement of a broker that keeps nothing. The CPU is that of
// the test's request and of the broker's part too.
func BenchmarkHandler(b *testing.B) {
	for name, c := range benchmarkWebhooks(b) {
		b.Run(name, func(b *testing.B) {
			h := benchmarkService(b).Handler()
			b.ReportAllocs()
			b.SetParallelism(256) // so that the linger is not what is measured
			spent := cpu(b)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, c.path, strings.NewReader(c.body)))
					if w.Code != http.StatusOK {
						body, _ := io.ReadAll(w.Body)
						b.Errorf("%d %s", w.Code, body)
						return
					}
				}
			})
			b.ReportMetric(float64(cpu(b)-spent)/float64(b.N), "cpu-ns/op")
		})
	}
}

// BenchmarkSocket sends the same over connections that are kept, from a client that
// writes bytes made before and looks at the status only.
func BenchmarkSocket(b *testing.B) {
	for name, c := range benchmarkWebhooks(b) {
		b.Run(name, func(b *testing.B) {
			s := benchmarkService(b)
			request := "POST " + c.path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
				strconv.Itoa(len(c.body)) + "\r\n\r\n" + c.body
			b.ReportAllocs()
			b.SetParallelism(32)
			spent := cpu(b)
			b.RunParallel(func(pb *testing.PB) {
				conn, err := net.Dial("tcp", s.Addr())
				if err != nil {
					b.Error(err)
					return
				}
				defer func() { _ = conn.Close() }()
				answers := bufio.NewReader(conn)
				for pb.Next() {
					if _, err := io.WriteString(conn, request); err != nil {
						b.Error(err)
						return
					}
					if err := skimAnswer(answers); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(cpu(b)-spent)/float64(b.N), "cpu-ns/op")
		})
	}
}

// skimAnswer reads an answer and wants a 200.
func skimAnswer(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		switch text := string(line); {
		case first && !strings.HasPrefix(text, "HTTP/1.1 200 "):
			return &net.ParseError{Type: "answer", Text: text}
		case strings.HasPrefix(text, "Content-Length: "):
			if length, err = strconv.Atoi(strings.TrimSpace(text[len("Content-Length: "):])); err != nil {
				return err
			}
		case text == "\r\n":
			_, err = r.Discard(length)
			return err
		}
	}
}

// cpu returns the CPU time of the process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchmarkService(b *testing.B) *ingest.Service {
	b.Helper()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BlackholeProduce(),
		kfake.SeedTopics(1, schemas.RawLOX24, schemas.RawUAPAY, schemas.RawVoximplant, schemas.RawUnibell))
	if err != nil {
		b.Fatal(err)
	}
	cfg := ingest.DefaultConfig()
	cfg.Listen, cfg.AccessLog, cfg.Sources = "127.0.0.1:0", false, testSources("http://127.0.0.1:1")
	s, err := ingest.New(cfg, ingest.Deps{Kafka: []kgo.Opt{kgo.SeedBrokers(broker.ListenAddrs()...)}})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			b.Error(err)
		}
		broker.Close()
	})
	return s
}
