package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Needles returns the texts to look for in a topic; none means that every record is wanted.
type Needles func(topic string) [][]byte

// Searched is the size of a search.
type Searched struct{ Records, Bytes int64 }

// Search yields the committed records of the ranges whose key, headers or value hold one of the
// needles, in each partition in order, one call at a time. It may yield others, too.
//
// It fetches the batches of several partitions at once and looks for the needles in the bytes of a
// whole batch; the records of a batch without any are not decoded. That is several times as quick as
// Each.
func Search(ctx context.Context, config Config, step string, ranges Ranges, needles Needles, yield func(*kgo.Record) error) (Searched, error) {
	config = config.withDefaults()
	s := &search{config: config, needles: needles, yield: yield, decompressor: kgo.DefaultDecompressor()}
	var parts []*part
	var total int64
	for topic, of := range ranges {
		for p, r := range of {
			if r.From < r.To {
				parts = append(parts, &part{topic: topic, partition: p, next: r.From, to: r.To, needles: cutNeedles(needles(topic))})
				total += r.To - r.From
			}
		}
	}
	config.Progress.Step(step, total)
	if len(parts) == 0 {
		return Searched{}, nil
	}
	// The largest first, so that none is left for the end alone.
	slices.SortFunc(parts, func(a, b *part) int { return int(b.to - b.next - (a.to - a.next)) })
	client, err := kgo.NewClient(config.Kafka...)
	if err != nil {
		return Searched{}, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	s.client = client
	if err := s.locate(ctx, parts); err != nil {
		return Searched{}, err
	}
	err = s.all(ctx, parts)
	if errors.Is(err, ErrStop) {
		err = nil
	}
	return s.size, err
}

// cutNeedles shortens the needles to a length that bytes.Contains finds quickest, and leaves out those
// that hold another one. Many needles are slower than decoding: then every record is wanted.
func cutNeedles(needles [][]byte) [][]byte {
	const longest, most = 48, 16
	sorted := slices.Clone(needles)
	slices.SortStableFunc(sorted, func(a, b []byte) int { return len(a) - len(b) })
	var out [][]byte
	for _, n := range sorted {
		if !slices.ContainsFunc(out, func(shorter []byte) bool { return bytes.Contains(n, shorter) }) {
			out = append(out, n)
		}
	}
	if len(out) > most {
		return nil
	}
	for i, n := range out {
		out[i] = n[:min(len(n), longest)]
	}
	return out
}

// search is a search in progress.
type search struct {
	config       Config
	client       *kgo.Client
	needles      Needles
	decompressor kgo.Decompressor

	mu    sync.Mutex
	yield func(*kgo.Record) error
	// ended is set once yield has returned an error: it is not called again.
	ended bool
	size  Searched
	done  int64
}

// part is the range of a partition that is left, and the partition's leader.
type part struct {
	topic     string
	partition int32
	next, to  int64
	needles   [][]byte
	id        [16]byte
	leader    int32
}

// all searches the parts, a few at a time.
func (s *search) all(ctx context.Context, parts []*part) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *part)
	var workers sync.WaitGroup
	for range min(2*runtime.GOMAXPROCS(0), len(parts)) {
		// Ended by the close of next.
		workers.Go(func() {
			for p := range next {
				if err := s.one(ctx, p); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, p := range parts {
		select {
		case next <- p:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// take yields the records of an answer that may hold a needle, and moves on behind it.
func (s *search) take(p *part, answer *kmsg.FetchResponseTopicPartition) error {
	switch err := kerr.ErrorForCode(answer.ErrorCode); {
	case errors.Is(err, kerr.OffsetOutOfRange) && answer.LogStartOffset > p.next:
		// Retention has deleted the offset: reading goes on at the new log start.
		s.pass(p, min(answer.LogStartOffset, p.to), Searched{})
		return nil
	case err != nil:
		return fmt.Errorf("read %s/%d: %w", p.topic, p.partition, err)
	}
	hits, next, size, err := s.look(p, answer.RecordBatches)
	if err != nil {
		return fmt.Errorf("read %s/%d: %w", p.topic, p.partition, err)
	}
	if len(hits) == 0 {
		s.pass(p, next, size)
		return nil
	}
	answer.RecordBatches = hits
	options := kgo.ProcessFetchPartitionOpts{Offset: p.next, IsolationLevel: kgo.ReadCommitted(), Topic: p.topic, Partition: p.partition}
	fetched, _ := kgo.ProcessFetchPartition(options, answer, s.decompressor, nil)
	if fetched.Err != nil {
		return fmt.Errorf("read %s/%d: %w", p.topic, p.partition, fetched.Err)
	}
	if err := s.yieldAll(p, fetched.Records); err != nil {
		return err
	}
	s.pass(p, next, size)
	return nil
}

func (s *search) yieldAll(p *part, records []*kgo.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		if r.Offset >= p.to || s.ended {
			break
		}
		if err := s.yield(r); err != nil {
			s.ended = true
			return fmt.Errorf("%s/%d at offset %d: %w", r.Topic, r.Partition, r.Offset, err)
		}
	}
	return nil
}

// pass moves a part to an offset.
func (s *search) pass(p *part, next int64, size Searched) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done += min(next, p.to) - min(p.next, p.to)
	p.next = next
	s.size.Records += size.Records
	s.size.Bytes += size.Bytes
	s.config.Progress.At(s.done)
}

// The fields of a record batch: base offset (8 bytes), length (4), leader epoch (4), magic (1), CRC
// (4), attributes (2), last offset delta (4), two timestamps (8 each), producer (8 + 2 + 4), number of
// records (4), the records.
const (
	batchLength     = 8
	batchMagic      = 16
	batchAttributes = 21
	batchLastDelta  = 23
	batchRecords    = 57
	batchHeader     = 61
)

// look returns the batches that may hold a needle, with the markers of transactions, and the offset
// behind all batches. A broker may cut the last batch off.
func (s *search) look(p *part, batches []byte) (hits []byte, next int64, size Searched, err error) {
	next = p.next
	found := false
	for len(batches) >= batchHeader {
		length := int64(binary.BigEndian.Uint32(batches[batchLength:])) + batchLength + 4
		if length < batchHeader || length > int64(len(batches)) {
			break
		}
		batch := batches[:length]
		batches = batches[length:]
		const magic, control = 2, 1 << 5
		if batch[batchMagic] != magic {
			return nil, 0, size, fmt.Errorf("a batch of format %d, which Kafka 4 no longer has", batch[batchMagic])
		}
		next = int64(binary.BigEndian.Uint64(batch)) + int64(binary.BigEndian.Uint32(batch[batchLastDelta:])) + 1 //nolint:gosec // offsets are positive
		attributes := binary.BigEndian.Uint16(batch[batchAttributes:])
		if attributes&control != 0 {
			hits = append(hits, batch...)
			continue
		}
		size.Records += int64(binary.BigEndian.Uint32(batch[batchRecords:]))
		records := batch[batchHeader:]
		if codec := kgo.CompressionCodecType(attributes & 7); codec != kgo.CodecNone && len(p.needles) > 0 {
			if records, err = s.decompressor.Decompress(records, codec); err != nil {
				return nil, 0, size, fmt.Errorf("decompress a batch: %w", err)
			}
		}
		size.Bytes += int64(len(records))
		hold := func(needle []byte) bool { return bytes.Contains(records, needle) }
		if len(p.needles) == 0 || slices.ContainsFunc(p.needles, hold) {
			hits, found = append(hits, batch...), true
		}
	}
	if !found {
		hits = nil
	}
	return hits, next, size, nil
}
