package trend_test

import (
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/console/trend"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// report is a report in which one group is so far behind.
func report(at time.Time, behind time.Duration) *lag.Report {
	return &lag.Report{At: at, Groups: []lag.Group{{Group: "stage", Figures: lag.Figures{Age: lag.Span(behind)}}}}
}

// TestDirection: the direction is that of the last minute.
func TestDirection(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		behind func(second int) time.Duration
		want   trend.Direction
	}{
		"stuck: a second more every second": {func(s int) time.Duration { return time.Duration(s) * time.Second }, trend.Growing},
		"catching up":                       {func(s int) time.Duration { return time.Hour - 10*time.Duration(s)*time.Second }, trend.Shrinking},
		"caught up a moment ago":            {func(s int) time.Duration { return time.Duration(max(118-s, 0)) * time.Second }, trend.None},
		"as far behind as before":           {func(s int) time.Duration { return time.Minute + time.Duration(s%2)*time.Second }, trend.Steady},
		"has read everything":               {func(int) time.Duration { return 0 }, trend.None},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var h trend.History
			for second := 0; second <= 120; second += 3 {
				h.Add(report(noon().Add(time.Duration(second)*time.Second), test.behind(second)))
			}
			if got := h.Trends()["stage"].Direction; got != test.want {
				t.Errorf("the direction is %q, want %q", got, test.want)
			}
		})
	}
}

// TestPoints: points are at most one per Step, of the last hour, and the most within their Step; a group
// that is gone is forgotten.
func TestPoints(t *testing.T) {
	t.Parallel()
	var h trend.History
	if got := h.Trends(); len(got) > 0 {
		t.Errorf("without a report there are trends: %v", got)
	}
	for second := range 7200 {
		behind := time.Second
		if second == 7195 {
			behind = time.Minute
		}
		h.Add(report(noon().Add(time.Duration(second)*time.Second), behind))
	}
	points := h.Trends()["stage"].Points
	if n := len(points); n < 355 || n > 361 {
		t.Fatalf("there are %d points, want one every 10 s of an hour", n)
	}
	for i := 1; i < len(points); i++ {
		if points[i].At.Sub(points[i-1].At) < trend.Step {
			t.Fatalf("points at %v and %v", points[i-1].At, points[i].At)
		}
	}
	if last := points[len(points)-1].Behind; last != lag.Span(time.Minute) {
		t.Errorf("the last point is %v, want the most within its step", last)
	}
	h.Add(&lag.Report{At: noon().Add(4 * time.Hour)})
	if got := h.Trends(); len(got) > 0 {
		t.Errorf("a group that is gone has a trend: %v", got)
	}
}

// TestFirstLook: with one look there is no direction, nor right after a long gap.
func TestFirstLook(t *testing.T) {
	t.Parallel()
	var h trend.History
	h.Add(report(noon(), time.Minute))
	if got := h.Trends()["stage"]; got.Direction != trend.None || len(got.Points) != 1 {
		t.Errorf("after the first look the trend is %+v", got)
	}
	h.Add(report(noon().Add(30*time.Minute), time.Hour))
	if got := h.Trends()["stage"]; got.Direction != trend.None || len(got.Points) != 2 {
		t.Errorf("after a gap the trend is %+v", got)
	}
	h.Add(report(noon().Add(30*time.Minute+15*time.Second), 2*time.Hour))
	if got := h.Trends()["stage"]; got.Direction != trend.Growing {
		t.Errorf("after 15 s the trend is %+v", got)
	}
}
