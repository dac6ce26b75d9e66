package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/failpoint"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/restore"
)

// TestRestartReplaysTheTail: after a clean stop nothing is replayed; with a store
// that is older than the changelog, as a kill -9 leaves it, what lies behind the
// stored positions and no more; without one, all of it. The metrics say which.
func TestRestartReplaysTheTail(t *testing.T) {
	t.Parallel()
	const partitions, entities, later = 4, 400, 40
	g := newGround(t, partitions)
	l := g.load(t)
	dir, old := t.TempDir(), t.TempDir()
	restart := func(work func()) (kinds map[string]float64, records float64) {
		t.Helper()
		registry := prometheus.NewRegistry()
		p := g.run(t, "one", dir, func(config *engine.Config, deps *engine.Deps) {
			g.quick(config)
			deps.Metrics = registry
		})
		await(t, "the restore", func() bool { return p.ready() == partitions })
		kinds = map[string]float64{}
		for _, kind := range []string{"none", "tail", "whole"} {
			kinds[kind] = counted(t, registry, "engine_processor_restores_total", "kind", kind)
		}
		records = counted(t, registry, "engine_processor_restored_records_total", "stage", "")
		work()
		stop(t, p.Engine)
		return kinds, records
	}
	nothing := func() {}
	restart(func() {
		l.send(entities)
		l.check()
	})
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if kinds, records := restart(func() {
		l.send(later)
		l.check()
	}); kinds["tail"]+kinds["whole"] > 0 || records > 0 {
		t.Errorf("after a clean stop: %v, %v records, want nothing replayed", kinds, records)
	}
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(old))); err != nil {
		t.Fatal(err)
	}
	// Beside its entities' each round writes the clock's entry.
	if kinds, records := restart(nothing); kinds["whole"] > 0 || kinds["tail"] == 0 || records < later || records >= entities {
		t.Errorf("with an older store: %v, %v records, want a tail of %d and a few", kinds, records, later)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if kinds, records := restart(nothing); kinds["whole"] < partitions || records < entities {
		t.Errorf("without a store: %v, %v records, want all %d restored whole", kinds, records, partitions)
	}
}

// TestScalesUnderLoad: from one process to four and back while records come in;
// nothing is lost or repeated.
func TestScalesUnderLoad(t *testing.T) {
	t.Parallel()
	const partitions = 8
	g := newGround(t, partitions)
	l := g.load(t)
	var sending sync.WaitGroup
	end := make(chan struct{})
	sending.Go(func() {
		for {
			select {
			case <-end:
				return
			default:
				l.send(100)
				l.check()
			}
		}
	})
	dirs := t.TempDir()
	var running []*process
	for _, instance := range []string{"one", "two", "three", "four"} {
		running = append(running, g.run(t, instance, dirs+"/"+instance, func(config *engine.Config, _ *engine.Deps) { g.quick(config) }))
		await(t, "an even share", func() bool {
			for _, p := range running {
				if n := p.ready(); n != partitions/len(running) && n != partitions/len(running)+1 {
					return false
				}
			}
			return true
		})
	}
	for len(running) > 1 {
		stop(t, running[0].Engine)
		running = running[1:]
		await(t, "the others to take over", func() bool {
			n := 0
			for _, p := range running {
				n += p.ready()
			}
			return n == partitions
		})
	}
	close(end)
	sending.Wait()
	stop(t, running[0].Engine)
}

// heldCluster lets readers of changelogs poll once more after the first records only when
// hold is closed.
type heldCluster struct {
	kafka.Cluster

	hold chan struct{}
}

// Read implements kafka.Cluster.
func (c heldCluster) Read(r *kafka.ReadRequest) (kafka.Reader, error) {
	reader, err := c.Cluster.Read(r)
	return &heldReader{Reader: reader, hold: c.hold}, err //nolint:wrapcheck // a wrapper
}

type heldReader struct {
	kafka.Reader

	hold    chan struct{}
	records int
}

