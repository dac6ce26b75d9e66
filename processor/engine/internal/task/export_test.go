package task

// Size returns the bytes of all chunks. Only the test of the arena's memory needs them.
func (a *Arena) Size() (n int) {
	for _, c := range a.chunks {
		n += len(c)
	}
	return n
}
