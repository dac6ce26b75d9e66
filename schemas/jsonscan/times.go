package jsonscan

import (
	"bytes"
	"strings"
	"time"
	"unsafe"
)

// LenientTime reads a time as UTC, to the millisecond: unix seconds or milliseconds, as
// a number or as text, or a text that ParseTime reads. A number below 10^11 is in
// seconds (until the year 5138), one from there on in milliseconds (since 1973). Zero is
// Absent: it is how programs write that there is no time.
func (s *Scanner) LenientTime() (time.Time, Reading) {
	s.space()
	if n, end := positive(s.data, s.pos); s.err == nil && end > s.pos {
		s.pos = end
		return fromUnix(n, 0)
	}
	switch s.Kind() {
	case Number:
		return unixTime(s.NumberText())
	case String:
		return TimeOf(view(s.Bytes()))
	default:
		return time.Time{}, s.pastOther()
	}
}

// TimeOf reads a time from the text of a string, as LenientTime does.
func TimeOf(text string) (time.Time, Reading) {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "0000-00-00") {
		return time.Time{}, Absent
	}
	if at, ok := ParseTime(text); ok {
		return at, Read
	}
	inner := Scanner{data: canonical([]byte(text))}
	number := inner.NumberText()
	if inner.End() != nil {
		return time.Time{}, Unread
	}
	return unixTime(number)
}

func view(text []byte) string {
	return unsafe.String(unsafe.SliceData(text), len(text)) //nolint:gosec // the data does not change while a scanner reads it
}

// unixTime reads a number in the grammar of JSON, which may have a fraction.
func unixTime(text []byte) (time.Time, Reading) {
	if len(text) == 0 {
		return time.Time{}, Absent
	}
	if n, ok := integral(text); ok {
		return fromUnix(n, 0)
	}
	whole, fraction, point := bytes.Cut(text, []byte("."))
	n, ok := integral(whole)
	if !point || !ok || text[0] == '-' || bytes.ContainsAny(fraction, "eE") {
		return time.Time{}, Unread
	}
	const places = 3
	ms, _ := integral(append(bytes.Clone(fraction), "000"...)[:places])
	return fromUnix(n, ms)
}

// fromUnix returns the time of a number of seconds, with so many milliseconds beside it,
// or of a number of milliseconds.
func fromUnix(n, ms int64) (time.Time, Reading) {
	const firstMillis, tooLate = 1e11, 1e14
	switch {
	case n == 0 && ms == 0:
		return time.Time{}, Absent
	case n < 0 || n >= tooLate:
		return time.Time{}, Unread
	case n >= firstMillis:
		return time.UnixMilli(n).UTC(), Read
	default:
		return time.UnixMilli(n*1000 + ms).UTC(), Read
	}
}

// ParseTime reads a time as ISO 8601 and its relatives write it, as UTC to the
// millisecond: with T or a space, a zone as Z, +01:00, +0100 or +01, a fraction, a leap
// second, or a date alone. Without a zone it is UTC. Years before 1970 are refused.
func ParseTime(text string) (at time.Time, ok bool) {
	const leap = 16 // where ":60" stands
	if len(text) >= leap+3 && text[leap:leap+3] == ":60" {
		at, ok = ParseTime(text[:leap] + ":59" + text[leap+3:])
		return at.Add(time.Second), ok
	}
	at, err := time.Parse(layoutOf(text), text)
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, false
	}
	return at.UTC().Truncate(time.Millisecond), true
}

// layoutOf returns the layout that a text could have.
func layoutOf(text string) string {
	const day = len(time.DateOnly)
	if len(text) <= day {
		return time.DateOnly
	}
	zone := ""
	if i := strings.LastIndexAny(text[day:], "+-"); i >= 0 {
		zone = text[day+i:]
	}
	blank := text[day] == ' '
	switch {
	case len(zone) == len("+0100") && blank:
		return "2006-01-02 15:04:05-0700"
	case len(zone) == len("+0100"):
		return "2006-01-02T15:04:05-0700"
	case len(zone) == len("+01") && blank:
		return "2006-01-02 15:04:05-07"
	case len(zone) == len("+01"):
		return "2006-01-02T15:04:05-07"
	case (zone != "" || strings.HasSuffix(text, "Z")) && blank:
		return "2006-01-02 15:04:05Z07:00"
	case zone != "" || strings.HasSuffix(text, "Z"):
		return time.RFC3339
	case blank:
		return time.DateTime
	default:
		return "2006-01-02T15:04:05"
	}
}
