package sim

import (
	"maps"
	"math"

	"github.com/twmb/franz-go/pkg/kerr"
)

// waiting is an offset that a transaction is about to commit.
type waiting struct {
	offset int64
	epoch  int16
	note   string
	leader int32
}

// commitOffsets makes input offsets part of a transaction.
func (c *Cluster) commitOffsets(pid int64, epoch int16, generation int32, memberID, instance string, offsets map[int32]waiting) error {
	t := c.byPID[pid]
	if t == nil {
		return kerr.InvalidProducerIDMapping
	}
	if err := t.check(epoch); err != nil {
		return err
	}
	if err := c.group.check(generation, memberID, instance); err != nil {
		return err
	}
	c.begin(t)
	for p, offset := range offsets {
		if c.pending[p] == nil {
			c.pending[p] = map[int64]waiting{}
		}
		c.keepLost(p, pid, epoch)
		offset.epoch = epoch
		c.pending[p][pid] = offset
	}
	t.parts[tp{offsetsTopic, 0}] = true
	return nil
}

const offsetsTopic = "__consumer_offsets"

func (c *Cluster) markOffsets(pid int64, commit bool) {
	for p, pending := range c.pending {
		offset, ok := pending[pid]
		if !ok {
			continue
		}
		c.keepLost(p, pid, math.MaxInt16)
		delete(pending, pid)
		if commit {
			c.keepOffset(p, offset)
		}
	}
	delete(c.lost, pid)
}

// keepLost commits an offset whose transaction was committed and forgotten, before the
// next one of its owner can undo it: see Partition.mark.
func (c *Cluster) keepLost(p int32, pid int64, before int16) {
	lost, ok := c.lost[pid]
	offset, waits := c.pending[p][pid]
	if ok && waits && lost.commit && offset.epoch == lost.epoch && lost.epoch < before {
		c.keepOffset(p, offset)
	}
}

func (c *Cluster) keepOffset(p int32, committed waiting) {
	c.offsets[p], c.notes[p], c.leaders[p] = committed.offset, committed.note, committed.leader
}

// fetchOffset returns the committed offset of an input partition, -1 for none.
func (c *Cluster) fetchOffset(p int32, stable bool) (int64, error) {
	if stable && len(c.pending[p]) > 0 {
		return -1, kerr.UnstableOffsetCommit
	}
	if offset, ok := c.offsets[p]; ok {
		return offset, nil
	}
	return -1, nil
}

// Offsets are the group's committed input offsets.
func (c *Cluster) Offsets() map[int32]int64 { return maps.Clone(c.offsets) }
