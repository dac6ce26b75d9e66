package engine

// HotIndex is an index for tests.
type HotIndex struct{ index hotIndex }

// Add notes an entry.
func (x *HotIndex) Add(hash, id uint32) { x.index.add(hash, id) }

// Remove forgets it.
func (x *HotIndex) Remove(hash, id uint32) { x.index.remove(hash, id) }

// Find returns the entry of a hash that is the one, 0 if there is none.
func (x *HotIndex) Find(hash uint32, is func(id uint32) bool) uint32 { return x.index.find(hash, is) }
