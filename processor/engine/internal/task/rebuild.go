package task

import "github.com/tributary-hq/tributary/processor/stage"

// FirstRevision implements stage.Tx.
func (c *Context) FirstRevision() int64 { return c.rebuild.Revisions }

// span is a range of a scope's outputs.
type span struct{ from, to int }

// again marks the outputs of a record, from index from on, if an earlier run has
// emitted them already; dropRepeated removes them after the audit hook has run. Its counts
// are dropped if the audit already contains them.
func (c *Context) again(in *stage.Input, from, counted int) {
	if in.Offset < c.rebuild.Until && !c.rebuild.Misses(in.Offset) {
		c.repeated = append(c.repeated, span{from, len(c.outputs)})
	}
	c.uncount(in.Offset, counted)
}

// uncount drops the counts from index counted on, if offset at was audited already.
func (c *Context) uncount(at int64, counted int) {
	if at < c.rebuild.Accounted {
		c.counts = c.counts[:counted]
	}
}

// dropRepeated removes the outputs that were emitted before, except snapshots and the
// internal records that carry snapshots between stages.
func (c *Context) dropRepeated() {
	if len(c.repeated) == 0 {
		return
	}
	kept := c.outputs[:c.repeated[0].from]
	next := c.repeated[0].from
	for _, t := range c.repeated {
		kept = append(kept, c.outputs[next:t.from]...)
		for i := t.from; i < t.to; i++ {
			if c.topics[c.outputs[i].Topic].Snapshots {
				kept = append(kept, c.outputs[i])
			}
		}
		next = t.to
	}
	c.outputs, c.repeated = append(kept, c.outputs[next:]...), c.repeated[:0]
}
