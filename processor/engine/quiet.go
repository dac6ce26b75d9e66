package engine

import "time"

// sayAgainAfter is how long a log line that repeats is held back.
const sayAgainAfter = 30 * time.Second

// quiet holds back log lines that repeat, so that a fault that lasts does not fill the log.
type quiet struct{ said map[string]*saying }

type saying struct {
	at   time.Time
	held int
}

// may says whether a line may be logged now, and how many like it were held back.
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
