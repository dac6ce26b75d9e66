package view

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// Cell is one value of a table: Plain for CSV and JSON, Node for people. Without Node it is Plain as
// text.
type Cell struct {
	Plain string
	Node  g.Node
	// Class is a CSS class of the cell.
	Class string
}

// Column is one column of a table.
type Column struct {
	Name string
	// Help explains the values and names the command that gives the same.
	Help string
	// Right aligns numbers.
	Right bool
	// Wide columns are left out on narrow screens.
	Wide bool
}

// Table is a table of a page. It can be copied as CSV.
type Table struct {
	// ID names it in the page and in ?format=csv&table=.
	ID      string
	Caption string
	Columns []Column
	Rows    [][]Cell
	// Empty is the text shown if there is no row.
	Empty string
	// Command gives the same in a terminal.
	Command string
}

// T is a cell with a text from outside.
func T(text string) Cell { return Cell{Plain: text} }

// N is a cell with a count.
func N(n int64) Cell { return Cell{Plain: strconv.FormatInt(n, 10), Node: Number(n)} }

// C is a cell with its own node.
func C(plain string, node g.Node) Cell { return Cell{Plain: plain, Node: node} }

// CSV writes the table.
func (t *Table) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := make([]string, len(t.Columns))
	for i := range t.Columns {
		line[i] = t.Columns[i].Name
	}
	_ = out.Write(line)
	for _, row := range t.Rows {
		for i := range row {
			line[i] = harmless(row[i].Plain)
		}
		_ = out.Write(line[:len(row)])
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=@\t\r") || len(text) > 1 && strings.ContainsAny(text[:1], "+-") && strings.Trim(text[1:], "0123456789.") != "" {
		return "'" + text
	}
	return text
}

// Render is the table with its caption, buttons to copy it, and the meaning of its columns.
func (t *Table) Render(path string) g.Node {
	if len(t.Rows) == 0 {
		return h.Section(h.Class("card"), h.ID(t.ID), Heading(t.Caption), h.P(h.Class("empty"), g.Text(t.Empty)))
	}
	var tips []g.Node
	head, body := make([]g.Node, 0, len(t.Columns)), make([]g.Node, 0, len(t.Rows))
	for i := range t.Columns {
		c := &t.Columns[i]
		name := g.Text(c.Name)
		if c.Help != "" {
			what := What{tipID(t.ID, c.Name), c.Help, t.Command}
			name, tips = what.Show(name), append(tips, what.Tip())
		}
		head = append(head, h.Th(g.Attr("scope", "col"), classes(c, ""), name))
	}
	for _, row := range t.Rows {
		cells := make([]g.Node, 0, len(row))
		for i := range row {
			node := row[i].Node
			if node == nil {
				node = Text(row[i].Plain)
			}
			cells = append(cells, h.Td(classes(&t.Columns[i], row[i].Class), node))
		}
		body = append(body, h.Tr(cells...))
	}
	return h.Section(
		h.Class("card"), h.ID(t.ID),
		h.Div(h.Class("caption"), t.heading(), t.copies(path)),
		h.Div(
			h.Class("scroll"), h.Role("region"), g.Attr("tabindex", "0"), h.Aria("label", t.Caption),
			h.Table(h.THead(h.Tr(head...)), h.TBody(body...)),
		),
		g.Group(tips),
	)
}

// heading is the caption, with the command that gives the table.
func (t *Table) heading() g.Node {
	if t.Command == "" {
		return Heading(t.Caption)
	}
	what := What{tipID(t.ID), "This table can be copied as CSV; the whole page is JSON.", t.Command}
	return g.Group{h.H2(what.Show(g.Text(t.Caption))), what.Tip()}
}

func (t *Table) copies(path string) g.Node {
	if path == "" {
		return g.Group{} // the answer to a form has no address
	}
	return h.Span(
		h.Class("copy"),
		h.A(h.Href(At(path, "format", "csv", "table", t.ID)), h.Data("copy", ""), h.Title("Copy the table as CSV"), g.Text("CSV")),
		h.A(h.Href(At(path, "format", "json")), h.Data("copy", ""), h.Title("Copy the page as JSON"), g.Text("JSON")),
	)
}

func classes(c *Column, more string) g.Node {
	names := make([]string, 0, 3)
	if c.Right {
		names = append(names, "n")
	}
	if c.Wide {
		names = append(names, "wide")
	}
	if more != "" {
		names = append(names, more)
	}
	if len(names) == 0 {
		return nil
	}
	return h.Class(strings.Join(names, " "))
}
