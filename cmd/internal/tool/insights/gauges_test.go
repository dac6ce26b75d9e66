package insights_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestGauges: the signals that hold are counted, and a withdrawn one no more. A scorecard holds
// on its day and the next.
func TestGauges(t *testing.T) {
	t.Parallel()
	stack, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	kafka := []kgo.Opt{kgo.SeedBrokers(stack.Brokers()...)}
	client, err := kgo.NewClient(kafka...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 2, 1, nil, schemas.Signals); err != nil {
		t.Fatal(err)
	}
	put := func(topic, key string, record interface {
		AppendAvro(dst []byte) ([]byte, error)
	},
	) {
		value, err := record.AppendAvro(wire.AppendPlaceholder(nil))
		if err == nil {
			err = client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Key: []byte(key), Value: value}).FirstErr()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	claim := avro.Signal{
		SignalID: "PUMPING/UA", Kind: avro.SignalKindPumping, State: avro.SignalStateRaised, Severity: avro.SignalSeverityCritical, Claim: "c",
		AsOf: day(30), RaisedAt: day(30), UpdatedAt: day(30), ProcessedAt: day(30), Revision: 1,
	}
	put(schemas.Signals, claim.SignalID, &claim)
	for _, on := range []int{27, 28, 29} {
		card := claim
		card.SignalID, card.Kind, card.Severity, card.EvidenceSince = "PROVIDER_SCORECARD/lox24/"+day(on).Format(time.DateOnly), avro.SignalKindProviderScorecard, avro.SignalSeverityWarning, avro.Some(day(on))
		put(schemas.Signals, card.SignalID, &card)
	}
	g := insights.NewGauges(scan.Config{Kafka: kafka}, schemas.Names{}, 10*time.Millisecond, slog.New(slog.DiscardHandler), func() time.Time { return day(30) })
	if found := gather(t, g); len(found) != 0 {
		t.Errorf("%v before the first reading", found)
	}
	if err := g.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Stop(t.Context()) })
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	expect := func(open float64) {
		t.Helper()
		for found := gather(t, g); ; found = gather(t, g) {
			if len(found) == 12 && found["PUMPING CRITICAL"] == open && found["ACCOUNT_RUNWAY WARNING"] == 0 && found["PROVIDER_SCORECARD WARNING"] == 1 {
				return
			}
			select {
			case <-ticker.C:
			case <-t.Context().Done():
				t.Fatalf("gathered %v, want %v open", found, open)
			}
		}
	}
	expect(1)
	claim.State, claim.Revision = avro.SignalStateWithdrawn, 2
	put(schemas.Signals, claim.SignalID, &claim)
	expect(0)
}

// gather returns the samples by their labels' values.
func gather(t *testing.T, g *insights.Gauges) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(g)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			out[strings.Join(labels, " ")] = m.GetGauge().GetValue()
		}
	}
	return out
}
