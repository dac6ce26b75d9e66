package deadletter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// sender writes replayed records, each followed by its note.
type sender struct {
	client *kgo.Client
	batch  []*kgo.Record
	count  int64
	sent   func(int64)
}

// commit writes the batch in one transaction.
func (s *sender) commit(ctx context.Context) error {
	if len(s.batch) == 0 {
		return nil
	}
	if err := s.client.BeginTransaction(); err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	err := s.client.ProduceSync(ctx, s.batch...).FirstErr()
	end := kgo.TryCommit
	if err != nil {
		end = kgo.TryAbort
	}
	// The transaction is ended even if the user has cancelled: an open one would block
	// readers.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	ended := s.client.EndTransaction(ending, end)
	for _, e := range []error{err, ended} {
		if errors.Is(e, kerr.ProducerFenced) || errors.Is(e, kerr.InvalidProducerEpoch) {
			return ErrTakenOver
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("send the records again: %w", err)
	case ended != nil:
		return fmt.Errorf("commit, which may have happened: replay again, the notes know: %w", ended)
	}
	s.count += int64(len(s.batch) / 2)
	s.batch = s.batch[:0]
	if s.sent != nil {
		s.sent(s.count)
	}
	return nil
}
