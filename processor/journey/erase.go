package journey

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// erase removes a member, whatever its revision, and leaves no departure: later records with
// its id are those of a new member. A journey without state gets a tombstone, because its
// snapshot may have outlived the state and may list the member.
func (s *Stage) erase(b *book, in *stage.Input) error {
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
