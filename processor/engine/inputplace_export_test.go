package engine

import (
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// Place is what a restore found of a partition, for tests of where its input goes on.
type Place struct {
	Committed, Start, End, EpochEnd int64
	Ours                            bool
	// State is the state's position, -1 if it knows none; Remade says that it is one of
	// another topic.
	State  int64
	Remade bool
	// Until is where a reset is to end.
	Until int64
}

// GoOn returns where the input goes on, and the move if there is one.
func (p Place) GoOn() (at int64, cause string, lost int64, err error) {
	r := &restored{committed: p.Committed, epoch: 1, ours: p.Ours, start: p.Start, inputEnd: p.End, header: "\x01test"}
	r.topicID[0] = 1
	r.rebuildUntil = p.Until
	if p.State >= 0 {
		r.progress = entry.Progress{Known: true, Input: entry.InputPosition{Offset: p.State, Epoch: 1, TopicID: r.topicID}}
	}
	if p.Remade {
		r.progress.Input.TopicID[0] = 2
	}
	w := newRestorer(restoreConfig{Stage: "test", Changelog: "changelog", Hint: func(error) string { return "" }})
	if err := w.place(r); err != nil {
		return 0, "", 0, err
	}
	r.within(min(p.End, p.EpochEnd))
	if r.move != nil {
		return r.input.Offset, string(r.move.cause), r.move.lost(), nil
	}
	return r.input.Offset, "", 0, nil
}
