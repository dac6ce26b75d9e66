// Package trend keeps how far consumer groups were behind in the last hour.
//
//	lag.Report, each read ─► Add ─► points, at most one per Step ─► Of: a group's line and direction
//
// Kafka does not keep a group's former positions, so a trend begins when somebody looks, and has gaps
// where nobody did.
package trend

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

const (
	// Keep is how long points are kept.
	Keep = time.Hour
	// Step is the shortest time between two points of a group.
	Step = 10 * time.Second
	// Gap is the time without a point after which the line is broken.
	Gap = 3 * Step
	// recent is the time that the direction is about.
	recent = 90 * time.Second
)

// Direction says whether a group falls further behind.
type Direction string

// The directions.
const (
	Growing   Direction = "growing"
	Shrinking Direction = "shrinking"
	Steady    Direction = "steady"
	// None: the group has read everything, or was seen once.
	None Direction = ""
)

// Point is how far a group was behind at a time; the most within a Step.
type Point struct {
	At     time.Time `json:"at"`
	Behind lag.Span  `json:"behind_seconds"`

	// first is how far it was behind at At itself.
	first lag.Span
}

// Trend is how far a group was behind.
type Trend struct {
	Direction Direction `json:"direction,omitempty"`
	// Points are those of the last hour, the oldest first.
	Points []Point `json:"points"`
}

// History has the trend of every group. The zero value is empty. It is not safe for concurrent use.
type History struct {
	groups map[string][]Point
	last   *lag.Report
}

// Add adds the groups of a report; reports are in the order of their times.
func (h *History) Add(r *lag.Report) {
	if h.groups == nil {
		h.groups = map[string][]Point{}
	}
	h.last = r
	for i := range r.Groups {
		x := &r.Groups[i]
		points := h.groups[x.Group]
		if n := len(points); n > 0 && r.At.Sub(points[n-1].At) < Step {
			points[n-1].Behind = max(points[n-1].Behind, x.Age)
			continue
		}
		h.groups[x.Group] = append(points, Point{r.At, x.Age, x.Age})
	}
	for group, points := range h.groups {
		for len(points) > 0 && r.At.Sub(points[0].At) > Keep {
			points = points[1:]
		}
		if h.groups[group] = points; len(points) == 0 {
			delete(h.groups, group)
		}
	}
}

// Trends returns the trend of every group of the last report.
func (h *History) Trends() map[string]Trend {
	out := map[string]Trend{}
	if h.last == nil {
		return out
	}
	for i := range h.last.Groups {
		x := &h.last.Groups[i]
		points := append([]Point{}, h.groups[x.Group]...)
		out[x.Group] = Trend{Direction: direction(points, h.last.At, x.Age), Points: points}
	}
	return out
}

// direction compares how far a group is behind now with the oldest recent point.
func direction(points []Point, now time.Time, behind lag.Span) Direction {
	i := slices.IndexFunc(points, func(p Point) bool { return now.Sub(p.At) <= recent })
	if i < 0 || !points[i].At.Before(now) || behind == 0 {
		return None
	}
	was := points[i].first
	const share = 20
	slack := max(lag.Span(time.Second), was/share)
	switch {
	case behind > was+slack:
		return Growing
	case behind < was-slack:
		return Shrinking
	}
	return Steady
}
