package audit

// marks is a set of offsets of one partition, with those that were added more than
// once.
type marks struct {
	once, again offsetSet
}

func newMarks() *marks { return &marks{once: offsetSet{}, again: offsetSet{}} }

// add marks an offset.
func (m *marks) add(offset int64) {
	if !m.once.add(offset) {
		m.again.add(offset)
	}
}

func (m *marks) has(offset int64) bool { return m != nil && m.once.has(offset) }

func (m *marks) count() int64 { return m.once.count() }

// within counts the offsets in [from, to).
func (m *marks) within(from, to int64) int64 { return m.once.within(from, to) }
