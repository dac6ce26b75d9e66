package task

import "unsafe"

// revisionOf identifies an entity in a topic of snapshots. Its strings are memory of the
// transaction.
type revisionOf struct{ topic, key, entity string }

// dropSuperseded removes the revisions of an entity that are followed by a newer one in the
// same transaction. The remaining outputs keep their order.
func (c *Context) dropSuperseded() {
	if c.newer == nil {
		c.newer = map[revisionOf]struct{}{}
	}
	clear(c.newer)
	first := len(c.outputs) // of those that remain, which are collected at the end
	for i := len(c.outputs) - 1; i >= 0; i-- {
		out := &c.outputs[i]
		if !out.ToPartition && c.topics[out.Topic].Snapshots {
			of := revisionOf{out.Topic, text(out.Key), text(out.Entity)}
			if _, superseded := c.newer[of]; superseded {
				continue
			}
			c.newer[of] = struct{}{}
		}
		first--
		c.outputs[first] = *out
	}
	c.outputs = append(c.outputs[:0], c.outputs[first:]...)
}

// text views bytes that do not change as a string.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) } //nolint:gosec // valid until Reset
