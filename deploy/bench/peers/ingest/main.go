// Command ingest is the smallest server that keeps UAPAY's webhooks in Kafka:
// verify the token, write the body under the payment's id with all acknowledgements, then
// answer 200. It has no limits, no health checks, no metrics and no second provider: they
// are the difference in cost to tributary ingest. lab bench peers builds and runs it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kgo"
)

// maxBody is the limit of a body in bytes.
const maxBody = 1 << 20

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, log)
	stop()
	if err != nil {
		log.Error("ended", slog.String("error", err.Error()))
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

// run serves until the context ends.
func run(ctx context.Context, log *slog.Logger) error {
	brokers := flag.String("brokers", "127.0.0.1:9092", "bootstrap servers, separated by commas")
	topic := flag.String("topic", "raw.uapay.v1", "topic of the bodies")
	secret := flag.String("secret", "", "secret of the tokens: made up, so it may be seen")
	linger := flag.Duration("linger", 0, "how long a record waits for others")
	flag.Parse()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(*brokers, ",")...), kgo.DefaultProduceTopic(*topic), kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(*linger), kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.RecordDeliveryTimeout(10*time.Second),
	)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	if err := client.Ping(ctx); err != nil {
		return fmt.Errorf("reach Kafka: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	log.InfoContext(ctx, "ingest is listening", slog.String("address", listener.Addr().String()))
	s := &server{client: client, secret: []byte(*secret), parser: jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}))}
	web := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	// Ends with Close below.
	go func() {
		<-ctx.Done()
		_ = web.Close()
	}()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

type server struct {
	client *kgo.Client
	secret []byte
	parser *jwt.Parser
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	var envelope struct {
		Token string `json:"token"`
	}
	var claims struct {
		jwt.RegisteredClaims

		PaymentID string `json:"paymentId"` //nolint:tagliatelle // the provider's name
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		http.Error(w, "the body is no JSON", http.StatusBadRequest)
		return
	}
	if _, err := s.parser.ParseWithClaims(envelope.Token, &claims, func(*jwt.Token) (any, error) { return s.secret, nil }); err != nil {
		http.Error(w, "the token is not valid", http.StatusUnauthorized)
		return
	}
	acked := make(chan error, 1)
	// ProduceSync would end the linger at once.
	s.client.Produce(r.Context(), &kgo.Record{Key: []byte(claims.PaymentID), Value: body}, func(_ *kgo.Record, err error) { acked <- err })
	if err := <-acked; err != nil {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "not stored", http.StatusServiceUnavailable)
	}
}
