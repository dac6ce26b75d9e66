package offsetset

// Marks is a set of offsets of one partition, with those that were added more than
// once.
type Marks struct {
	Once, Again Set
}

// NewMarks returns an empty one.
func NewMarks() *Marks { return &Marks{Once: Set{}, Again: Set{}} }

// Add marks an offset.
func (m *Marks) Add(offset int64) {
	if !m.Once.Add(offset) {
		m.Again.Add(offset)
	}
}

// Has reports whether the offset was added; nil has none.
func (m *Marks) Has(offset int64) bool { return m != nil && m.Once.Has(offset) }

// Count returns the number of different offsets.
func (m *Marks) Count() int64 { return m.Once.Count() }

// Within counts the offsets in [from, to).
func (m *Marks) Within(from, to int64) int64 { return m.Once.Within(from, to) }
