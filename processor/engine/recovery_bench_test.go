package engine_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// setting reads a number that a benchmark takes from the environment.
func setting(tb testing.TB, key string, otherwise int) int {
	tb.Helper()
	v := os.Getenv(key)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		tb.Fatalf("%s: %v", key, err)
	}
	return n
}

// ground is a cluster with the topics of a stage that counts.
type ground struct {
	kafka []kgo.Opt
	names testNames
	// session is the shortest session timeout that the broker allows.
	session time.Duration
}

// newGround makes the topics on the broker of TRIBUTARY_KAFKA_BROKERS, or on an
// embedded one.
func newGround(tb testing.TB, partitions int) *ground {
	tb.Helper()
	session := 6 * time.Second // brokers allow no less
	brokers := strings.Split(os.Getenv("TRIBUTARY_KAFKA_BROKERS"), ",")
	if brokers[0] == "" {
		fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"group.min.session.timeout.ms": "100"}))
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(fake.Close)
		brokers, session = fake.ListenAddrs(), 2*time.Second
	}
	g := &ground{kafka: []kgo.Opt{kgo.SeedBrokers(brokers...)}, session: session}
	g.names.Prefix = "g" + strconv.FormatUint(rand.Uint64(), 10) + "."
	client, err := kgo.NewClient(g.kafka...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	admin, compact := kadm.NewClient(client), "compact"
	for topic, policy := range map[string]map[string]*string{input: nil, output: nil, deadLetters: nil, changelog: {"cleanup.policy": &compact}} {
		name := g.names.Topic(topic)
		if _, err := admin.CreateTopic(tb.Context(), int32(partitions), 1, policy, name); err != nil {
			tb.Fatalf("create %s: %v", topic, err)
		}
		tb.Cleanup(func() { _, _ = admin.DeleteTopic(context.Background(), name) })
	}
	// A real broker shows topics a moment after it made them.
	await(tb, "the topics", func() bool {
		details, err := admin.ListTopics(tb.Context())
		for _, topic := range []string{input, output, deadLetters, changelog} {
			if err == nil && len(details[g.names.Topic(topic)].Partitions) != partitions {
				return false
			}
		}
		return err == nil
	})
	return g
}

// fill writes entities of about size bytes each, key and value, to the changelog.
func (g *ground) fill(tb testing.TB, partitions, entities, size int) {
	tb.Helper()
	client, err := kgo.NewClient(append(g.kafka, kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(5*time.Millisecond),
		kgo.ProducerBatchCompression(kgo.Lz4Compression()), kgo.MaxBufferedRecords(20_000))...)
	if err != nil {
		tb.Fatal(err)
	}
	defer client.Close()
	const seed = 1
	source := rand.New(rand.NewPCG(seed, seed))
	var failed atomic.Int64
	due := time.Now().Add(24 * time.Hour).UnixMilli()
	for i := range entities {
		value := make([]byte, 0, size)
		value = append(value, 1)
		value = binary.AppendUvarint(value, uint64(due+int64(i))+1)
		value = binary.BigEndian.AppendUint64(value, uint64(i))
		key := fmt.Sprintf("entity:%016x", uint64(i)*0x9e3779b97f4a7c15)
		// Half of it is as random as ids are, half as alike as field values are.
		for len(value) < size-len(key) {
			if len(value)%16 == 0 {
				value = binary.BigEndian.AppendUint64(value, source.Uint64())
			} else {
				value = append(value, "success."[len(value)%8])
			}
		}
		client.Produce(tb.Context(), &kgo.Record{Topic: g.names.Topic(changelog), Partition: int32(i % partitions), Key: []byte(key), Value: value},
			func(_ *kgo.Record, err error) {
				if err != nil {
					failed.Add(1)
				}
			})
	}
	if err := client.Flush(tb.Context()); err != nil || failed.Load() > 0 {
		tb.Fatalf("fill the changelog: %v, %d records not written", err, failed.Load())
	}
}

// process is an engine of its own instance, with connections that can be cut.
type process struct {
	*engine.Engine
	wire  *wire
	store *store.Store
}

// wire is the connections of a process. Cut, they are as after a kill -9: gone, and
// no new ones come.
type wire struct {
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return nil, net.ErrClosed
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		w.conns = append(w.conns, conn)
	}
	return conn, err
}

// kill ends a process as a kill -9 does, as far as Kafka sees it.
func (p *process) kill() {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	p.wire.cut = true
	for _, conn := range p.wire.conns {
		_ = conn.Close()
	}
}

// run starts an instance.
func (g *ground) run(tb testing.TB, instance, dir string, tune func(*engine.Config, *engine.Deps)) *process {
	tb.Helper()
	config := engine.DefaultConfig()
	config.InstanceID, config.StateDir = instance, dir
	p := &process{wire: &wire{}}
	deps := engine.Deps{
		Kafka: append(slices.Clone(g.kafka), kgo.Dialer(p.wire.dial), kgo.RetryTimeout(500*time.Millisecond)), Prefix: g.names.Prefix, Version: "test",
		Fail: func(err error) { tb.Error(err) },
	}
	if testing.Verbose() {
		deps.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil)).With(slog.String("instance", instance))
	}
	deps.Seams.Store = func(s *store.Store) { p.store = s }
	if tune != nil {
		tune(&config, &deps)
	}
	e, err := engine.New(config, []engine.Spec{{
		Name: "sums", Stage: sums{}, Input: input, Changelog: changelog, Outputs: []string{output}, DeadLetter: deadLetters,
		WallClock: true, Workers: 2,
	}}, deps)
	if err != nil {
		tb.Fatal(err)
	}
	if err := e.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	p.Engine = e
	return p
}

// ready returns how many partitions an instance works on.
func (p *process) ready() (n int) {
	for _, s := range p.Health() {
		n += s.Ready
	}
	return n
}

// await waits until a condition holds, looking again and again.
func await(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("waited 2 minutes for %s", what)
		}
	}
}

// BenchmarkRestore restores a whole state from the changelog:
//
//	TRIBUTARY_KAFKA_BROKERS=127.0.0.1:19092 TRIBUTARY_RESTORE_ENTITIES=2000000 \
//	  go test ./processor/engine -run '^$' -bench '^BenchmarkRestore$' -benchtime 1x -v
func BenchmarkRestore(b *testing.B) {
	const partitions, size = 4, 500
	entities := setting(b, "TRIBUTARY_RESTORE_ENTITIES", 20_000)
	g := newGround(b, partitions)
	g.fill(b, partitions, entities, size)
	dir := b.TempDir()
	b.ResetTimer()
	var restoring, spent time.Duration
	for i := range b.N {
		began, before := time.Now(), cpu(b)
		e := g.run(b, "bench", dir+strconv.Itoa(i), nil)
		await(b, "the restore", func() bool { return e.ready() == partitions })
		restoring += time.Since(began)
		spent += cpu(b) - before
		b.StopTimer()
		if err := e.Stop(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	megabytes := float64(b.N) * float64(entities) * size / 1e6
	b.ReportMetric(megabytes/restoring.Seconds(), "MB/s")
	b.ReportMetric(megabytes/spent.Seconds(), "MB/cpu-s")
}

// cpu returns what the process has used of the processors so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
