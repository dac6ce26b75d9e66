package source

import (
	"errors"
	"fmt"
)

// Change is how a list of sources differs from the one before, by id.
type Change struct{ Added, Changed, Removed []string }

// Compare returns how the sources change, or an error if a running process must not
// take the new ones: the list is empty, as of an empty or cut file; a source has a
// fault; or a source changed without a higher revision.
func Compare(before, after []Source) (Change, error) {
	c := Change{}
	if len(after) == 0 && len(before) > 0 {
		return c, errors.New("sources: none, where there were some: the file is empty or cut; to take no webhooks any more, stop the process")
	}
	was := map[string]*Source{}
	for i := range before {
		was[before[i].ID] = &before[i]
	}
	var errs []error
	is := map[string]bool{}
	for i := range after {
		s := &after[i]
		is[s.ID] = true
		if err := s.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("sources[%d]: %w", i, err))
		}
		switch old := was[s.ID]; {
		case old == nil:
			c.Added = append(c.Added, s.ID)
		case s.Stamp() != old.Stamp():
			c.Changed = append(c.Changed, s.ID)
			if err := s.Follows(old); err != nil {
				errs = append(errs, fmt.Errorf("sources[%d].%w", i, err))
			}
		}
	}
	for i := range before {
		if !is[before[i].ID] {
			c.Removed = append(c.Removed, before[i].ID)
		}
	}
	return c, errors.Join(errs...)
}
