package privacy

import "time"

// CoveredUntil returns the end of the time from at during which a key is always in
// force; it is at itself if none is in force then. ok is false if that time has no end.
func (p *Pseudonymiser) CoveredUntil(at time.Time) (until time.Time, ok bool) {
	keys := make([]Key, len(p.keys))
	for i := range p.keys {
		keys[i] = p.keys[i].Key
	}
	return CoveredUntil(keys, at)
}

// CoveredUntil is Pseudonymiser.CoveredUntil for keys without a pseudonymiser.
func CoveredUntil(keys []Key, at time.Time) (until time.Time, ok bool) {
	for until = at; ; {
		next := until
		for i := range keys {
			k := &keys[i]
			switch {
			case k.From.After(until), !k.Until.IsZero() && !k.Until.After(until):
			case k.Until.IsZero():
				return time.Time{}, false
			case k.Until.After(next):
				next = k.Until
			}
		}
		if next.Equal(until) {
			return until, true
		}
		until = next
	}
}
