package sim

import "maps"

// Changes that an administrator, or a disaster, makes to a cluster while processes run.

// leader is the partition's leader epoch.
func (p *Partition) leader() int32 { return int32(len(p.leaders)) - 1 } //nolint:gosec // a few

// epochEnd is where the log ends that was written up to a leader epoch.
func (p *Partition) epochEnd(epoch int32) int64 {
	if epoch < 0 || int(epoch)+1 >= len(p.leaders) {
		return p.end()
	}
	return p.leaders[epoch+1]
}

// Truncate loses the end of a partition, as an election of a replica that lagged does.
func (c *Cluster) Truncate(topic string, partition int32, to int64) {
	p := c.part(tp{topic, partition})
	to = min(to, p.end())
	p.log = p.log[:to:to]
	for i := range p.leaders {
		p.leaders[i] = min(p.leaders[i], to)
	}
	p.leaders = append(p.leaders, to)
	p.reopen()
	c.world.Logf("cluster    %s/%d is cut to offset %d, leader epoch %d", topic, partition, to, p.leader())
}

// reopen rebuilds the state of the producers from a truncated log, as a broker does. A
// transaction whose marker is gone is open again, and hangs if its coordinator has ended
// it. A producer has the epoch of its last record that is left, and no other.
func (p *Partition) reopen() {
	clear(p.open)
	clear(p.epochs)
	maps.DeleteFunc(p.last, func(_ int64, b lastBatch) bool { return b.base >= p.end() })
	for i := range p.log {
		if r := &p.log[i]; r.producer >= 0 {
			p.epochs[r.producer] = r.epoch
		}
		switch r := &p.log[i]; {
		case r.producer < 0, r.gone:
		case r.control:
			delete(p.open, r.producer)
		default:
			if _, known := p.open[r.producer]; !known {
				p.open[r.producer] = int64(i)
			}
		}
	}
	for i := range p.log {
		r := &p.log[i]
		if first, open := p.open[r.producer]; open && int64(i) >= first {
			r.aborted = false
		}
	}
}

// Retain removes the records of a partition before an offset.
func (c *Cluster) Retain(topic string, partition int32, from int64) {
	p := c.part(tp{topic, partition})
	p.start = max(p.start, min(from, p.end()))
	c.world.Logf("cluster    %s/%d begins at offset %d", topic, partition, p.start)
}

// DeleteOffsets deletes the group's committed offsets.
func (c *Cluster) DeleteOffsets() {
	clear(c.offsets)
	clear(c.notes)
	clear(c.leaders)
	c.world.Logf("cluster    the group's offsets are deleted")
}

// SetOffset sets the group's committed offset of a partition by hand.
func (c *Cluster) SetOffset(partition int32, offset int64) {
	delete(c.notes, partition)
	delete(c.leaders, partition)
	c.offsets[partition] = offset
	c.world.Logf("cluster    the group's offset of partition %d is set to %d", partition, offset)
}

// RemakeTopic deletes a topic and makes it anew. The group's offsets of the input go with
// it.
func (c *Cluster) RemakeTopic(topic string, input bool) {
	c.MakeTopic(topic, len(c.topics[topic].parts))
	if input {
		c.DeleteOffsets()
	}
	c.world.Logf("cluster    topic %s is made anew", topic)
}

// AddPartition gives topics another partition, and the group's topic with them.
func (c *Cluster) AddPartition(topics ...string) {
	for _, name := range topics {
		t := c.topics[name]
		t.parts = append(t.parts, newPartition())
	}
	c.group.partitions++
	c.world.Logf("cluster    another partition for %v", topics)
	c.trigger()
}
