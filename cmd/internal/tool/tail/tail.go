// Package tail reads topics and prints their records as JSON lines, Avro decoded
// through the registry. It works on any topic in Confluent wire format.
//
//	topics ─► from where to where ─► filter by key and field ─► JSON lines
//
// It reads committed records and takes no part in any group. Values that are not
// Avro, which are the providers' bodies with codes and phones, are shown only where
// the caller asks for them.
package tail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/codec"
)

// Options select the records and their format.
type Options struct {
	Topics []string
	// Partition is the partition to read; negative means all.
	Partition int32
	// FromOffset, if not negative, FromTime, if not zero, and BeforeEnd, if positive, are where
	// reading begins: at this offset, at this time, so many offsets before the end of each
	// partition. Else it begins at the log start.
	FromOffset int64
	FromTime   time.Time
	BeforeEnd  int64
	// FromEnd begins at the end; it needs Follow.
	FromEnd bool
	// ToTime, if not zero, is the first time that is not read.
	ToTime time.Time
	// Last, if positive, shows only the last so many of the matching records that are there now,
	// by their timestamps.
	Last int
	// Follow continues beyond the current end.
	Follow bool
	// Limit is how many records are shown; 0 means all.
	Limit int
	// Key is the key to show; empty means every key.
	Key string
	// Fields are conditions path=value that must all hold: "members.0.id=…".
	Fields []string
	// Bodies shows values that are not Avro.
	Bodies bool
}

// SchemaFunc returns the text of a registered schema.
type SchemaFunc func(ctx context.Context, id uint32) (string, error)

// reader prints records.
type reader struct {
	options Options
	schema  SchemaFunc
	codecs  *codec.Cache
	out     io.Writer
	shown   int
	// last are the newest matching records until they are printed: see Options.Last.
	last []line
	// partial is set if some partition was not read from its beginning.
	partial bool
	// broken counts the records whose value could not be decoded.
	broken int
	ends   map[string]map[int32]int64
}

// errDone ends the reading.
var errDone = errors.New("done")

// Run reads until there is no more to show. client options are those of the
// cluster.
func Run(ctx context.Context, kafka []kgo.Opt, options Options, schema SchemaFunc, out io.Writer) error {
	r := &reader{options: options, schema: schema, codecs: codec.New(), out: out}
	if options.Last == 0 || options.FromOffset >= 0 || !options.FromTime.IsZero() || options.BeforeEnd > 0 ||
		options.Key != "" || len(options.Fields) > 0 || !options.ToTime.IsZero() {
		return r.run(ctx, kafka)
	}
	// The last records are at the end, among transaction markers: look further back until there
	// are enough.
	const first, further = 4, 16
	for window := int64(first * (options.Last + first)); ; window *= further {
		r.options.BeforeEnd, r.last, r.partial, r.broken = window, nil, false, 0
		if err := r.run(ctx, kafka); err != nil || r.shown > 0 || !r.partial {
			return err
		}
	}
}

// run reads once.
func (r *reader) run(ctx context.Context, kafka []kgo.Opt) error {
	options := &r.options
	start := kgo.NewOffset().AtStart()
	switch {
	case options.FromOffset >= 0:
		start = kgo.NewOffset().At(options.FromOffset)
	case !options.FromTime.IsZero():
		start = kgo.NewOffset().AfterMilli(options.FromTime.UnixMilli())
	case options.FromEnd:
		start = kgo.NewOffset().AtEnd()
	}
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, kafka...),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// A topic may end with a transaction marker: without control records the end
		// would not be recognised.
		kgo.KeepControlRecords(),
		kgo.FetchMaxWait(250*time.Millisecond),
	)...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	if err := r.assign(ctx, client, start); err != nil {
		return err
	}
	for {
		if !r.left() {
			if again, err := r.printLast(); again || err != nil {
				return err
			}
			if !options.Follow {
				break
			}
		}
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return r.unshown()
		}
		if err := fetches.Err0(); err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if err := r.each(ctx, fetches); err != nil {
			if errors.Is(err, errDone) {
				return r.unshown()
			}
			return err
		}
	}
	return r.unshown()
}

