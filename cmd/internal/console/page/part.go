package page

import (
	"fmt"
	"strings"
	"time"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/console/feed"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

// Count writes a number with the right form of a noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return view.Group(int64(n)) + " " + many
}

// Words writes a symbol as words.
func Words(symbol string) string { return strings.ToLower(strings.ReplaceAll(symbol, "_", " ")) }

// Stamp is a cell with a time.
func Stamp(at time.Time) view.Cell {
	if at.IsZero() {
		return view.C("", view.None())
	}
	return view.C(at.UTC().Format(time.RFC3339Nano), view.Time(at))
}

// Age is a cell with a duration.
func Age(s lag.Span) view.Cell {
	d := time.Duration(s)
	return view.C(fmt.Sprintf("%.3f", d.Seconds()), QuietZero(d > 0, view.Span(d)))
}

// Rate is a cell with a rate per second.
func Rate(perSecond float64) view.Cell {
	return view.C(fmt.Sprintf("%.3f", perSecond), QuietZero(perSecond > 0, view.Rate(perSecond)))
}

// QuietZero writes a number, faintly unless it is loud.
func QuietZero(loud bool, text string) g.Node {
	if loud {
		return g.Text(text)
	}
	return h.Span(h.Class("none"), g.Text(text))
}

// LevelOf is how much a verdict concerns.
func LevelOf(v lag.Verdict, bad bool) view.Level {
	switch {
	case bad:
		return view.Bad
	case v == lag.VerdictOK:
		return view.Good
	case v == lag.VerdictRestoring, v == lag.VerdictCatchingUp:
		return view.Warn
	}
	return view.Calm
}

// PlainID makes an id of an element from a key.
func PlainID(key string) string {
	const most = 80
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, key[:min(len(key), most)])
}

// CasePath is the address of a case.
func CasePath(id string) string { return view.At("/case", "id", id) }

// Hidden is a form field that is not shown.
func Hidden(name, value string) g.Node {
	return h.Input(h.Type("hidden"), h.Name(name), h.Value(value))
}

// Purpose asks why.
func Purpose() g.Node {
	return h.Label(g.Text("Why? Recorded with your name."), h.Input(h.Type("text"), h.Name("purpose"), h.Required(), h.MaxLength("500"), h.AutoComplete("off")))
}

// Legend explains the colours of MinuteChart.
func Legend() g.Node {
	return h.P(h.Class("quiet small"), g.Text("From the ledger:"), h.Span(h.Class("key fact")), g.Text("facts"), h.Span(h.Class("key dup")), g.Text("duplicates"), h.Span(h.Class("key letter")), g.Text("dead letters"))
}

// MinuteWhat explains MinuteChart.
//
//nolint:gochecknoglobals // a constant
var MinuteWhat = view.What{ID: "tip-minutes", Text: "Raw records of the last hour by what they became, by the ledger; each column is a minute, the last one still grows.", Command: "tributary tail ledger.v1"}

// MinuteChart draws a provider's ledger by minute.
func MinuteChart(p *feed.ProviderLedger) g.Node {
	values := make([][]float64, len(p.Minutes))
	for i := range p.Minutes {
		x := &p.Minutes[i]
		values[i] = []float64{float64(x.Decoded), float64(x.Duplicates), float64(x.DeadLetters + x.Unaccounted)}
	}
	label := fmt.Sprintf("%s: %d facts, %d duplicates and %d dead letters in the last hour", p.Title, p.Decoded, p.Duplicates, p.DeadLetters)
	return g.Group{view.Columns(values, []string{"fact", "dup", "letter"}, label), h.P(h.Class("quiet small"), MinuteWhat.Show(g.Textf("%s facts, %s duplicates, %s dead letters", view.Group(p.Decoded), view.Group(p.Duplicates), view.Group(p.DeadLetters))))}
}
