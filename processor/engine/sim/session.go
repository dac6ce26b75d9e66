package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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

// synced takes an assignment.
func (s *Session) synced(generation int32, assigned map[int32]bool) {
	s.generation = generation
	var added, gone []int32
	for p := range assigned {
		if !s.owned[p] {
			added = append(added, p)
		}
	}
	for p := range s.owned {
		if !assigned[p] {
			gone = append(gone, p)
		}
	}
	slices.Sort(added)
	slices.Sort(gone)
	s.world.Logf("%-10s generation %d: has %v, new %v, gone %v", s.short, generation, slices.Sorted(maps.Keys(assigned)), added, gone)
	s.calls.Saw(slices.Sorted(maps.Keys(assigned)))
	for _, p := range gone {
		delete(s.position, p)
		delete(s.head, p)
		delete(s.committed, p)
	}
	s.owned = maps.Clone(assigned)
	if len(gone) > 0 {
		// Of several revocations before the next End only the first is passed on.
		if !s.revoked {
			s.revoked = true
			s.calls.Revoked(gone)
		}
		s.rejoining = true
		s.cluster.trigger()
	}
	s.calls.Assigned(added)
	for _, p := range added {
		s.loadPosition(p, generation)
	}
}

// later is when a client that is held up may hear of the group: with a heartbeat
// after its host runs again.
func (s *Session) later() int64 {
	if frozen := s.host.frozen - s.world.now; frozen > 0 {
		return frozen + int64(s.world.Chance(300))
	}
	return 1
}

// loadPosition asks for the committed offset of a new partition until it is stable.
func (s *Session) loadPosition(p, generation int32) {
	s.world.After(int64(s.world.Chance(5)), func() {
		if s.over() || !s.owned[p] {
			return
		}
		if _, known := s.position[p]; known {
			return
		}
		offset, err := s.cluster.fetchOffset(p, true)
		if err != nil || s.host.frozen > s.world.now {
			s.loadPosition(p, generation)
			return
		}
		s.position[p] = max(offset, 0)
		if leader, ok := s.cluster.leaders[p]; ok && leader >= 0 {
			s.leader[p] = leader
		}
		s.committed[p], s.head[p] = s.position[p], s.position[p]
	})
}

// lose tells the client that it is no member any more.
func (s *Session) lose(why error) {
	switch {
	case s.over():
	case s.host.frozen > s.world.now || s.locked:
		s.world.After(s.later(), func() { s.lose(why) })
	default:
		s.world.Logf("%-10s has lost its membership: %v", s.short, why)
		s.lost = true
		s.owned = map[int32]bool{}
		clear(s.position)
		clear(s.head)
		clear(s.committed)
		s.calls.Lost(why)
		s.errs = append(s.errs, fmt.Errorf("group session: %w", why))
	}
}

// PauseFetchPartitions stops the fetching of partitions.
func (s *Session) PauseFetchPartitions(partitions map[string][]int32) map[string][]int32 {
	for _, p := range partitions[s.input] {
		s.paused[p] = true
	}
	return nil
}

// ResumeFetchPartitions lets them be fetched again.
func (s *Session) ResumeFetchPartitions(partitions map[string][]int32) {
	for _, p := range partitions[s.input] {
		delete(s.paused, p)
	}
}

// PollRecords returns up to n available records.
func (s *Session) PollRecords(_ context.Context, n int) kgo.Fetches {
	w := s.world
	w.yield(int64(w.Chance(2)), nil)
	if s.closed {
		return kgo.NewErrFetch(kgo.ErrClientClosed)
	}
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		return kgo.NewErrFetch(err)
	}
	if f := w.At(s.short, "req:Fetch"); f != nil && f.Err != "" {
		return kgo.NewErrFetch(brokerError(f.Err))
	}
	var records []*kgo.Record
	owned := slices.Sorted(maps.Keys(s.owned))
	w.rng.Shuffle(len(owned), func(i, j int) { owned[i], owned[j] = owned[j], owned[i] })
	for _, p := range owned {
		at, known := s.position[p]
		if !known {
			continue
		}
		part := s.cluster.part(tp{s.input, p})
		if s.ids[s.input] != s.cluster.topics[s.input].ID {
			return kgo.NewErrFetch(kerr.UnknownTopicID)
		}
		if end := s.consumedEnd(part, p); at > end {
			// The leader epoch shows that the log was truncated: the client resets to
			// the truncation point.
			s.position[p] = end
			return lostFetch(s.input, p, &kgo.ErrDataLoss{Topic: s.input, Partition: p, ConsumedTo: at, ResetTo: end})
		}
		if s.paused[p] {
			continue
		}
		got := part.read(s.input, p, at, min(n-len(records), 1+w.Chance(12)), true, s.control)
		if len(got) > 0 {
			s.position[p] = got[len(got)-1].Offset + 1
			s.head[p], s.leader[p] = s.position[p], got[len(got)-1].LeaderEpoch
			w.Logf("%-10s polls %d/%d to %d", s.short, p, got[0].Offset, got[len(got)-1].Offset)
		}
		records = append(records, got...)
	}
	if len(records) == 0 {
		idle := int64(1 + w.Chance(4))
		if w.Healed {
			idle *= 20 // nothing is to be found between two rounds any more
		}
		w.yield(idle, nil)
		return nil
	}
	return fetches(s.input, records, func(p int32) int64 { return s.cluster.part(tp{s.input, p}).stable() })
}

// lostFetch is the client's answer for a partition whose position was reset, paused or not.
func lostFetch(topic string, p int32, err error) kgo.Fetches {
	return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: topic, Partitions: []kgo.FetchPartition{{Partition: p, Err: err}}}}}}
}

// consumedEnd is the end of the log that the client has read.
func (s *Session) consumedEnd(part *Partition, p int32) int64 {
	if leader, ok := s.leader[p]; ok {
		return min(part.end(), part.epochEnd(leader))
	}
	return part.end()
}

// fetches puts records of a topic into the form in which a client gives them. stable returns
// the last stable offset of a partition; nil: none is known.
func fetches(topic string, records []*kgo.Record, stable func(p int32) int64) kgo.Fetches {
	byPartition := map[int32]int{}
	out := kgo.FetchTopic{Topic: topic}
	for _, r := range records {
		i, ok := byPartition[r.Partition]
		if !ok {
			i = len(out.Partitions)
			byPartition[r.Partition] = i
			out.Partitions = append(out.Partitions, kgo.FetchPartition{Partition: r.Partition})
			if stable != nil {
				out.Partitions[i].LastStableOffset = stable(r.Partition)
			}
		}
		out.Partitions[i].Records = append(out.Partitions[i].Records, r)
	}
	return kgo.Fetches{{Topics: []kgo.FetchTopic{out}}}
}

// CommittedOffsets are the client's own notes of them.
func (s *Session) CommittedOffsets() map[string]map[int32]kgo.EpochOffset {
	out := map[int32]kgo.EpochOffset{}
	for p, at := range s.committed {
		out[p] = kgo.EpochOffset{Epoch: -1, Offset: at}
	}
	return map[string]map[int32]kgo.EpochOffset{s.input: out}
}
