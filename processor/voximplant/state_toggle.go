package voximplant

import (
	"cmp"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// maxRun is how many callbacks a toggle keeps: the first that reported the current
// value, and the last ones.
const maxRun = 16

// toggle is a boolean register that also holds since when its value holds: the
// callbacks that reported the current value since another one last reported the
// opposite, the oldest first. So the first of them is known whatever the order of
// arrival; only a callback that arrives after more than maxRun newer ones may find the
// oldest dropped.
type toggle struct {
	on bool
	// from is the lowest callback id that counts: one more than that of the newest
	// callback that reported the opposite value.
	from uint64
	run  []version
}

// report merges the value that a callback reports.
func (t *toggle) report(on bool, now version) {
	switch last := t.last(); {
	case last == nil || on != t.on && now.by > last.by:
		if last != nil {
			t.from = last.by + 1
		}
		t.on, t.run = on, append(t.run[:0], now)
	case on != t.on:
		if now.by >= t.from {
			t.from = now.by + 1
			t.run = slices.DeleteFunc(t.run, func(m version) bool { return m.by < now.by })
		}
	case now.by >= t.from:
		t.insert(now)
	}
}

func (t *toggle) insert(now version) {
	i, found := slices.BinarySearchFunc(t.run, now.by, func(m version, by uint64) int { return cmp.Compare(m.by, by) })
	if found {
		return
	}
	if t.run = slices.Insert(t.run, i, now); len(t.run) > maxRun {
		t.run = slices.Delete(t.run, 1, 2)
	}
}

// first returns the first callback that reported the current value, zero if none did.
func (t *toggle) first() version {
	if len(t.run) == 0 {
		return version{}
	}
	return t.run[0]
}

func (t *toggle) last() *version {
	if len(t.run) == 0 {
		return nil
	}
	return &t.run[len(t.run)-1]
}

// appendTo appends the toggle to a state entry.
func (t *toggle) appendTo(dst []byte) []byte {
	dst = statecodec.AppendUint(statecodec.AppendBool(dst, t.on), t.from)
	dst = statecodec.AppendUint(dst, uint64(len(t.run)))
	for i := range t.run {
		dst = statecodec.AppendTime(statecodec.AppendUint(dst, t.run[i].by), t.run[i].at)
	}
	return dst
}

func (t *toggle) readFrom(r *statecodec.Reader) {
	t.on, t.from = r.Bool(), r.Uint()
	t.run = make([]version, r.Len())
	for i := range t.run {
		t.run[i] = version{by: r.Uint(), at: r.Time()}
	}
}
