package terminal

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Wrap wraps the lines of a text that are wider than width columns. The lines below keep the first
// one's indentation and two columns more. A width of 0 leaves the text as it is.
func Wrap(lines string, width int) Text {
	var out strings.Builder
	for line := range strings.Lines(lines) {
		body, end := strings.CutSuffix(line, "\n")
		trimmed := strings.TrimLeft(body, " ")
		indent := strings.Repeat(" ", len(body)-len(trimmed))
		const hanging, least = 2, 20
		if width > 0 && text.StringWidth(body) > width {
			rest := max(width-len(indent)-hanging, least)
			parts := strings.Split(text.WrapSoft(trimmed, rest), "\n")
			for i := range parts {
				parts[i] = strings.TrimRight(parts[i], " ")
			}
			body = indent + strings.Join(parts, "\n"+indent+strings.Repeat(" ", hanging))
		}
		out.WriteString(body)
		if end {
			out.WriteByte('\n')
		}
	}
	return Text(out.String())
}
