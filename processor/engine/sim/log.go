package sim

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Rec is a record, or a transaction's marker, in a partition's log. Its offset is
// its place.
type Rec struct {
	Key, Value []byte
	Headers    []kgo.RecordHeader
	Timestamp  int64
	// producer is the producer id, -1 without transaction.
	producer int64
	epoch    int16
	control  bool
	commit   bool // of a marker
	aborted  bool
	gone     bool // compacted away
	leader   int32
}

// Partition is one partition's log.
type Partition struct {
	log []Rec
	// open is the first offset of each transaction that is not yet marked.
	open map[int64]int64
	// epochs are the producers' last, in a record or a marker.
	epochs map[int64]int16
	// lost are the ends of transactions whose markers were never written.
	lost map[int64][]ending
	// last is the last batch of each producer, by which repeats are known.
	last map[int64]lastBatch
	// start is the first offset that retention has left.
	start int64
	// leaders are the leader epochs, from 0 on, by the offset with which each begins.
	leaders []int64
}

// ending is how a transaction ended.
type ending struct {
	epoch  int16
	commit bool
}

type lastBatch struct{ id, base int64 }

// Topic is a topic as it was once made; made anew it has another id.
type Topic struct {
	ID    [16]byte
	parts []*Partition
}

// tp is a partition of a topic.
type tp struct {
	topic     string
	partition int32
}

// MakeTopic makes a topic, in place of one of the same name.
func (c *Cluster) MakeTopic(name string, partitions int) {
	c.made++
	sum := sha256.Sum256(binary.AppendVarint(nil, int64(c.made)))
	t := &Topic{ID: [16]byte(sum[:16])}
	for range partitions {
		t.parts = append(t.parts, newPartition())
	}
	c.topics[name] = t
}

func newPartition() *Partition {
	return &Partition{open: map[int64]int64{}, last: map[int64]lastBatch{}, epochs: map[int64]int16{}, lost: map[int64][]ending{}, leaders: []int64{0}}
}

func (c *Cluster) part(at tp) *Partition { return c.topics[at.topic].parts[at.partition] }

// Append writes a record outside of any transaction and returns its offset.
func (c *Cluster) Append(topic string, partition int32, r *Rec) int64 {
	p := c.part(tp{topic, partition})
	p.log = append(p.log, Rec{Key: r.Key, Value: r.Value, Headers: r.Headers, Timestamp: r.Timestamp, producer: -1, leader: p.leader()})
	return int64(len(p.log)) - 1
}

// end is the high watermark.
func (p *Partition) end() int64 { return int64(len(p.log)) }

// stable is the last stable offset.
func (p *Partition) stable() int64 {
	at := p.end()
	for _, first := range p.open {
		at = min(at, first)
	}
	return at
}

// mark ends a producer's open transaction in the partition with a marker of an epoch.
//
// It is more lenient than a broker with committed transactions whose markers were lost and
// whose owner wrote on: the missing markers are written before the abort of the next
// transaction, which would otherwise abort all of them. No client can prevent that.
func (p *Partition) mark(producer int64, epoch int16, commit bool, now int64) {
	if first, ok := p.open[producer]; ok && !commit {
		kept := map[int16]bool{}
		for _, lost := range p.lost[producer] {
			if lost.commit {
				kept[lost.epoch] = true
			}
			if lost.commit && lost.epoch+1 < epoch {
				p.log = append(p.log, Rec{producer: producer, epoch: lost.epoch + 1, control: true, commit: true, Timestamp: now})
			}
		}
		for i := first; i < p.end(); i++ {
			r := &p.log[i]
			if r.producer == producer && !r.control && !kept[r.epoch] {
				r.aborted = true
			}
		}
	}
	delete(p.open, producer)
	delete(p.lost, producer)
	p.epochs[producer] = epoch
	p.log = append(p.log, Rec{producer: producer, epoch: epoch, control: true, commit: commit, Timestamp: now})
}

