package store

import (
	"errors"
	"time"
)

// DropIdle removes the state of the partitions whose lease nobody holds and that were not
// at the end of their changelog for some time. dropped is called for each of them.
func (s *Store) DropIdle(now time.Time, after time.Duration, dropped func(stage string, partition int32, idle time.Duration)) error {
	all, err := s.Partitions()
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range all {
		idle := now.Sub(time.UnixMilli(f.Checkpoint.AtEnd))
		if idle < after {
			continue
		}
		// The lease is held during the deletion: an owner that needs it waits, and then
		// restores from the beginning.
		give, ok := s.Leases.TakeIdle(f.Stage, f.Partition, func() {})
		if !ok {
			continue
		}
		batch := s.NewBatch()
		err := batch.Wipe(s.Partition(f.Stage, f.Partition))
		if err == nil {
			err = batch.Commit()
		} else {
			err = errors.Join(err, batch.Discard())
		}
		give()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		dropped(f.Stage, f.Partition, idle)
	}
	return errors.Join(errs...)
}
