package sim

// Host is a process: its tasks end with it.
type Host struct {
	Name string
	// Skew is how far its wall clock is off, in milliseconds.
	Skew   int64
	world  *World
	dead   bool
	frozen int64 // until when it does not run
}

// NewHost starts a process.
func (w *World) NewHost(name string) *Host { return &Host{Name: name, world: w} }

// Dead says that the host was killed.
func (h *Host) Dead() bool { return h.dead }

// Kill ends a host between two steps of its tasks, whose memory is gone.
func (h *Host) Kill() { h.dead = true }

// Freeze stops a host for a time; to itself no time has passed.
func (h *Host) Freeze(ms int64) { h.frozen = h.world.now + ms }

// Tasks returns how many tasks of the host are not over.
func (h *Host) Tasks() (n int) {
	for _, t := range h.world.tasks {
		if t.host == h && !t.ended {
			n++
		}
	}
	return n
}

// Group runs functions beside the task that made it.
type Group struct {
	world   *World
	host    *Host
	name    string
	running int
}

// Beside returns a Group of the running task.
func (w *World) Beside() *Group { return &Group{world: w, host: w.cur.host, name: w.cur.name} }
