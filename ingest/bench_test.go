package ingest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/schemas"
)

// BenchmarkHandler runs the whole path of a webhook but the socket: proof, key,
// record, and the acknowledgement of a broker that keeps nothing.
func BenchmarkHandler(b *testing.B) {
	claims := testdata(b, "uapay_sample_claims.json")
	for name, c := range map[string]struct{ path, body string }{
		"lox24":      {loxPath, testdata(b, "lox24_success.json")},
		"uapay":      {"/v1/uapay/pay", tokenBody(sign(b, jwt.SigningMethodHS256, []byte(payKey), claims))},
		"voximplant": {"/v1/voximplant/vox", callbacks(1)},
	} {
		b.Run(name, func(b *testing.B) {
			h := benchmarkHandler(b)
			b.ReportAllocs()
			b.SetParallelism(256) // so that the linger is not what is measured
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
		})
	}
}

func benchmarkHandler(b *testing.B) http.Handler {
	b.Helper()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BlackholeProduce(),
		kfake.SeedTopics(1, schemas.RawLOX24, schemas.RawUAPAY, schemas.RawVoximplant))
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
	return s.Handler()
}
