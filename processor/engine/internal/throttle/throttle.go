// Package throttle suppresses repeated log lines, so that a lasting failure does not flood
// the log.
package throttle

import "time"

// interval is the minimum interval between two equal log lines.
const interval = 30 * time.Second

// Lines decides which log lines are written. The zero value is ready for use by one
// goroutine.
type Lines struct{ written map[string]*line }

// line is a log line that was written before.
type line struct {
	at         time.Time
	suppressed int
}

// Allow reports whether a line may be logged now, and how many equal lines were
// suppressed before it.
func (l *Lines) Allow(text string, now time.Time) (suppressed int, ok bool) {
	const most = 1000
	if l.written == nil || len(l.written) > most {
		l.written = map[string]*line{}
	}
	last := l.written[text]
	if last == nil {
		l.written[text] = &line{at: now}
		return 0, true
	}
	if now.Sub(last.at) < interval {
		last.suppressed++
		return 0, false
	}
	suppressed, last.at, last.suppressed = last.suppressed, now, 0
	return suppressed, true
}
