package journey

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// erase removes a member, whatever its revision, and leaves no tombstone: later records with
// its id are those of a new member. A journey without state gets a tombstone, because its
// snapshot may have outlived the state and may list the member.
func (s *Stage) erase(b *aggregate, in *stage.Input) error {
	before, err := b.open()
	if err != nil {
		return err
	}
	if before == nil {
		b.emit(nil, in.Headers)
		return nil
	}
	had := s.contributed(b, &b.was)
	member := b.input.MemberID.Value
	old, index, err := b.find(member)
	if err != nil {
		return err
	}
	b.tombstones = slices.DeleteFunc(b.tombstones, func(d tombstone) bool { return d.id == member })
	if old != nil {
		if err := b.remove(old, index); err != nil {
			return err
		}
	}
	s.count(b, had)
	change := b.input.ChangedBy
	change.Cause = avro.ChangeCauseRemoval
	return s.save(b, before, &change, old != nil, in.Headers)
}
