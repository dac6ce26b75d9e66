package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/engine/internal/store"
	"github.com/tributary-hq/tributary/processor/engine/sim"
	"github.com/tributary-hq/tributary/processor/stage"
)

// Schedule is one run: the records, the processes and the faults. Its seed decides
// everything else.
type Schedule struct {
	Seed       uint64
	Partitions int32
	Hosts      []Host
	Records    []Record
	Faults     []sim.Fault
	// Epochs is as in sim.Cluster. MarkerDelay is the most milliseconds between the end of
	// a transaction and a marker of it.
	Epochs      bool
	MarkerDelay int
	// Pauses are the times in which the stage is paused.
	Pauses []Pause
}

// Pause is a time in which the stage is paused, in milliseconds since the beginning. The
// host with index n hears of its begin and its end n times Late later.
type Pause struct{ From, To, Late int64 }

// pausedAt reports whether the stage is paused for a host.
func (p *Schedule) pausedAt(name string, now int64) bool {
	n := int64(slices.IndexFunc(p.Hosts, func(h Host) bool { return strings.HasPrefix(name, h.Name) }))
	return slices.ContainsFunc(p.Pauses, func(x Pause) bool { return now >= x.From+n*x.Late && now < x.To+n*x.Late })
}

// Host is a machine whose process starts again after it died.
type Host struct {
	Name    string
	Workers int
	// StartAt is when its process starts first, Skew how far its clock is off, both in
	// milliseconds.
	StartAt, Skew int64
}

// Record is a record that arrives in the input.
type Record struct {
	// At is the time of its arrival, in milliseconds since the beginning. The records of a
	// partition arrive in the order of Schedule.Records.
	At        int64
	Partition int32
	Key       []byte
	Value     []byte
	Headers   []kgo.RecordHeader
	// Timestamp is unix ms, 0 means the time of the arrival.
	Timestamp int64
	// Marker is set for a transaction's marker without records.
	Marker bool
}

// Stage describes the stage that runs.
type Stage struct {
	// Spec has no Stage, Workers and Partitions: the schedule sets them.
	Spec  engine.Spec
	Stage func() stage.Stage
	// Configure may change the settings of a process; it may be nil.
	Configure func(*engine.Config, *engine.Deps)
	// Begin is the time at which the clocks of the hosts begin, in unix ms; 0 means some
	// time in 2027.
	Begin int64
	// Patience is how long the run may take until everything is processed after the last
	// fault, in milliseconds; 0 means a minute.
	Patience int64
}

// Run is a schedule on its way.
type Run struct {
	Schedule *Schedule
	World    *sim.World
	// Running are the processes that were neither killed nor stopped.
	Running []*Process
	// Fatal are the errors that ended workers for good.
	Fatal []string
	// Failures are errors of the run itself.
	Failures []string
	// Stored are the stores of the processes that Play stopped at its end.
	Stored []Stored
	// Earliest is the time of the host whose clock is the latest, in unix ms, when
	// everything had been processed. Spread is how far clocks were ever apart.
	Earliest, Spread int64

	stage Stage
	// arriving are the records of each partition that have not arrived.
	arriving map[int32][]*Record
	// ahead is how far the clocks of the hosts are ahead of the world's, in milliseconds.
	ahead int64
	// began is the world's time at the beginning.
	began int64
	// older are copies of the hosts' disks from before.
	older map[string]*vfs.MemFS
	skew  map[string]int64
	twins int
	// last is set when processes stop for the last time.
	last      bool
	low, high int64
}

// Stored is the content of a stopped process's store for one partition.
type Stored struct {
	Process   string
	Partition int32
	// Offset is the changelog offset that the entries correspond to.
	Offset  int64
	Entries []store.Entry
}

// New returns a run that has not begun. Close ends it.
func New(p *Schedule, s Stage, tracing bool) *Run {
	if s.Patience == 0 {
		s.Patience = 60_000
	}
	r := &Run{
		Schedule: p, World: sim.NewWorld(p.Seed, p.Faults), stage: s,
		arriving: map[int32][]*Record{}, older: map[string]*vfs.MemFS{}, skew: map[string]int64{},
	}
	r.began = r.World.Now()
	if s.Begin > 0 {
		r.ahead = s.Begin - r.World.Now()
	}
	r.World.Tracing = tracing
	r.World.OnFault = r.fault
	c := r.World.Cluster
	c.Epochs, c.MarkerDelay, c.SessionTimeout = p.Epochs, p.MarkerDelay, 2000
	c.Partitions(p.Partitions)
	topics := append([]string{s.Spec.Input}, s.Spec.Outputs...)
	for _, topic := range append(topics, s.Spec.DeadLetter, s.Spec.Changelog) {
		c.MakeTopic(topic, int(p.Partitions))
	}
	for _, h := range p.Hosts {
		r.skew[h.Name] = h.Skew
		r.World.After(h.StartAt, func() { r.start(h, vfs.NewCrashableMem()) })
	}
	for i := range p.Records {
		record := &p.Records[i]
		r.arriving[record.Partition] = append(r.arriving[record.Partition], record)
		r.World.After(record.At, func() { r.arrive(record.Partition) })
	}
	return r
}

