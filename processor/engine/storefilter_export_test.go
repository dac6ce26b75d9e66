package engine

// ScanAfter sets how many look-ups must find nothing before the keys are read.
func (s *Store) ScanAfter(n int) { s.keys.scanAfter = n }

// FilterReady says whether look-ups ask the filter, once a scan that runs is over.
func (s *Store) FilterReady() bool {
	s.keys.scans.Wait()
	s.keys.mu.RLock()
	defer s.keys.mu.RUnlock()
	return s.keys.ready
}

// SurelyAbsent says whether the filter knows that there is no entry.
func (s *Store) SurelyAbsent(partition int32, key []byte) bool {
	return s.keys.absent(s.partition("test", partition).at(kindState, key))
}
