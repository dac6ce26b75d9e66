package view

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/processor/money"
)

// MaxText is how many characters of a text are shown.
const MaxText = 160

// Clean returns text on one line with invisible and reordering characters escaped, cut to MaxText.
func Clean(text string) string { return clean(text, MaxText) }

// sentence is a sentence of ours that may have names from outside.
func sentence(text string) g.Node {
	const most = 3 * MaxText
	return g.Text(clean(text, most))
}

func clean(text string, most int) string {
	cut := ""
	if len(text) > most {
		if n := utf8.RuneCountInString(text); n > most {
			end := 0
			for range most {
				_, size := utf8.DecodeRuneInString(text[end:])
				end += size
			}
			text, cut = text[:end], fmt.Sprintf(" … (%s characters)", Group(int64(n)))
		}
	}
	return terminal.Line(text) + cut
}

// Text is text from outside.
func Text(text string) g.Node { return g.Text(Clean(text)) }

// Dotted is a name that may break after its dots.
func Dotted(text string) g.Node {
	var out g.Group
	for part := range strings.SplitAfterSeq(Clean(text), ".") {
		out = append(out, g.Text(part), g.El("wbr"))
	}
	return out
}

// Paragraph is a text of ours, of any length.
func Paragraph(text string) g.Node { return g.Text(terminal.Line(text)) }

// Code is an id or another text from outside, in the typeface of code.
func Code(text string) g.Node {
	if text == "" {
		return None()
	}
	return h.Code(Text(text))
}

// Field is the name of a field, which may be broken behind an underscore only.
func Field(name string) g.Node {
	var out g.Group
	for part := range strings.SplitAfterSeq(Clean(name), "_") {
		out = append(out, g.Text(part), g.El("wbr"))
	}
	return h.Code(h.Class("field"), out)
}

// Block is text of several lines; each line is cleaned.
func Block(text string) g.Node {
	var b strings.Builder
	const most = 400
	n := 0
	for line := range strings.Lines(text) {
		n++
		if n > most {
			b.WriteString("…\n")
			break
		}
		b.WriteString(strings.TrimRight(Clean(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "  ")), " ") + "\n")
	}
	return h.Pre(g.Attr("tabindex", "0"), g.Text(b.String()))
}

// None is the mark of a value that is not there.
func None() g.Node { return h.Span(h.Class("none"), g.Text("–")) }

// Group writes a number with groups of three digits.
func Group(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "−", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + " " + text[i:]
	}
	return sign + text
}

// Number is a count; zero is quiet.
func Number(n int64) g.Node {
	if n == 0 {
		return h.Span(h.Class("none"), g.Text("0"))
	}
	return g.Text(Group(n))
}

// Rate writes a number per second or minute.
func Rate(perSecond float64) string {
	switch {
	case perSecond <= 0:
		return "0"
	case perSecond < 0.095:
		return strconv.FormatFloat(perSecond, 'f', 2, 64)
	case perSecond < 9.95:
		return strconv.FormatFloat(perSecond, 'f', 1, 64)
	default:
		return Group(int64(math.Round(perSecond)))
	}
}

// Span writes a duration in at most two units.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = max(d, 0); {
	case d == 0:
		return "0 s"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return strconv.FormatInt(int64(d.Seconds()), 10) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	case d < day:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d d %02d h", int(d/day), int(d%day/time.Hour))
}

// Time is an instant: the script shows it in the viewer's zone, with UTC as the tooltip.
func Time(at time.Time) g.Node {
	if at.IsZero() {
		return None()
	}
	at = at.UTC()
	return h.Time(g.Attr("datetime", at.Format("2006-01-02T15:04:05.000Z")), g.Text(at.Format("2006-01-02 15:04:05Z")))
}

// Money writes minor units with their currency.
func Money(minor int64, currency string) string {
	digits := money.Digits(currency)
	text := strconv.FormatInt(max(minor, -minor), 10)
	if len(text) <= digits {
		text = strings.Repeat("0", digits+1-len(text)) + text
	}
	whole, rest := text[:len(text)-digits], text[len(text)-digits:]
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = Group(n)
	}
	if rest != "" {
		whole += "." + rest
	}
	if minor < 0 {
		whole = "−" + whole
	}
	return strings.TrimSpace(whole + " " + currency)
}
