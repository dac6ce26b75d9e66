package sim

import (
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
)

// txn is a transactional id as its coordinator knows it.
type txn struct {
	id      string
	pid     int64
	epoch   int16
	state   txnState
	parts   map[tp]bool
	began   int64
	timeout int64
	left    int // markers not yet written
	// How the last transaction ended, for a request that is sent again.
	lastCommit bool
	lastEpoch  int16
}

type txnState int

const (
	txnEmpty txnState = iota
	txnOngoing
	txnPrepared // to be committed or aborted: its markers are on their way
)

// initProducer gives the owner of a transactional id its producer id and the next
// epoch. An open transaction of the previous owner is aborted first. known is the
// caller's current epoch, -1 for a new producer; a caller with an outdated epoch is
// fenced.
func (c *Cluster) initProducer(id string, timeout int64, known int16) (pid int64, epoch int16, err error) {
	t := c.txns[id]
	if known >= 0 && t != nil && known != t.epoch && known != t.lastEpoch {
		return 0, 0, kerr.ProducerFenced
	}
	if t == nil {
		t = &txn{id: id, pid: int64(len(c.txns)) + 1, parts: map[tp]bool{}, timeout: timeout, lastEpoch: -1}
		c.txns[id], c.byPID[t.pid], c.order = t, t, append(c.order, t)
		return t.pid, 0, nil
	}
	switch t.state {
	case txnPrepared:
		return 0, 0, kerr.ConcurrentTransactions
	case txnOngoing:
		t.lastEpoch, t.lastCommit = t.epoch, false
		if known < 0 {
			t.lastEpoch = -1
		}
		c.fence(t)
		return 0, 0, kerr.ConcurrentTransactions
	case txnEmpty:
	}
	if known < 0 || known == t.epoch {
		t.epoch++
	}
	t.timeout, t.lastEpoch = timeout, -1
	return t.pid, t.epoch, nil
}

// fence aborts an open transaction and refuses its owner.
func (c *Cluster) fence(t *txn) {
	was := t.epoch
	t.epoch++
	if c.Epochs {
		t.epoch++ // once for the fence, once for the end
	}
	c.prepare(t, was, false)
}

// check is the fencing of every request in a transaction.
func (t *txn) check(epoch int16) error {
	switch {
	case epoch < t.epoch:
		return kerr.InvalidProducerEpoch
	case t.state == txnPrepared:
		return kerr.ConcurrentTransactions
	}
	return nil
}

func (c *Cluster) begin(t *txn) {
	if t.state == txnEmpty {
		t.state, t.began = txnOngoing, c.world.now
	}
}

// addPartition makes a partition part of a transaction before anything is written.
func (c *Cluster) addPartition(pid int64, epoch int16, at tp) error {
	t := c.byPID[pid]
	if t == nil {
		return kerr.InvalidProducerIDMapping
	}
	if err := t.check(epoch); err != nil {
		return err
	}
	c.begin(t)
	t.parts[at] = true
	return nil
}

// produce appends a batch in a transaction. A batch that is sent again is known by
// its id.
func (c *Cluster) produce(pid int64, epoch int16, at tp, batch int64, records []Rec) (base int64, err error) {
	t := c.byPID[pid]
	if t == nil {
		return 0, kerr.InvalidProducerIDMapping
	}
	p := c.part(at)
	if last, ok := p.last[pid]; ok && last.id == batch {
		return last.base, nil
	}
	if err := t.check(epoch); err != nil {
		return 0, err
	}
	c.begin(t)
	t.parts[at] = true
	base = p.end()
	if _, ok := p.open[pid]; !ok {
		p.open[pid] = base
	}
	for i := range records {
		r := records[i]
		r.producer, r.epoch = pid, epoch
		p.log = append(p.log, r)
	}
	p.last[pid], p.epochs[pid] = lastBatch{batch, base}, epoch
	return base, nil
}

