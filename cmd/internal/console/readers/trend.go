package readers

import (
	"fmt"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/trend"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

const (
	// leastSpan is the shortest time that a trend's width stands for.
	leastSpan = 5 * time.Minute
	// mostDots is how many points a line has at most: an hour has more than its width can show.
	mostDots = 60
)

// trendCell draws how far a group was behind.
func trendCell(t trend.Trend, now time.Time) view.Cell {
	if len(t.Points) == 0 {
		return view.C("", view.None())
	}
	span := min(max(now.Sub(t.Points[0].At), leastSpan), trend.Keep)
	var parts [][]view.Dot
	var most lag.Span
	for i, p := range t.Points {
		most = max(most, p.Behind)
		if i == 0 || p.At.Sub(t.Points[i-1].At) > trend.Gap {
			parts = append(parts, nil)
		}
		part := &parts[len(parts)-1]
		dot := view.Dot{X: 1 - min(now.Sub(p.At).Seconds()/span.Seconds(), 1), Y: time.Duration(p.Behind).Seconds()}
		if n := len(*part); n > 0 && dot.X-(*part)[n-1].X < 1/mostDots {
			(*part)[n-1].Y = max((*part)[n-1].Y, dot.Y)
			continue
		}
		*part = append(*part, dot)
	}
	label := fmt.Sprintf("at most %s behind in the last %s", view.Span(time.Duration(most)), view.Span(span.Round(time.Second)))
	word := g.Node(g.Group{})
	if text := directionText(t.Direction); text != "" {
		word, label = h.Span(h.Class("quiet small"), g.Text(text)), label+", "+string(t.Direction)
	}
	return view.C(string(t.Direction), g.Group{view.Trend(parts, time.Duration(most).Seconds(), label), word})
}

// directionText writes a direction with a shape.
func directionText(d trend.Direction) string {
	shape := map[trend.Direction]string{trend.Growing: "↗", trend.Shrinking: "↘", trend.Steady: "→"}[d]
	if shape == "" {
		return ""
	}
	return shape + " " + string(d)
}
