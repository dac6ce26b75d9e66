package engine

import (
	"github.com/tributary-hq/tributary/processor/engine/internal/entry"
)

// keepHeader puts the header in front of the changelog record if it differs from the
// previous one.
func (s *scope) keepHeader(before, now string) error {
	// The first transaction of a rebuild always writes the header: it marks the rebuild
	// as begun.
	if before == now || len(s.overlay.dirty()) == 0 && (s.rebuild.Until == 0 || before != "") {
		return nil
	}
	if err := s.overlay.set([]byte(entry.HeaderKey), s.arena.Copy([]byte(now)), 0); err != nil {
		return err
	}
	written := s.overlay.written
	last := written[len(written)-1]
	copy(written[1:], written)
	written[0] = last
	return nil
}

// keepProgress writes the progress entry if it changed.
func (s *scope) keepProgress(before entry.Progress, input entry.InputPosition) error {
	now := entry.Progress{Watermark: s.clock, Known: true, Input: input}
	if now == before {
		return nil
	}
	return s.overlay.set([]byte(entry.ProgressKey), now.Append(s.arena.buffer(entry.ProgressBytes)), 0)
}