// mixed reports whether a producer's newest forgotten transaction in the partition was
// aborted, and one before it committed. One marker ends both: see mark.
func (p *Partition) mixed(producer int64) bool {
	lost := p.lost[producer]
	return len(lost) > 1 && !lost[len(lost)-1].commit && slices.ContainsFunc(lost, func(e ending) bool { return e.commit })
}

// marker returns the marker of a producer's epoch.
func (p *Partition) marker(producer int64, epoch int16) (commit, ok bool) {
	for i := range p.log {
		if r := &p.log[i]; r.control && r.producer == producer && r.epoch == epoch {
			return r.commit, true
		}
	}
	return false, false
}

// read returns up to n records from an offset on, as a consumer gets them: up to the
// last stable offset and without aborted ones if committed, else up to the end.
func (p *Partition) read(topic string, partition int32, from int64, n int, committed, control bool) []*kgo.Record {
	var out []*kgo.Record
	until := p.end()
	if committed {
		until = p.stable()
	}
	for at := max(from, p.start); at < until && len(out) < n; at++ {
		r := &p.log[at]
		if r.gone || committed && r.aborted || r.control && !control {
			continue
		}
		record := &kgo.Record{
			Topic: topic, Partition: partition, Offset: at, Key: slices.Clone(r.Key), Value: slices.Clone(r.Value),
			Timestamp: time.UnixMilli(r.Timestamp).UTC(), Headers: r.Headers, LeaderEpoch: r.leader,
		}
		if r.control {
			record.Attrs = kgo.NewRecordAttrs(kgo.RecordAttrsOpts{Transactional: true, Control: true})
		}
		out = append(out, record)
	}
	return out
}

// Committed returns the records of a partition as a read_committed consumer sees them.
func (c *Cluster) Committed(topic string, partition int32) []*kgo.Record {
	p := c.part(tp{topic, partition})
	return p.read(topic, partition, 0, len(p.log), true, false)
}

// Record returns the record at an offset, whether its transaction is committed, aborted or
// open.
func (c *Cluster) Record(topic string, partition int32, offset int64) (*kgo.Record, bool) {
	got := c.part(tp{topic, partition}).read(topic, partition, offset, 1, false, true)
	if len(got) == 0 || got[0].Offset != offset {
		return nil, false
	}
	return got[0], true
}

// End is a partition's high watermark.
func (c *Cluster) End(topic string, partition int32) int64 { return c.part(tp{topic, partition}).end() }

// Stable is a partition's last stable offset.
func (c *Cluster) Stable(topic string, partition int32) int64 {
	return c.part(tp{topic, partition}).stable()
}

// compact removes records that are replaced by a later one of the same key, and aborted
// records, below the last stable offset.
func (c *Cluster) compact(topic string) {
	for _, p := range c.topics[topic].parts {
		later := map[string]bool{}
		for at := p.stable() - 1; at >= 0; at-- {
			r := &p.log[at]
			if r.control {
				continue
			}
			if r.aborted || later[string(r.Key)] {
				r.gone = true
			}
			if !r.aborted {
				later[string(r.Key)] = true
			}
		}
	}
}

// Compact runs the log cleaner on a topic.
func (c *Cluster) Compact(topic string) { c.compact(topic) }

// AppendMarker writes a marker of a transaction that wrote nothing there.
func (c *Cluster) AppendMarker(topic string, partition int32) {
	p := c.part(tp{topic, partition})
	p.log = append(p.log, Rec{Timestamp: c.world.now, producer: -1, control: true, leader: p.leader()})
}

// Last is the offset after the last record, markers and aborted ones apart.
func (c *Cluster) Last(topic string, partition int32) int64 {
	p := c.part(tp{topic, partition})
	at := p.end()
	for at > 0 && (p.log[at-1].control || p.log[at-1].aborted) {
		at--
	}
	return at
}
