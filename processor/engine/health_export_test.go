package engine

// StatusAfter is the status of a worker that failed, was then told by its group that these
// partitions are its own, nil for no answer, and has let go of others.
func StatusAfter(err error, assigned []int32) Status {
	w := &worker{metrics: newMetrics(nil), session: struct{ session }{}, parts: map[int32]*owned{}}
	w.setError(err)
	for _, p := range assigned {
		w.parts[p] = &owned{ready: true}
	}
	if assigned != nil {
		w.sawAssignment(assigned)
	}
	w.status.Joined = true
	w.updateStatus()
	return w.status
}
