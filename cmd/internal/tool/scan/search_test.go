package scan_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
)

// searched is a topic with 2 partitions of 3,000 records each, in batches of every codec, of which some
// were aborted.
type searched struct {
	kafka  []kgo.Opt
	admin  *kadm.Client
	ranges scan.Ranges
}

func startSearch(t *testing.T) *searched {
	t.Helper()
	broker, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	s := &searched{kafka: []kgo.Opt{kgo.SeedBrokers(broker.Brokers()...)}}
	client, err := kgo.NewClient(s.kafka...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	s.admin = kadm.NewClient(client)
	if _, err := s.admin.CreateTopic(t.Context(), 2, 1, nil, "here"); err != nil {
		t.Fatal(err)
	}
	for i, codec := range []kgo.CompressionCodec{kgo.NoCompression(), kgo.Lz4Compression(), kgo.ZstdCompression(), kgo.SnappyCompression(), kgo.GzipCompression()} {
		s.fill(t, i, codec)
	}
	offsets, err := scan.List(t.Context(), s.admin, "here")
	if err == nil {
		s.ranges, err = offsets.Ranges(t.Context(), time.Time{}, time.Time{}, "here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fill writes a committed and an aborted transaction. Each has a record with the needle in its key, its
// value and a header.
func (s *searched) fill(t *testing.T, n int, codec kgo.CompressionCodec) {
	t.Helper()
	client, err := kgo.NewClient(append(slices.Clone(s.kafka), kgo.ProducerBatchCompression(codec), kgo.TransactionalID(fmt.Sprint("tx", n)),
		kgo.DefaultProduceTopic("here"), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, commit := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort} {
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for i := range 300 {
			r := &kgo.Record{Partition: int32(i % 2), Key: fmt.Appendf(nil, "key-%d", i), Value: fmt.Appendf(nil, "value-%d-of-%d", i, n)}
			switch i {
			case 17:
				r.Key = []byte("a needle")
			case 120:
				r.Value = []byte("with a needle in it")
			case 299:
				r.Headers = []kgo.RecordHeader{{Key: "id", Value: []byte("a needle")}}
			}
			client.Produce(t.Context(), r, nil)
		}
		if err := errors.Join(client.Flush(t.Context()), client.EndTransaction(t.Context(), commit)); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *searched) search(t *testing.T, ranges scan.Ranges, needles ...string) (map[string]bool, scan.Searched) {
	t.Helper()
	var texts [][]byte
	for _, n := range needles {
		texts = append(texts, []byte(n))
	}
	found := map[string]bool{}
	last := map[int32]int64{}
	size, err := scan.Search(t.Context(), scan.Config{Kafka: s.kafka}, "searching", ranges, func(string) [][]byte { return texts }, func(r *kgo.Record) error {
		if at, ok := last[r.Partition]; ok && at >= r.Offset {
			t.Errorf("offset %d after %d of partition %d", r.Offset, at, r.Partition)
		}
		last[r.Partition] = r.Offset
		found[fmt.Sprintf("%d@%d", r.Partition, r.Offset)] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, size
}

// TestSearch: every committed record with a needle is yielded, and no aborted one; without a needle
// exactly those of Each are.
func TestSearch(t *testing.T) {
	t.Parallel()
	s := startSearch(t)
	all, needles := map[string]bool{}, map[string]bool{}
	err := scan.Each(t.Context(), scan.Config{Kafka: s.kafka}, "reading", s.ranges, func(r *kgo.Record) error {
		at := fmt.Sprintf("%d@%d", r.Partition, r.Offset)
		all[at] = true
		if string(r.Key) == "a needle" || string(r.Value) == "with a needle in it" || len(r.Headers) > 0 {
			needles[at] = true
		}
		return nil
	})
	if err != nil || len(all) != 5*300 || len(needles) != 5*3 {
		t.Fatalf("%d records, %d with a needle, %v", len(all), len(needles), err)
	}
	every, size := s.search(t, s.ranges)
	if len(every) != len(all) || size.Records != 2*int64(len(all)) {
		t.Errorf("%d records of %d, %+v", len(every), len(all), size)
	}
	found, size := s.search(t, s.ranges, "absent", "with a needle in it", "a needle")
	for at := range needles {
		if !found[at] {
			t.Errorf("%s was not found", at)
		}
	}
	for at := range found {
		if !all[at] {
			t.Errorf("%s was found, and is not committed", at)
		}
	}
	if size.Records != 2*int64(len(all)) || size.Bytes == 0 {
		t.Errorf("searched %+v", size)
	}
	if found, _ := s.search(t, s.ranges, "absent"); len(found) > 0 {
		t.Errorf("%d records hold what is absent", len(found))
	}
	// A range within a batch yields nothing beyond it.
	ranges := scan.Ranges{"here": {1: {From: 3, To: 20}}}
	found, _ = s.search(t, ranges)
	if len(found) != 17 || found["1@2"] || found["1@20"] {
		t.Errorf("found %v in %v", found, ranges)
	}
}

// TestSearchEnds: at the first ErrStop, with the error of yield, and with the context.
func TestSearchEnds(t *testing.T) {
	t.Parallel()
	s := startSearch(t)
	calls := 0
	run := func(ctx context.Context, err error) error {
		calls = 0
		_, err = scan.Search(ctx, scan.Config{Kafka: s.kafka}, "searching", s.ranges, func(string) [][]byte { return nil }, func(*kgo.Record) error {
			calls++
			return err
		})
		return err
	}
	if err := run(t.Context(), scan.ErrStop); err != nil || calls != 1 {
		t.Errorf("ErrStop: %v after %d calls", err, calls)
	}
	fault := errors.New("a fault")
	if err := run(t.Context(), fault); !errors.Is(err, fault) {
		t.Errorf("Search() = %v, want %v", err, fault)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Search() = %v", err)
	}
}
