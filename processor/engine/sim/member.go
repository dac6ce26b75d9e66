package sim

import (
	"fmt"
	"maps"
	"slices"
)

// synced takes an assignment.
func (s *Session) synced(generation int32, assigned map[int32]bool) {
	s.generation = generation
	var added, gone []int32
	for p := range assigned {
		if !s.owned[p] {
			added = append(added, p)
		}
	}
	for p := range s.owned {
		if !assigned[p] {
			gone = append(gone, p)
		}
	}
	slices.Sort(added)
	slices.Sort(gone)
	s.world.Logf("%-10s generation %d: has %v, new %v, gone %v", s.short, generation, slices.Sorted(maps.Keys(assigned)), added, gone)
	s.calls.Saw(slices.Sorted(maps.Keys(assigned)))
	for _, p := range gone {
		delete(s.position, p)
		delete(s.head, p)
		delete(s.committed, p)
	}
	s.owned = maps.Clone(assigned)
	if len(gone) > 0 {
		// Of several revocations before the next End only the first is passed on.
		if !s.revoked {
			s.revoked = true
			s.calls.Revoked(gone)
		}
		s.rejoining = true
		s.cluster.trigger()
	}
	s.calls.Assigned(added)
	for _, p := range added {
		s.loadPosition(p, generation)
	}
}

// later is when a client that is held up may hear of the group: with a heartbeat
// after its host runs again.
func (s *Session) later() int64 {
	if frozen := s.host.frozen - s.world.now; frozen > 0 {
		return frozen + int64(s.world.Chance(300))
	}
	return 1
}

// loadPosition asks for the committed offset of a new partition until it is stable.
func (s *Session) loadPosition(p, generation int32) {
	s.world.After(int64(s.world.Chance(5)), func() {
		if s.over() || !s.owned[p] {
			return
		}
		if _, known := s.position[p]; known {
			return
		}
		offset, err := s.cluster.fetchOffset(p, true)
		if err != nil || s.host.frozen > s.world.now {
			s.loadPosition(p, generation)
			return
		}
		s.position[p] = max(offset, 0)
		if leader, ok := s.cluster.leaders[p]; ok && leader >= 0 {
			s.leader[p] = leader
		}
		s.committed[p], s.head[p] = s.position[p], s.position[p]
	})
}

// lose tells the client that it is no member any more.
func (s *Session) lose(why error) {
	switch {
	case s.over():
	case s.host.frozen > s.world.now || s.locked:
		s.world.After(s.later(), func() { s.lose(why) })
	default:
		s.world.Logf("%-10s has lost its membership: %v", s.short, why)
		s.lost = true
		s.owned = map[int32]bool{}
		clear(s.position)
		clear(s.head)
		clear(s.committed)
		s.calls.Lost(why)
		s.errs = append(s.errs, fmt.Errorf("group session: %w", why))
	}
}
