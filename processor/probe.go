//go:build synctests

package processor

import "context"

// What follows is for the chaos tests of whole clients, which are built with the tag.

// ProbeFlush brings the store to its disk.
func (p *Processor) ProbeFlush() error {
	if p.engine == nil {
		return nil
	}
	return p.engine.ProbeFlush()
}

// ProbeEnd ends what a Stop left of an engine whose store is broken.
func (p *Processor) ProbeEnd(ctx context.Context) {
	if p.engine != nil {
		p.engine.ProbeEnd(ctx)
	}
}
