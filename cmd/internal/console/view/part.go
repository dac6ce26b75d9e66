package view

import (
	"net/url"
	"strings"
	"unicode/utf8"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Level is how much a state concerns the reader.
type Level string

// The levels.
const (
	Good Level = "good"
	Calm Level = "calm"
	Warn Level = "warn"
	Bad  Level = "bad"
)

// Worse returns the worse of two levels.
func Worse(a, b Level) Level {
	order := map[Level]int{Good: 0, Calm: 1, Warn: 2, Bad: 3}
	if order[b] > order[a] {
		return b
	}
	return a
}

// At returns the address of a page of the console with a query; the arguments are pairs.
func At(path string, pairs ...string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return "/"
	}
	query := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	// No searchable id is longer; a long query must not make every link of the page long.
	const most = 600
	for name, values := range query {
		if len(values) > 0 && len(values[0]) > most {
			query.Set(name, strings.ToValidUTF8(values[0][:most], ""))
		}
	}
	return (&url.URL{Path: u.Path, RawQuery: query.Encode()}).String()
}

// Outside is a link to another site, which a person may follow; only https is a link.
func Outside(address, text string) g.Node {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return Text(address)
	}
	return h.A(h.Href(u.String()), h.Rel("noopener noreferrer"), g.Attr("target", "_blank"), g.Text(text))
}

// Heading is the heading of a part of a page.
func Heading(text string) g.Node { return h.H2(g.Text(text)) }

// shape is the sign of a level, so that it does not depend on colour.
func shape(level Level) g.Node {
	sign := map[Level]string{Good: "●", Calm: "○", Warn: "▲", Bad: "■"}[level]
	return h.Span(h.Class("shape"), h.Aria("hidden", "true"), g.Text(sign+" "))
}

// Badge is a state as a word with a shape.
func Badge(level Level, text string) g.Node {
	return h.Span(h.Class("badge "+string(level)), shape(level), Text(text))
}

// Banner says in words how things are.
func Banner(level Level, text string, more ...g.Node) g.Node {
	return h.Div(h.Class("banner "+string(level)), h.Role("status"), h.P(h.Strong(shape(level), sentence(text))), g.Group(more))
}

// Verdict is a banner whose numbers have an explanation.
func Verdict(level Level, what *What, text string, more ...g.Node) g.Node {
	return h.Div(h.Class("banner "+string(level)), h.Role("status"), what.On(), h.P(h.Strong(what.Show(shape(level), sentence(text)))), g.Group(more), what.Tip())
}

// Tile is one number with its name.
type Tile struct {
	Name, Value, Unit string
	// Help explains the number; Command gives the same.
	Help, Command string
	Level         Level
	Chart         g.Node
	// Link leads to the page that explains it.
	Link string
}

// Tiles is a row of numbers.
func Tiles(tiles ...Tile) g.Node {
	nodes := make([]g.Node, 0, len(tiles)+1)
	nodes = append(nodes, h.Class("tiles"))
	for i := range tiles {
		t := &tiles[i]
		what := What{tipID(t.Name), t.Help, t.Command}
		class := "value"
		const roomy = 9
		if utf8.RuneCountInString(t.Value) > roomy {
			class = "value long"
		}
		name := g.Text(t.Name)
		sign := g.Node(g.Group{})
		if t.Level == Warn || t.Level == Bad {
			sign = shape(t.Level)
		}
		if t.Link != "" {
			name = h.A(h.Href(At(t.Link)), name)
		}
		nodes = append(nodes, h.Div(
			h.Class(strings.TrimSpace("tile "+string(t.Level))), what.On(),
			h.Dt(sign, name), h.Dd(what.Explain(h.Span(h.Class(class), g.Text(t.Value)), g.If(t.Unit != "", h.Span(h.Class("unit"), g.Text(" "+t.Unit))))), chartOf(t.Chart),
		))
	}
	return h.Dl(nodes...)
}

func chartOf(chart g.Node) g.Node {
	if chart == nil {
		return g.Group{}
	}
	return h.Dd(h.Class("spark"), chart)
}

// CardOf is a card whose numbers have an explanation.
func CardOf(id, title string, what *What, nodes ...g.Node) g.Node {
	return h.Section(h.Class("card"), h.ID(id), what.On(), h.H2(what.Show(g.Text(title))), g.Group(nodes), what.Tip())
}

// Card is a part of a page with a heading.
func Card(id, title string, nodes ...g.Node) g.Node {
	return h.Section(h.Class("card"), h.ID(id), Heading(title), g.Group(nodes))
}

// Quiet is a remark.
func Quiet(text string) g.Node { return h.P(h.Class("quiet"), g.Text(text)) }

// Command is a command line to copy.
func Command(text string) g.Node { return h.Code(h.Class("command"), Text(text)) }
