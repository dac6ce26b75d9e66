package engine

// Slab is a slab for tests.
type Slab struct{ slab slab }

// Take returns a piece of n bytes.
func (s *Slab) Take(n int) uint32 { return s.slab.take(n) }

// Give takes it back.
func (s *Slab) Give(piece uint32, n int) { s.slab.give(piece, n) }

// At returns its bytes.
func (s *Slab) At(piece uint32, n int) []byte { return s.slab.at(piece, n) }

// Bytes returns what all chunks take, and what pieces in use do.
func (s *Slab) Bytes() (held, used int64) { return s.slab.heldBytes, s.slab.usedBytes }
