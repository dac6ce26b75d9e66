package tracing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"github.com/tributary-hq/tributary/cmd/internal/cli/tracing"
)

// collectorAway takes no spans while it is away.
type collectorAway struct{ away bool }

func (c *collectorAway) ExportSpans(context.Context, []sdk.ReadOnlySpan) error {
	if c.away {
		return errors.New("connection refused")
	}
	return nil
}

func (*collectorAway) Shutdown(context.Context) error { return nil }

// TestSaidOnce: an outage is a line at its begin, one every ten minutes, and one at its
// end, however often a batch of spans is lost.
func TestSaidOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		collector := &collectorAway{}
		began := time.Now()
		provider := sdk.NewTracerProvider(sdk.WithBatcher(tracing.Quiet(collector, slog.New(slog.NewJSONHandler(&log, nil)), time.Now), sdk.WithBatchTimeout(5*time.Second)))
		batches := func(n int) {
			for range n {
				_, span := provider.Tracer("test").Start(t.Context(), "span")
				span.End()
				time.Sleep(5 * time.Second)
				synctest.Wait()
			}
		}
		batches(3)
		collector.away = true
		batches(300) // 25 minutes
		collector.away = false
		batches(3)
		collector.away = true
		batches(2)
		if err := provider.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		var got []string
		for line := range bytes.Lines(log.Bytes()) {
			var l struct {
				Time     time.Time
				Msg      string
				Failures int
			}
			if err := json.Unmarshal(line, &l); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%v %.21s %d", l.Time.Sub(began).Round(time.Minute), l.Msg, l.Failures))
		}
		want := []string{
			"0s traces were not sent: 1", "10m0s traces were not sent: 120", "20m0s traces were not sent: 120",
			"25m0s traces are sent again 300", "26m0s traces were not sent: 1",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the log (-want +got):\n%s\n%s", diff, log.String())
		}
	})
}
