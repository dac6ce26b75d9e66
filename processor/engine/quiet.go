package engine

import "time"

// sayAgainAfter is the minimum interval between two equal log lines.
const sayAgainAfter = 30 * time.Second

// quiet suppresses repeated log lines, so that a lasting failure does not flood the
// log.
type quiet struct{ said map[string]*saying }

type saying struct {
	at   time.Time
	held int
}

// may reports whether a line may be logged now, and how many equal lines were
// suppressed before it.
func (q *quiet) may(line string, now time.Time) (held int, ok bool) {
	const most = 1000
	if q.said == nil || len(q.said) > most {
		q.said = map[string]*saying{}
	}
	s := q.said[line]
	if s == nil {
		q.said[line] = &saying{at: now}
		return 0, true
	}
	if now.Sub(s.at) < sayAgainAfter {
		s.held++
		return 0, false
	}
	held, s.at, s.held = s.held, now, 0
	return held, true
}
