package view

import (
	"fmt"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Spark is a line of values over time, its area filled. label names it for people who cannot see it.
func Spark(values []float64, label string) g.Node {
	const width, height = 120.0, 28.0
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	const least = 2
	if len(values) < least || most == 0 {
		return svg("spark flat", width, height, label, g.El("line",
			num("x1", 0), num("x2", width), num("y1", height-1), num("y2", height-1)))
	}
	var line strings.Builder
	for i, v := range values {
		x, y := width*float64(i)/float64(len(values)-1), height-1-(height-3)*v/most
		fmt.Fprintf(&line, "%.1f,%.1f ", x, y)
	}
	points := strings.TrimSpace(line.String())
	return svg("spark", width, height, label,
		g.El("polygon", g.Attr("points", fmt.Sprintf("0,%g %s %g,%g", height, points, width, height))),
		g.El("polyline", g.Attr("points", points)))
}

// Dot is a point of a Trend: X is the share of the width, between 0 and 1.
type Dot struct{ X, Y float64 }

// Trend is a line through points of time, in parts where it is broken. most is the value at its top. label
// names it for people who cannot see it.
func Trend(parts [][]Dot, most float64, label string) g.Node {
	const width, height = 120.0, 28.0
	nodes := []g.Node{g.El("line", num("x1", 0), num("x2", width), num("y1", height-1), num("y2", height-1))}
	for _, dots := range parts {
		var line strings.Builder
		for i, d := range dots {
			y := height - 1
			if most > 0 {
				y -= (height - 3) * d.Y / most
			}
			fmt.Fprintf(&line, "%.1f,%.1f ", width*d.X, y)
			if len(dots) == 1 && i == 0 {
				fmt.Fprintf(&line, "%.1f,%.1f ", width*d.X+1, y)
			}
		}
		nodes = append(nodes, g.El("polyline", g.Attr("points", strings.TrimSpace(line.String()))))
	}
	return svg("spark", width, height, label, nodes...)
}

// Bar is a value as a share of the greatest, between 0 and 1; kind is a CSS class.
func Bar(share float64, kind, label string) g.Node {
	const width, height = 100.0, 8.0
	return svg("bar "+kind, width, height, label,
		g.El("rect", h.Class("rest"), num("width", width), num("height", height), num("rx", 2)),
		g.El("rect", h.Class("part"), num("width", width*min(max(share, 0), 1)), num("height", height), num("rx", 2)))
}

// Columns is a small bar chart over time, stacked: each value is a list of parts from below.
func Columns(values [][]float64, kinds []string, label string) g.Node {
	const width, height = 240.0, 56.0
	most := 0.0
	for _, parts := range values {
		sum := 0.0
		for _, v := range parts {
			sum += v
		}
		most = max(most, sum)
	}
	nodes := []g.Node{g.El("line", num("x1", 0), num("x2", width), num("y1", height-0.5), num("y2", height-0.5))}
	if most > 0 {
		step := width / float64(len(values))
		for i, parts := range values {
			y := height
			for k, v := range parts {
				if v <= 0 {
					continue
				}
				tall := max((height-2)*v/most, 1)
				y -= tall
				nodes = append(nodes, g.El("rect", h.Class(kinds[k]), num("x", step*float64(i)), num("y", y), num("width", max(step-1, 0.5)), num("height", tall)))
			}
		}
	}
	return svg("columns", width, height, label, nodes...)
}

func svg(class string, width, height float64, label string, nodes ...g.Node) g.Node {
	return g.El("svg", h.Class(class), g.Attr("viewBox", fmt.Sprintf("0 0 %g %g", width, height)), g.Attr("preserveAspectRatio", "none"),
		h.Role("img"), h.Aria("label", Clean(label)), g.Group(nodes))
}

func num(name string, value float64) g.Node {
	return g.Attr(name, strconv.FormatFloat(value, 'f', -1, 64))
}
