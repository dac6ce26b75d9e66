package sim

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Callbacks are called by a client after the group has answered.
type Callbacks struct {
	Assigned, Revoked func(partitions []int32)
	// Saw gets the whole assignment, before the others.
	Saw func(partitions []int32)
	// Lost says that the group has thrown the client out, and why.
	Lost func(why error)
}

// Session simulates kgo's GroupTransactSession, request by request.
type Session struct {
	world   *World
	cluster *Cluster
	host    *Host
	id      string // the transactional and the instance id
	short   string // the same in faults and traces
	input   string
	control bool
	calls   Callbacks
	timeout int64

	member     string
	generation int32
	owned      map[int32]bool
	paused     map[int32]bool
	// position is the next offset to poll, committed the client's view of the committed
	// offset, head the offset after the last polled record.
	position, committed, head map[int32]int64
	revoked, lost             bool
	// locked holds callbacks back, as End does.
	locked, rejoining, closed bool
	errs                      []error

	pid         int64
	epoch       int16
	pidErr      error
	reload      bool
	inTxn       bool
	unconfirmed bool
	added       bool
	written     bool
	buffered    []buffered
	batches     int64
	// sent are the offsets of the transaction that is being ended.
	sent map[int32]waiting
	// ids are the topics as they were when the client began, leader the leader epoch of the
	// last record of each partition.
	ids    map[string][16]byte
	leader map[int32]int32
}

type buffered struct {
	record  *kgo.Record
	promise func(*kgo.Record, error)
}

// errCut is the client's error for a closed connection.
var errCut = errors.New("connection closed")

// Join makes a client. short is its name in faults; control makes it return markers.
// made gets the session before anything can be called back.
func (h *Host) Join(
	id, short, input string, timeoutMillis int64, control bool, calls Callbacks, made func(*Session),
) (*Session, error) {
	w := h.world
	s := &Session{
		world: w, cluster: w.Cluster, host: h, id: id, short: short, input: input, control: control, calls: calls, timeout: timeoutMillis,
		generation: -1, owned: map[int32]bool{}, paused: map[int32]bool{}, position: map[int32]int64{}, committed: map[int32]int64{},
		head: map[int32]int64{}, epoch: -1, ids: map[string][16]byte{}, leader: map[int32]int32{},
	}
	for name, t := range w.Cluster.topics {
		s.ids[name] = t.ID
	}
	made(s)
	w.After(int64(w.Chance(20)), func() { s.join() })
	s.reload = true
	return s, nil
}

// ProducerID initializes the transactional id, or returns the current producer id and
// epoch.
func (s *Session) ProducerID(ctx context.Context) (pid int64, epoch int16, err error) {
	err = s.loadProducer(ctx)
	return s.pid, s.epoch, err
}

func (s *Session) join() {
	switch {
	case s.over():
	case s.host.frozen > s.world.now:
		s.world.After(1, s.join)
	default:
		s.cluster.join(s)
	}
}

// over says that nobody is behind the session any more.
func (s *Session) over() bool { return s.closed || s.host.dead }

// Close ends the client. A static member stays in its group until it is not heard of
// for long, unless it owes the group a rejoin.
func (s *Session) Close() {
	if s.over() {
		return
	}
	s.world.Logf("%-10s closes its session", s.short)
	s.closed = true
	if s.rejoining {
		s.cluster.leave(s.member)
	}
}

// call retries a request until it has a final answer; apply is the broker's part.
func (s *Session) call(ctx context.Context, kind string, apply func() error) error {
	w := s.world
	for try := 0; ; try++ {
		w.yield(int64(w.Chance(2)), nil)
		f := w.At(s.short, "req:"+kind)
		err := s.apply(f, apply)
		w.yield(int64(w.Chance(2)), nil)
		if err != nil && (try == 0 || f != nil) {
			w.Logf("%-10s %s: %v", s.short, kind, err)
		}
		switch {
		case err == nil:
			return nil
		case f != nil && f.GivesUp, !errors.Is(err, errCut) && !kerr.IsRetriable(err) && !errors.Is(err, kerr.ConcurrentTransactions), try > 100:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		w.yield(int64(1+w.Chance(20)), nil)
	}
}

func (*Session) apply(f *Fault, apply func() error) error {
	if f == nil {
		return apply()
	}
	switch f.Do {
	case Refuse, Fail:
		return brokerError(f.Err)
	case Confuse:
		_ = apply() // the answer says something else
		return brokerError(f.Err)
	case CutBefore:
		return errCut
	case CutAfter:
		_ = apply() // the answer is lost
		return errCut
	}
	return apply()
}

// loadProducer asks for the producer id where that is due.
func (s *Session) loadProducer(ctx context.Context) error {
	if !s.reload {
		return s.pidErr
	}
	var pid int64
	var epoch int16
	err := s.call(ctx, "InitProducerID", func() (err error) {
		pid, epoch, err = s.cluster.initProducer(s.id, s.timeout, s.epoch)
		return err
	})
	if err != nil {
		if !errors.Is(err, errCut) && !kerr.IsRetriable(err) {
			s.failProducer(err)
		}
		return fmt.Errorf("load the producer id: %w", err)
	}
	s.pid, s.epoch, s.reload, s.pidErr = pid, epoch, false, nil
	s.world.Logf("%-10s has producer %d, epoch %d", s.short, s.pid, s.epoch)
	return nil
}

// failProducer notes an error after which the producer id is not good any more.
func (s *Session) failProducer(err error) {
	if s.pidErr == nil {
		s.pidErr, s.reload = err, false
	}
}