// PollFetches implements kafka.Reader.
func (r *heldReader) PollFetches(ctx context.Context) kgo.Fetches {
	if r.records > 0 {
		select {
		case <-r.hold:
		case <-ctx.Done():
		}
	}
	fetches := r.Reader.PollFetches(ctx)
	r.records += fetches.NumRecords()
	return fetches
}

// TestRestoreProgress: during a restore the status has its progress, summed and by
// partition; after it every partition is running.
func TestRestoreProgress(t *testing.T) {
	t.Parallel()
	const partitions, entities = 2, 4000
	g := newGround(t, partitions)
	g.fill(t, partitions, entities, 500)
	hold := make(chan struct{})
	p := g.run(t, "one", t.TempDir(), func(config *engine.Config, deps *engine.Deps) {
		g.quick(config)
		config.FetchMaxBytes = 16 << 10
		deps.Seams.Cluster = func(c kafka.Cluster) kafka.Cluster { return heldCluster{c, hold} }
	})
	defer stop(t, p.Engine)
	var under []engine.Status
	await(t, "a restore under way", func() bool {
		under = slices.DeleteFunc(p.Health(), func(s engine.Status) bool { return s.OK() || s.Restored.Records == 0 })
		return len(under) > 0
	})
	for _, s := range under {
		var read, left int64
		for _, part := range s.Partitions {
			if part.State != engine.PartitionRestoring {
				t.Errorf("a partition that is not restored is %+v", part)
			}
			read, left = read+part.Read, left+part.Left
		}
		if read == 0 || left == 0 || left != s.Restored.Offsets {
			t.Errorf("by partition %d offsets are read and %d left, summed %+v", read, left, s.Restored)
		}
	}
	close(hold)
	await(t, "its end", func() bool { return p.ready() == partitions && p.Restoring() == restore.Progress{} })
	for _, s := range p.Health() {
		for _, part := range s.Partitions {
			if want := (engine.Partition{Partition: part.Partition, State: engine.PartitionRunning}); part != want {
				t.Errorf("after the restore a partition is %+v", part)
			}
		}
	}
}

// TestOldChangesReachTheStore: what changed is in memory alone for half a minute and no
// longer, also if nothing comes after it: a kill -9 has little to replay. A partition that
// moves, and a round that is not committed, write at once what there is; then it is seen
// with other entries.
func TestOldChangesReachTheStore(t *testing.T) {
	t.Parallel()
	const partitions, entities, attempts = 4, 100, 20
	g := newGround(t, partitions)
	l := g.load(t)
	var ahead, disturbed atomic.Int64
	p := g.run(t, "one", t.TempDir(), func(config *engine.Config, deps *engine.Deps) {
		g.quick(config)
		config.SessionTimeout = engine.DefaultConfig().SessionTimeout
		deps.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		failpoint.Install(deps, func(step failpoint.Point, _ int) error {
			if step == failpoint.Restoring || step == failpoint.Resynced || step == failpoint.SessionOpen {
				disturbed.Add(1)
			}
			return nil
		})
	})
	stored := func(prefix string) (n int) {
		for partition := range int32(partitions) {
			entries, _, err := p.store.Entries("sums", partition)
			if err != nil {
				t.Fatal(err)
			}
			for i := range entries {
				if strings.HasPrefix(entries[i].Key, prefix) {
					n++
				}
			}
		}
		return n
	}
	for attempt := range attempts {
		prefix := "attempt-" + strconv.Itoa(attempt) + "-"
		await(t, "the restore", func() bool { return p.ready() == partitions })
		before := disturbed.Load()
		l.sendAs(prefix, entities)
		l.check()
		if n := stored(prefix); n > 0 {
			await(t, fmt.Sprintf("a reason why %d entries are written at once", n), func() bool { return disturbed.Load() > before })
			continue
		}
		ahead.Store(int64(31 * time.Second))
		await(t, "the entries in the store", func() bool { return stored(prefix) == entities })
		stop(t, p.Engine)
		return
	}
	t.Fatalf("%d times something came between", attempts)
}
