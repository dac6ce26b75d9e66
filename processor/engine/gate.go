package engine

// gate follows Spec.Paused: it pauses or resumes the fetching of the restored partitions.
// A paused worker stays in its group, restores the partitions that it gets, and still
// polls, so that errors of the session are seen; the client drops fetched records of a
// paused partition and fetches them again later. No transaction is open: each ends in the
// pass of work that began it.
func (w *worker) gate() {
	paused := w.spec.Paused != nil && w.spec.Paused()
	if paused == w.paused {
		return
	}
	w.paused = paused
	w.status.Paused(paused)
	for p, part := range w.parts {
		switch {
		case !part.ready: // its fetching is paused until it is restored
		case paused:
			w.session.PauseFetchPartitions(map[string][]int32{w.input: {p}})
		default:
			w.resumeFetch(p)
		}
	}
}
