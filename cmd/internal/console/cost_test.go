package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/console"
	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// meter counts the requests of the console to Kafka, and the bytes of the answers.
type meter struct {
	mu       sync.Mutex
	requests int64
	bytes    int64
}

// OnBrokerWrite implements kgo.HookBrokerWrite.
func (m *meter) OnBrokerWrite(kgo.BrokerMetadata, int16, int, time.Duration, time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
}

// OnBrokerRead implements kgo.HookBrokerRead.
func (m *meter) OnBrokerRead(_ kgo.BrokerMetadata, _ int16, bytes int, _, _ time.Duration, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += int64(bytes)
}

func (m *meter) read() (requests, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.requests, m.bytes
}

// cost is a console over a broker on a virtual network, in virtual time, with traffic.
type cost struct {
	meter   meter
	handler http.Handler
	client  *kgo.Client
	names   schemas.Names
}

func newCost(t *testing.T) *cost {
	t.Helper()
	var network kfake.VirtualNetwork
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(9092), kfake.ListenFn(network.Listen))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	kafka := []kgo.Opt{kgo.SeedBrokers("127.0.0.1:9092"), kgo.Dialer(network.DialContext)}
	c := &cost{names: schemas.Names{Prefix: "cost."}}
	if c.client, err = kgo.NewClient(kafka...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.client.Close)
	want := topics.DefaultConfig()
	want.ReplicationFactor, want.MinInsyncReplicas = 1, 1
	admin := kadm.NewClient(c.client)
	changes, err := topics.Diff(t.Context(), admin, topics.Want(&want, c.names))
	if err == nil {
		err = topics.Apply(t.Context(), admin, 1, changes, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	settings := config.Default()
	settings.Kafka.Prefix = c.names.Prefix
	server, err := console.New(console.Config{
		Listen: "127.0.0.1:0", Access: access.Config{Anonymous: access.Viewer},
		Feed: feed.Config{Kafka: append(kafka, kgo.WithHooks(&c.meter)), Names: c.names, Own: settings.OwnGroups(nil)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	c.handler = server.Handler()
	return c
}

// traffic writes raw records, journeys, commits, and the ledger and dead letters once a minute.
func (c *cost) traffic(ctx context.Context, t *testing.T) {
	t.Helper()
	admin := kadm.NewClient(c.client)
	for n := int64(0); ctx.Err() == nil; n++ {
		entry := avro.LedgerEntry{Provider: "lox24", Minute: time.Now().Truncate(time.Minute), ProcessedAt: time.Now(), Topic: "raw.lox24.v1", Accepted: 1, Decoded: 1}
		ledger, err := entry.AppendAvro(wire.Append(nil, 1))
		if err != nil {
			t.Error(err)
			return
		}
		key := fmt.Appendf(nil, "lox24:%d", n)
		records := []*kgo.Record{{Topic: c.names.Topic(schemas.RawLOX24), Key: key, Value: make([]byte, 500)}, {Topic: c.names.Topic(schemas.EnrichedJourneys), Key: key, Value: make([]byte, 500)}}
		if n%12 == 0 {
			records = append(records, &kgo.Record{Topic: c.names.Topic(schemas.Ledger), Key: key, Value: ledger}, &kgo.Record{Topic: c.names.Topic(schemas.DeadLetterLOX24), Key: key, Value: make([]byte, 500)})
		}
		if err := c.client.ProduceSync(ctx, records...).FirstErr(); err != nil && ctx.Err() == nil {
			t.Error(err)
			return
		}
		offsets := kadm.Offsets{}
		offsets.Add(kadm.Offset{Topic: records[0].Topic, Partition: records[0].Partition, At: records[0].Offset, LeaderEpoch: -1})
		if err := admin.CommitAllOffsets(ctx, c.names.Group("lox24"), offsets); err != nil && ctx.Err() == nil {
			t.Error(err)
			return
		}
		pause(ctx, 5*time.Second)
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// watch returns the requests and bytes a second while so many people have a page open for a time.
func (c *cost) watch(t *testing.T, path string, viewers int, d time.Duration) (requests, bytes float64) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var open sync.WaitGroup
	for range viewers {
		open.Go(func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1"+path, http.NoBody)
			r.Header.Set("Accept", "text/event-stream")
			c.handler.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	// The first reads look further back than those that follow.
	const settle = time.Minute
	pause(ctx, settle)
	before, beforeBytes := c.meter.read()
	pause(ctx, d)
	after, afterBytes := c.meter.read()
	cancel()
	open.Wait()
	return float64(after-before) / d.Seconds(), float64(afterBytes-beforeBytes) / d.Seconds()
}

// TestCost: without a viewer the console asks Kafka nothing, before anybody has looked and after all have
// left; ten viewers of a page cost what one does.
func TestCost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCost(t)
		traffic, stop := context.WithCancel(t.Context())
		var sending sync.WaitGroup
		sending.Go(func() { c.traffic(traffic, t) })
		defer sending.Wait()
		defer stop()
		pause(t.Context(), time.Minute)
		if n, _ := c.meter.read(); n > 0 {
			t.Errorf("%d requests before anybody looked", n)
		}
		const long = 2 * time.Minute
		for _, path := range []string{"/flow", "/readers", "/letters", "/money", "/account"} {
			one, oneBytes := c.watch(t, path, 1, long)
			ten, tenBytes := c.watch(t, path, 10, long)
			t.Logf("%-9s one viewer: %.1f requests and %.1f kB a second; ten: %.1f and %.1f", path, one, oneBytes/1000, ten, tenBytes/1000)
			if one == 0 || ten > one*1.1 || tenBytes > oneBytes*1.1 {
				t.Errorf("%s: one viewer costs %.2f requests a second, ten cost %.2f", path, one, ten)
			}
			const idle = 30 * time.Second
			pause(t.Context(), idle)
			before, _ := c.meter.read()
			// An open client would ask for metadata every five minutes.
			pause(t.Context(), 6*time.Minute)
			if after, _ := c.meter.read(); after != before {
				t.Errorf("%s: %d requests after the last viewer had left", path, after-before)
			}
		}
	})
}
