package engine

import "errors"

// ScanAfter sets how many look-ups must find nothing before the keys are read.
func (s *Store) ScanAfter(n int) { s.keys.scanAfter = n }

// FilterReady says whether look-ups ask the filter, once a scan that runs is over.
func (s *Store) FilterReady() bool {
	s.keys.scans.Wait()
	s.keys.mu.RLock()
	defer s.keys.mu.RUnlock()
	return s.keys.ready
}

// Scan reads all keys for the filter, which is new when it returns.
func (s *Store) Scan() {
	s.keys.mu.Lock()
	if s.keys.next == nil {
		s.keys.scan()
	}
	s.keys.mu.Unlock()
	s.keys.scans.Wait()
}

// PutAround writes an entry, and does something between the filling of the batch and its
// writing.
func (s *Store) PutAround(partition int32, key, payload []byte, between func()) error {
	w, p := s.writer(), s.partition("test", partition)
	if err := w.entry(p, key, payload, 0, 0); err != nil {
		return errors.Join(err, w.drop())
	}
	between()
	return w.commit()
}

// SurelyAbsent says whether the filter knows that there is no entry.
func (s *Store) SurelyAbsent(partition int32, key []byte) bool {
	return s.keys.absent(s.partition("test", partition).at(kindState, key))
}
