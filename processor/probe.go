//go:build synctests

package processor

import "context"

// The methods of this file are for the chaos tests of whole clients, which are built
// with the tag synctests.

// ProbeFlush flushes the store's memory to disk.
func (p *Processor) ProbeFlush() error {
	if p.engine == nil {
		return nil
	}
	return p.engine.ProbeFlush()
}

// ProbeEnd ends the goroutines and clients that a Stop left running because the
// engine's store is broken.
func (p *Processor) ProbeEnd(ctx context.Context) {
	if p.engine != nil {
		p.engine.ProbeEnd(ctx)
	}
}