// endTxn ends a transaction and returns the epoch to go on with.
func (c *Cluster) endTxn(pid int64, epoch int16, commit bool) (next int16, err error) {
	t := c.byPID[pid]
	if t == nil {
		return 0, kerr.InvalidProducerIDMapping
	}
	again := t.lastEpoch == epoch && t.lastCommit == commit
	switch {
	case epoch < t.epoch && (!c.Epochs || !again || epoch != t.epoch-1):
		return 0, kerr.ProducerFenced
	case t.state == txnPrepared && again:
		return 0, kerr.ConcurrentTransactions
	case t.state == txnPrepared:
		return 0, kerr.InvalidTxnState
	case t.state == txnEmpty && again:
		return t.epoch, nil
	case t.state == txnEmpty && (commit || !c.Epochs):
		return 0, kerr.InvalidTxnState
	}
	t.lastEpoch, t.lastCommit = epoch, commit
	if c.Epochs {
		t.epoch++
	}
	if t.state == txnEmpty {
		return t.epoch, nil
	}
	c.prepare(t, epoch, commit)
	return t.epoch, nil
}

// endAs ends a transaction without raising the epoch, as older protocol versions did.
// Hanging transactions of the producer in its partitions end too.
func (c *Cluster) endAs(pid int64, epoch int16, places []tp, commit bool) error {
	t := c.byPID[pid]
	switch {
	case epoch != t.epoch:
		return kerr.ProducerFenced
	case t.state == txnPrepared:
		return kerr.ConcurrentTransactions
	case t.state == txnOngoing:
		return kerr.InvalidTxnState
	}
	c.begin(t)
	for _, at := range places {
		t.parts[at] = true
		if at.topic == offsetsTopic {
			delete(c.lost, pid)
		} else if p := c.part(at); commit || !p.mixed(pid) {
			delete(p.lost, pid)
		}
	}
	c.prepare(t, epoch, commit)
	return nil
}

// prepare decides a transaction. Its markers are written one by one, each when
// chance has it.
func (c *Cluster) prepare(t *txn, epoch int16, commit bool) {
	c.world.Logf("broker     %s: prepared, commit %v", t.id, commit)
	t.state = txnPrepared
	parts := slices.SortedFunc(maps.Keys(t.parts), comparePlaces)
	clear(t.parts)
	t.left = len(parts)
	for _, at := range parts {
		c.writeMarker(t, at, ending{epoch, commit}, c.world.now)
	}
}

// writeMarker ends a transaction that was decided at a time, or forgets to, in a
// partition.
func (c *Cluster) writeMarker(t *txn, at tp, end ending, decided int64) {
	c.world.After(int64(c.world.Chance(c.MarkerDelay+1)), func() {
		switch {
		case c.world.now < c.HoldMarkers:
			c.writeMarker(t, at, end, decided)
			return
		case c.Epochs && decided < c.LoseMarkers && c.world.now >= c.LoseMarkers && c.world.Chance(2) == 0:
			c.world.Logf("broker     %s: forgets %s/%d, commit %v", t.id, at.topic, at.partition, end.commit)
			if at.topic == offsetsTopic {
				c.lost[t.pid] = end
			} else {
				p := c.part(at)
				p.lost[t.pid] = append(p.lost[t.pid], end)
			}
		case at.topic == offsetsTopic:
			c.markOffsets(t.pid, end.commit)
			c.world.Logf("broker     %s: marked the offsets, commit %v", t.id, end.commit)
		default:
			c.part(at).mark(t.pid, t.epoch, end.commit, c.world.now)
			c.world.Logf("broker     %s: marked %s/%d, commit %v", t.id, at.topic, at.partition, end.commit)
		}
		t.left--
		if t.left == 0 {
			t.state = txnEmpty
		}
	})
}

func comparePlaces(a, b tp) int {
	switch {
	case a.topic < b.topic:
		return -1
	case a.topic > b.topic:
		return 1
	}
	return int(a.partition - b.partition)
}