// arrive appends the next record of a partition: two arrivals may be played in any order,
// and the records of a partition are in the order of the schedule.
func (r *Run) arrive(partition int32) {
	record := r.arriving[partition][0]
	r.arriving[partition] = r.arriving[partition][1:]
	c := r.World.Cluster
	if record.Marker {
		c.AppendMarker(r.stage.Spec.Input, record.Partition)
		return
	}
	at := record.Timestamp
	if at == 0 {
		at = r.World.Now()
	}
	c.Append(r.stage.Spec.Input, record.Partition, &sim.Rec{Key: record.Key, Value: record.Value, Headers: record.Headers, Timestamp: at})
}

// The reasons why a run does not come to its end.
var (
	errNotProcessed = errors.New("not all is processed")
	errNotStopped   = errors.New("a process does not stop")
)

// Play plays the schedule: until all records have arrived and the faults are over, then
// until all is processed, then until every process has stopped.
func (r *Run) Play() error {
	last := int64(0)
	for i := range r.Schedule.Records {
		last = max(last, r.Schedule.Records[i].At)
	}
	const window = 1500
	for end := r.World.Now() + last + window; r.World.Now() < end && r.World.Step(); {
		continue
	}
	r.World.Heal()
	r.World.Logf("%-10s heals", "world")
	if !r.Until(r.stage.Patience, r.Drained) {
		return fmt.Errorf("%w %d ms after the last fault: committed %v", errNotProcessed, r.stage.Patience, r.World.Cluster.Offsets())
	}
	rest := r.World.Now() + 8000
	r.Until(math.MaxInt64, func() bool { return r.World.Now() > rest })
	r.Earliest = r.World.Now()
	for _, skew := range r.skew {
		r.Earliest = min(r.Earliest, r.World.Now()+skew)
	}
	r.last = true
	for _, p := range slices.Clone(r.Running) {
		r.stop(p, func() {})
	}
	if !r.Until(60_000, func() bool { return len(r.Running) == 0 }) {
		return errNotStopped
	}
	r.Until(10_000, func() bool { return !r.World.Cluster.Open() })
	return nil
}

// Until steps until done returns true, for at most some milliseconds of the world. It
// returns whether done returned true.
func (r *Run) Until(ms int64, done func() bool) bool {
	steps := 400_000 + 2_000*len(r.Schedule.Records)
	begin := r.World.Now()
	for range steps {
		if done() {
			return true
		}
		if r.World.Now()-begin > ms || !r.World.Step() {
			return done()
		}
	}
	return false
}

// Drained reports whether all records have arrived, their offsets are committed and a process
// runs.
func (r *Run) Drained() bool {
	offsets := r.World.Cluster.Offsets()
	for p := range r.Schedule.Partitions {
		// A clock that jumped may have ended the time of the arrivals before they happened.
		if len(r.arriving[p]) > 0 || offsets[p] < r.World.Cluster.Last(r.stage.Spec.Input, p) {
			return false
		}
	}
	return len(r.Running) > 0
}

// Close ends everything that still runs.
func (r *Run) Close() {
	for _, p := range r.Running {
		p.cancel()
	}
	r.World.Close()
	for _, p := range r.Running {
		r.must(p.store.Abandon())
	}
}

// State returns the content of the committed changelogs: the last entry of each key,
// without tombstones and without the engine's own entries.
func (r *Run) State() (out []store.Entry, err error) {
	for p := range r.Schedule.Partitions {
		last := map[string][]byte{}
		for _, record := range r.World.Cluster.Committed(r.stage.Spec.Changelog, p) {
			last[string(record.Key)] = record.Value
		}
		for _, key := range slices.Sorted(maps.Keys(last)) {
			if last[key] == nil || key[0] == 0 {
				continue
			}
			e, err := store.ParseRecord(p, []byte(key), last[key])
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
	}
	return out, nil
}

// Complete returns the stores that are at the end of their changelogs.
func (r *Run) Complete() []Stored {
	return slices.DeleteFunc(slices.Clone(r.Stored), func(s Stored) bool {
		return s.Offset < r.World.Cluster.Last(r.stage.Spec.Changelog, s.Partition)
	})
}

func (r *Run) must(err error) {
	if err != nil {
		r.Failures = append(r.Failures, err.Error())
	}
}

// Process is a host's program, from one start to its end.
type Process struct {
	plan   Host
	host   *sim.Host
	store  *store.Store
	fs     *vfs.MemFS
	cancel context.CancelFunc
	over   bool
}
