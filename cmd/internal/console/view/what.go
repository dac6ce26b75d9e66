package view

import (
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
)

// What is the explanation of some numbers: their definition, and the command that prints them.
type What struct {
	// ID names the explanation in the page.
	ID, Text string
	// Command may be empty if no command gives the number.
	Command string
}

// Show is nodes as a button that opens the explanation: by mouse, keyboard and touch, and without a
// script.
func (w *What) Show(nodes ...g.Node) g.Node {
	return h.Button(h.Type("button"), h.Class("what"), g.Attr("popovertarget", w.ID), g.Group(nodes))
}

// On is an attribute of an element whose numbers the explanation is about: the script shows it there, too.
func (w *What) On() g.Node { return h.Data("what", w.ID) }

// Tip is the explanation, once in a page.
func (w *What) Tip() g.Node {
	return h.Div(h.Class("tip"), h.ID(w.ID), g.Attr("popover"), h.P(Paragraph(w.Text)),
		g.If(w.Command != "", h.P(g.Text("In a terminal: "), h.Code(Text(w.Command)))))
}

// Explain is a button with its explanation.
func (w *What) Explain(nodes ...g.Node) g.Node { return g.Group{w.Show(nodes...), w.Tip()} }

// tipID makes the id of an explanation from names.
func tipID(names ...string) string {
	return "tip-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(strings.Join(names, "-")))
}
