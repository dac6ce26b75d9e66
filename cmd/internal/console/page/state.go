package page

import (
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

// Heading begins a page: its name, a sentence, and when its numbers were read.
func Heading(title, text string, at time.Time) g.Node {
	return h.Div(h.Class("top"), h.H1(view.Text(title)), h.P(view.Paragraph(text)), g.If(!at.IsZero(), h.P(g.Text("as of "), view.Time(at))))
}

// Waiting is a page whose first numbers are on their way.
func Waiting(title, text, reads string) *Content {
	return &Content{
		Loading: true, Model: map[string]any{"loading": true},
		Body: []g.Node{Heading(title, text, time.Time{}), h.Div(h.Class("card loading"), h.Role("status"), h.P(g.Text("Reading "+reads+" …")))},
	}
}

// Away is a page without any number: Kafka does not answer.
func Away(title, text string, err error) *Content {
	return &Content{
		Model: map[string]any{"error": err.Error()}, Status: 200,
		Body: []g.Node{Heading(title, text, time.Time{}), view.Banner(
			view.Bad, "Kafka is away.", h.P(h.Class("prose"), view.Text(Sentence(err))),
			h.P(h.Class("prose"), g.Text("Nothing is lost by that here: webhooks that ingest cannot write are answered 503 and sent again by their providers. This page asks again by itself.")),
		)},
	}
}

// Stale says that the numbers are old.
func Stale(err error, at time.Time) g.Node {
	return view.Banner(view.Bad, "Kafka is away.", h.P(h.Class("prose"), g.Text("The numbers are from "), view.Time(at), g.Text(". "), view.Text(Sentence(err))))
}

// Sentence writes an error for people.
func Sentence(err error) string {
	return Capital(err.Error())
}

// Capital begins a text with a capital letter.
func Capital(text string) string {
	if text == "" {
		return "Something failed."
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
