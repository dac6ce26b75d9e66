package sim

// Cluster is the broker: logs, the coordinator of transactions, one group.
type Cluster struct {
	// HoldMarkers is until when no marker is written, unix ms.
	HoldMarkers int64
	// LoseMarkers is when a broker comes back and takes the transactions that wait for
	// their markers then for completed, without writing all of them; unix ms.
	LoseMarkers int64

	world  *World
	topics map[string]*Topic
	made   int
	txns   map[string]*txn
	byPID  map[int64]*txn
	order  []*txn
	// offsets are the group's committed input offsets, pending those of open
	// transactions.
	offsets map[int32]int64
	pending map[int32]map[int64]waiting
	// notes are the metadata of the offsets, leaders their leader epochs.
	notes   map[int32]string
	leaders map[int32]int32
	// lost are the ends of transactions whose offsets were forgotten.
	lost  map[int64]ending
	group group
	// SessionTimeout and MarkerDelay are milliseconds.
	SessionTimeout int64
	MarkerDelay    int
	// Epochs makes every end of a transaction raise the epoch, as brokers do since
	// transaction version 2.
	Epochs bool
}

func newCluster(w *World) *Cluster {
	return &Cluster{
		world: w, topics: map[string]*Topic{}, txns: map[string]*txn{}, byPID: map[int64]*txn{}, offsets: map[int32]int64{},
		pending: map[int32]map[int64]waiting{}, notes: map[int32]string{}, leaders: map[int32]int32{}, lost: map[int64]ending{}, group: group{members: map[string]*member{}}, SessionTimeout: 6000, MarkerDelay: 10,
	}
}

// Open says that a transaction is open, or not yet marked everywhere.
func (c *Cluster) Open() bool {
	for _, t := range c.txns {
		if t.state != txnEmpty {
			return true
		}
	}
	return false
}

// tick advances timeouts: expired transactions are aborted, members without heartbeats
// are removed.
func (c *Cluster) tick() {
	for _, t := range c.order {
		if t.state == txnOngoing && c.world.now > t.began+t.timeout {
			c.world.Logf("broker     %s: timed out", t.id)
			t.lastEpoch = -1
			c.fence(t)
		}
	}
	c.group.tick(c)
}

// nextTime is when tick will next have something to do, -1 for never.
func (c *Cluster) nextTime() int64 {
	next := c.group.nextTime(c)
	for _, t := range c.txns {
		if at := t.began + t.timeout + 1; t.state == txnOngoing && (next < 0 || at < next) {
			next = at
		}
	}
	return next
}
