package journey

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// erase forgets a member, whatever its revision, and that it was ever there: what is
// told of it later is told of another one. A snapshot without state ends: it may
// outlive it and tell of the member.
func (s *Stage) erase(b *book, in *engine.Input) error {
	before, err := b.open()
	if err != nil {
		return err
	}
	if before == nil {
		b.emit(nil, in.Headers)
		return nil
	}
	member := b.input.MemberID.Value
	old, place, err := b.find(member)
	if err != nil {
		return err
	}
	b.gone = slices.DeleteFunc(b.gone, func(d departure) bool { return d.id == member })
	if old != nil {
		if err := b.remove(old, place); err != nil {
			return err
		}
	}
	change := b.input.ChangedBy
	change.Cause = avro.ChangeCauseRemoval
	return s.settle(b, before, &change, old != nil, in.Headers)
}
