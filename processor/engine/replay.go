package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// following is a changelog reader's progress in one partition, for a restore or a
// standby.
type following struct {
	partition int32
	state     *store.Partition
	pos       cache.Checkpoint
	// from is the first replayed offset, end the changelog's end offset when last
	// fetched.
	from, end int64
	// records and bytes (keys and values) count the replayed records.
	records, bytes int64
}

// changelogError is an error about a changelog record that could not be loaded.
type changelogError struct {
	partition int32
	err       error
}

func (e *changelogError) Error() string { return e.err.Error() }
func (e *changelogError) Unwrap() error { return e.err }

// loader is the bulk loader of changelog records into the store. It does not read the
// entry that a record replaces, so the previous deadline of the entry stays in the
// timer index as a stale index entry; storePartition.due detects and deletes those.
//
// Records of several partitions are collected in one large batch, together with their
// checkpoints. Pebble sorts and writes a batch of a memtable's size as a whole, which
// costs a fraction of single records.
//
// A full batch is written while the next one is being filled.
type loader struct {
	store   *store.Store
	batch   *store.Batch
	touched map[*following]bool
	limit   int
	// writing receives the result of the batch that is being written; nil if there is
	// none.
	writing chan error
	// withoutTimers drops the deadlines of entries: see safeguards.
	withoutTimers bool
}

func newLoader(store *store.Store) *loader {
	return &loader{store: store, touched: map[*following]bool{}, limit: store.BatchBytes}
}

// add appends the next record of a partition. A control record only advances the
// position.
func (l *loader) add(f *following, record *kgo.Record) error {
	if !record.Attrs.IsControl() {
		if l.batch == nil {
			l.batch = l.store.NewLargeBatch(l.limit)
		}
		value := record.Value
		if l.withoutTimers {
			value = withoutDeadline(value)
		}
		if err := l.batch.AddRecord(f.state, record.Key, value); err != nil {
			return &changelogError{partition: record.Partition, err: fmt.Errorf("changelog %s/%d at offset %d: %w", record.Topic, record.Partition, record.Offset, err)}
		}
		f.records++
		f.bytes += int64(len(record.Key) + len(record.Value))
	}
	f.pos.Offset = record.Offset + 1
	l.touched[f] = true
	if l.batch == nil || l.batch.Size() < l.limit {
		return nil
	}
	return l.send()
}

// swap waits for the previous batch and returns the current one, with the checkpoints
// added.
func (l *loader) swap() (*store.Batch, error) {
	if err := l.wait(); err != nil {
		return nil, err
	}
	batch := l.batch
	if batch == nil {
		batch = l.store.NewBatch()
	}
	l.batch = nil
	var errs []error
	for f := range l.touched {
		errs = append(errs, batch.SetCheckpoint(f.state, f.pos))
	}
	clear(l.touched)
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, batch.Discard())
	}
	return batch, nil
}

// wait waits for the batch that is being written.
func (l *loader) wait() error {
	if l.writing == nil {
		return nil
	}
	err := <-l.writing
	l.writing = nil
	return err
}

// send starts writing the batch in the background.
func (l *loader) send() error {
	batch, err := l.swap()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	l.writing = done
	go func() { done <- batch.Commit() }() // ended by wait, which flush and drop call
	return nil
}

// flush writes the batch and waits for it.
func (l *loader) flush() error {
	batch, err := l.swap()
	if err != nil {
		return err
	}
	return batch.Commit()
}

// drop discards the batch that was not sent yet.
func (l *loader) drop() error {
	clear(l.touched)
	err := l.wait()
	if l.batch == nil {
		return err
	}
	batch := l.batch
	l.batch = nil
	return errors.Join(err, batch.Discard())
}

// replayPoll loads the records of one poll. moved is false if the poll returned none.
func replayPoll(ctx context.Context, client kafka.Reader, into *loader, ahead map[int32]*following) (moved bool, err error) {
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

// withoutDeadline implements HarmDropDeadlines.
func withoutDeadline(value []byte) []byte {
	payload, _, err := entry.Parse(value)
	if err != nil {
		return value
	}
	return entry.Append(nil, payload, 0)
}
