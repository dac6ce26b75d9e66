package restore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/cache"
	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
)

// Changelog is a changelog reader's progress in one partition, for a restore or a
// standby.
type Changelog struct {
	Partition  int32
	State      *store.Partition
	Checkpoint cache.Checkpoint
	// From is the first replayed offset, end the changelog's end offset when last
	// fetched.
	From, End int64
	// Records and bytes (keys and values) count the replayed records.
	Records, Bytes int64
}

// RecordError is an error about a changelog record that could not be loaded.
type RecordError struct {
	Partition int32
	err       error
}

// Error implements error.
func (e *RecordError) Error() string { return e.err.Error() }

// Unwrap returns the reason, for errors.Is and errors.As.
func (e *RecordError) Unwrap() error { return e.err }

// Loader is the bulk loader of changelog records into the store. It does not read the
// entry that a record replaces, so the previous deadline of the entry stays in the
// timer index as a stale index entry; storePartition.due detects and deletes those.
//
// Records of several partitions are collected in one large batch, together with their
// checkpoints. Pebble sorts and writes a batch of a memtable's size as a whole, which
// costs a fraction of single records.
//
// A full batch is written while the next one is being filled.
type Loader struct {
	store   *store.Store
	batch   *store.Batch
	Touched map[*Changelog]bool
	limit   int
	// writing receives the result of the batch that is being written; nil if there is
	// none.
	writing chan error
}

// NewLoader returns a loader into a store.
func NewLoader(to *store.Store) *Loader {
	return &Loader{store: to, Touched: map[*Changelog]bool{}, limit: to.BatchBytes}
}

// Add appends the next record of a partition. A control record only advances the
// position.
func (l *Loader) Add(f *Changelog, record *kgo.Record) error {
	if !record.Attrs.IsControl() {
		if l.batch == nil {
			l.batch = l.store.NewLargeBatch(l.limit)
		}
		if err := l.batch.AddRecord(f.State, record.Key, record.Value); err != nil {
			return &RecordError{Partition: record.Partition, err: fmt.Errorf("changelog %s/%d at offset %d: %w", record.Topic, record.Partition, record.Offset, err)}
		}
		f.Records++
		f.Bytes += int64(len(record.Key) + len(record.Value))
	}
	f.Checkpoint.Offset = record.Offset + 1
	l.Touched[f] = true
	if l.batch == nil || l.batch.Size() < l.limit {
		return nil
	}
	return l.send()
}

// swap waits for the previous batch and returns the current one, with the checkpoints
// added.
func (l *Loader) swap() (*store.Batch, error) {
	if err := l.wait(); err != nil {
		return nil, err
	}
	batch := l.batch
	if batch == nil {
		batch = l.store.NewBatch()
	}
	l.batch = nil
	var errs []error
	for f := range l.Touched {
		errs = append(errs, batch.SetCheckpoint(f.State, f.Checkpoint))
	}
	clear(l.Touched)
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, batch.Discard())
	}
	return batch, nil
}

// wait waits for the batch that is being written.
func (l *Loader) wait() error {
	if l.writing == nil {
		return nil
	}
	err := <-l.writing
	l.writing = nil
	return err
}

// send starts writing the batch in the background.
func (l *Loader) send() error {
	batch, err := l.swap()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	l.writing = done
	go func() { done <- batch.Commit() }() // ended by wait, which flush and drop call
	return nil
}

// Flush writes the batch and waits for it.
func (l *Loader) Flush() error {
	batch, err := l.swap()
	if err != nil {
		return err
	}
	return batch.Commit()
}

// Discard discards the batch that was not sent yet.
func (l *Loader) Discard() error {
	clear(l.Touched)
	err := l.wait()
	if l.batch == nil {
		return err
	}
	batch := l.batch
	l.batch = nil
	return errors.Join(err, batch.Discard())
}

// Poll loads the records of one poll. moved is false if the poll returned none.
func Poll(ctx context.Context, client kafka.Reader, into *Loader, ahead map[int32]*Changelog) (moved bool, err error) {
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
		err = into.Add(f, record)
	})
	return moved, err
}