// printLast prints the last matching records, once. again reports that there are too few and
// that earlier records, not read yet, may match.
func (r *reader) printLast() (again bool, err error) {
	n := r.options.Last
	if n == 0 {
		return false, nil
	}
	if len(r.last) < n && r.partial {
		return true, nil
	}
	slices.SortStableFunc(r.last, func(a, b line) int { return a.Timestamp.Compare(b.Timestamp) })
	r.options.Last = 0
	for i := range r.last[max(0, len(r.last)-n):] {
		if err := r.print(&r.last[max(0, len(r.last)-n)+i]); err != nil {
			return false, err
		}
	}
	return false, nil
}

// unshown returns an error if some value could not be shown.
func (r *reader) unshown() error {
	if r.broken == 0 {
		return nil
	}
	return fmt.Errorf("%d records could not be decoded; their lines say why", r.broken)
}

// assign finds the partitions and their ends, and begins to read them.
func (r *reader) assign(ctx context.Context, client *kgo.Client, start kgo.Offset) error {
	admin := kadm.NewClient(client)
	ends, err := admin.ListCommittedOffsets(ctx, r.options.Topics...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return fmt.Errorf("look at %s: %w", strings.Join(r.options.Topics, ", "), err)
	}
	begins, err := admin.ListStartOffsets(ctx, r.options.Topics...)
	if err != nil {
		return fmt.Errorf("look at %s: %w", strings.Join(r.options.Topics, ", "), err)
	}
	r.ends = map[string]map[int32]int64{}
	from := map[string]map[int32]kgo.Offset{}
	ends.Each(func(end kadm.ListedOffset) {
		if r.options.Partition >= 0 && end.Partition != r.options.Partition {
			return
		}
		if from[end.Topic] == nil {
			from[end.Topic], r.ends[end.Topic] = map[int32]kgo.Offset{}, map[int32]int64{}
		}
		begin, _ := begins.Lookup(end.Topic, end.Partition)
		from[end.Topic][end.Partition] = start
		if r.options.BeforeEnd > 0 {
			at := max(end.Offset-r.options.BeforeEnd, begin.Offset)
			r.partial = r.partial || at > begin.Offset
			from[end.Topic][end.Partition] = kgo.NewOffset().At(at)
		}
		if end.Offset > max(begin.Offset, r.options.FromOffset) {
			r.ends[end.Topic][end.Partition] = end.Offset
		}
	})
	if len(from) == 0 {
		return fmt.Errorf("%s: no such partition", strings.Join(r.options.Topics, ", "))
	}
	if !r.options.FromTime.IsZero() && !r.options.Follow {
		if err := r.skipBefore(ctx, admin); err != nil {
			return err
		}
	}
	// With nothing to read the client is closed at once; partitions that its metadata
	// loop is just then adding would be fetched while it closes.
	if r.options.Follow || r.left() {
		client.AddConsumePartitions(from)
	}
	return nil
}

// skipBefore forgets partitions that have nothing after FromTime.
func (r *reader) skipBefore(ctx context.Context, admin *kadm.Client) error {
	after, err := admin.ListOffsetsAfterMilli(ctx, r.options.FromTime.UnixMilli(), r.options.Topics...)
	if err != nil {
		return fmt.Errorf("look for %v: %w", r.options.FromTime, err)
	}
	after.Each(func(o kadm.ListedOffset) {
		if o.Offset >= r.ends[o.Topic][o.Partition] {
			delete(r.ends[o.Topic], o.Partition)
		}
	})
	return nil
}

func (r *reader) left() bool {
	for _, partitions := range r.ends {
		if len(partitions) > 0 {
			return true
		}
	}
	return false
}

func (r *reader) each(ctx context.Context, fetches kgo.Fetches) error {
	for it := fetches.RecordIter(); !it.Done(); {
		record := it.Next()
		if end, ok := r.ends[record.Topic][record.Partition]; ok && record.Offset+1 >= end {
			delete(r.ends[record.Topic], record.Partition)
		}
		if record.Attrs.IsControl() {
			continue
		}
		if err := r.show(ctx, record); err != nil {
			return err
		}
	}
	return nil
}
