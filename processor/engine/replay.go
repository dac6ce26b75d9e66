package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// following is a partition's state on its way along its changelog, in a restore or
// as a standby.
type following struct {
	partition int32
	state     *storePartition
	pos       position
	// from is where it began, end where the changelog ended when that was asked.
	from, end int64
	// records and bytes say how much was replayed, keys and values.
	records, bytes int64
}

// changelogError is about a record that could not be loaded.
type changelogError struct {
	partition int32
	err       error
}

func (e *changelogError) Error() string { return e.err.Error() }
func (e *changelogError) Unwrap() error { return e.err }

// loader puts changelog records into the store, blindly: what a record replaces is
// not read. An entry's former deadline stays in the index; whoever finds it due
// sees that the entry has another one (see storePartition.due).
//
// Records of any partitions go into one large batch, with the positions they
// correspond to. A batch of a memtable's size is sorted and written as a whole by
// Pebble, which costs a fraction of the same records one by one.
//
// A full batch is written beside the reading of the next one.
type loader struct {
	store   *Store
	batch   *writer
	touched map[*following]bool
	limit   int
	// writing gets the error of the batch that is being written; nil if there is
	// none.
	writing chan error
	harmed  harmed
}

func newLoader(store *Store) *loader {
	return &loader{store: store, touched: map[*following]bool{}, limit: store.batchBytes}
}

// add takes the next record of a partition, markers included: they move its
// position.
func (l *loader) add(f *following, record *kgo.Record) error {
	if !record.Attrs.IsControl() {
		if l.batch == nil {
			l.batch = l.store.largeWriter(l.limit)
		}
		value := record.Value
		if l.harmed.by(HarmDropDeadlines) {
			value = withoutDeadline(value)
		}
		if err := l.batch.changelog(f.state, record.Key, value); err != nil {
			return &changelogError{partition: record.Partition, err: fmt.Errorf("changelog %s/%d at offset %d: %w", record.Topic, record.Partition, record.Offset, err)}
		}
		f.records++
		f.bytes += int64(len(record.Key) + len(record.Value))
	}
	f.pos.offset = record.Offset + 1
	l.touched[f] = true
	if l.batch == nil || l.batch.size() < l.limit {
		return nil
	}
	return l.send()
}

// swap takes the batch that was filled away, with the positions it corresponds to,
// after the one before it is written.
func (l *loader) swap() (*writer, error) {
	if err := l.wait(); err != nil {
		return nil, err
	}
	batch := l.batch
	if batch == nil {
		batch = l.store.writer()
	}
	l.batch = nil
	var errs []error
	for f := range l.touched {
		errs = append(errs, batch.position(f.state, f.pos))
	}
	clear(l.touched)
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, batch.drop())
	}
	return batch, nil
}

// wait waits until nothing is being written.
func (l *loader) wait() error {
	if l.writing == nil {
		return nil
	}
	err := <-l.writing
	l.writing = nil
	return err
}

// send writes what was added beside what is done next.
func (l *loader) send() error {
	batch, err := l.swap()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	l.writing = done
	go func() { done <- batch.commit() }() // ended by wait, which flush and drop call
	return nil
}

// flush writes what was added and returns when it is written.
func (l *loader) flush() error {
	batch, err := l.swap()
	if err != nil {
		return err
	}
	return batch.commit()
}

// drop forgets what was not yet sent.
func (l *loader) drop() error {
	clear(l.touched)
	err := l.wait()
	if l.batch == nil {
		return err
	}
	batch := l.batch
	l.batch = nil
	return errors.Join(err, batch.drop())
}

// changelogClient returns a client that reads partitions of a changelog from their
// positions, outside the group.
func changelogClient(deps *Deps, config *Config, changelog string, from map[int32]kgo.Offset, fetchBytes int32) (*kgo.Client, error) {
	level := kgo.ReadCommitted()
	if deps.harmed.by(HarmReadUncommitted) {
		level = kgo.ReadUncommitted()
	}
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, deps.Kafka...),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{changelog: from}),
		kgo.FetchIsolationLevel(level),
		// Positions are compared, and the last thing in a changelog is a marker.
		kgo.KeepControlRecords(),
		kgo.MetadataMinAge(metadataMinAge),
		// A position that is gone is an error: who reads looks again. No silent reset.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchMaxBytes(fetchBytes),
		kgo.FetchMaxPartitionBytes(min(fetchBytes, config.FetchMaxBytes)),
		// An open transaction at the end is looked at soon, not after 5 s.
		kgo.FetchMaxWait(250*time.Millisecond),
	)...)
	if err != nil {
		return nil, fmt.Errorf("make the client that reads changelog %s: %w", changelog, err)
	}
	return client, nil
}

// read implements cluster.
func (kgoCluster) read(w *worker, from map[int32]kgo.Offset) (reader, error) {
	return changelogClient(w.deps, w.config, w.changelog, from, w.config.FetchMaxBytes)
}

// replayPoll loads one poll's worth of the changelog and says whether anything
// came.
func replayPoll(ctx context.Context, client reader, into *loader, ahead map[int32]*following) (moved bool, err error) {
	const wait = 250 * time.Millisecond
	pollCtx, cancel := context.WithTimeout(ctx, wait)
	fetches := client.PollFetches(pollCtx)
	cancel()
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	for _, fe := range fetches.Errors() {
		if !errors.Is(fe.Err, context.DeadlineExceeded) && !kerr.IsRetriable(fe.Err) {
			err = errors.Join(err, fmt.Errorf("read changelog %s/%d: %w", fe.Topic, fe.Partition, fe.Err))
		}
	}
	fetches.EachRecord(func(record *kgo.Record) {
		f := ahead[record.Partition]
		if err != nil || f == nil {
			return
		}
		moved = true
		err = into.add(f, record)
	})
	return moved, err
}
