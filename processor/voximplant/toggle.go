package voximplant

import (
	"cmp"
	"slices"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// maxRun is how many callbacks a toggle keeps: the first that said what is so now, and
// the last.
const maxRun = 16

// toggle is something that is either so or not, and may be told again and again: the
// callbacks that told it as it is now, since it was last told otherwise, the oldest
// first. That makes the first of them known whatever the order of arrival; only what
// arrives behind more than maxRun newer ones may find the oldest gone.
type toggle struct {
	on bool
	// from is the lowest id that counts: the one after that of the newest callback that
	// told it otherwise.
	from uint64
	run  []mark
}

// tell takes what a callback says.
func (t *toggle) tell(on bool, now mark) {
	switch last := t.last(); {
	case last == nil || on != t.on && now.by > last.by:
		if last != nil {
			t.from = last.by + 1
		}
		t.on, t.run = on, append(t.run[:0], now)
	case on != t.on:
		if now.by >= t.from {
			t.from = now.by + 1
			t.run = slices.DeleteFunc(t.run, func(m mark) bool { return m.by < now.by })
		}
	case now.by >= t.from:
		t.insert(now)
	}
}

func (t *toggle) insert(now mark) {
	i, found := slices.BinarySearchFunc(t.run, now.by, func(m mark, by uint64) int { return cmp.Compare(m.by, by) })
	if found {
		return
	}
	if t.run = slices.Insert(t.run, i, now); len(t.run) > maxRun {
		t.run = slices.Delete(t.run, 1, 2)
	}
}

// first is the first callback that told it as it is now, zero if none did.
func (t *toggle) first() mark {
	if len(t.run) == 0 {
		return mark{}
	}
	return t.run[0]
}

func (t *toggle) last() *mark {
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
	t.run = make([]mark, r.Len())
	for i := range t.run {
		t.run[i] = mark{by: r.Uint(), at: r.Time()}
	}
}
