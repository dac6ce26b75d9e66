package unibell

import (
	"fmt"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// entry is the state of a reference or request id.
type entry struct {
	// last is the latest received_at.
	last time.Time
	// made says that ingest made the reference.
	made   bool
	window dedupe.Window
	// decision is the decision on the block of the number that calls.
	decision block.Decision
}

// entryVersion is the format of the state entry.
const entryVersion = 1

func parse(b []byte) (entry, error) {
	var e entry
	if b == nil {
		return e, nil
	}
	r, _ := statecodec.NewReader(b, entryVersion)
	e.last, e.made = r.Time(), r.Bool()
	e.window.ReadFrom(r)
	e.decision.ReadFrom(r)
	if err := r.Done(); err != nil {
		return e, fmt.Errorf("read a Unibell call: %w", err)
	}
	return e, nil
}
