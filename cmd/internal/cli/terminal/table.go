package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Stack is a cell of several lines; each is escaped for itself.
type Stack []string

// Table is a table whose cells are escaped, see Line. It can be made to fit a width: columns are left
// out by importance, then text is wrapped or cut in its middle.
type Table struct {
	header    table.Row
	rows      []table.Row
	separated map[int]bool // by the row above the line
	footer    table.Row
	config    []table.ColumnConfig
	optional  []string
	wrapped   []string
	// sentence is the width that wrapped columns keep as long as there are optional ones; 0 is
	// their natural width.
	sentence int
}

// gap is the number of spaces between columns, least the minimum width of a column that is cut.
const (
	gap   = 2
	least = 8
)

// NewTable returns a table with a header.
func NewTable(columns ...any) *Table {
	return &Table{header: escaped(columns), separated: map[int]bool{}}
}

// Configure sets widths and alignments.
func (t *Table) Configure(columns []table.ColumnConfig) { t.config = columns }

// Optional names the columns to leave out of a narrow terminal, the first one first.
func (t *Table) Optional(columns ...string) { t.optional = columns }

// Wrap names the columns with sentences, which are wrapped; all others are cut in their middle.
func (t *Table) Wrap(columns ...string) { t.wrapped = columns }

// Sentences is Wrap for long sentences: optional columns stay as long as these have a width.
func (t *Table) Sentences(width int, columns ...string) { t.sentence, t.wrapped = width, columns }

// Row adds a row.
func (t *Table) Row(cells ...any) { t.rows = append(t.rows, escaped(cells)) }

// Footer adds a row below the others.
func (t *Table) Footer(cells ...any) { t.footer = escaped(cells) }

// Separate draws a line below the last row.
func (t *Table) Separate() { t.separated[len(t.rows)-1] = true }

// Render returns the table, without a line break at its end. It is at most width columns wide, as far
// as its columns can be cut; 0 means no limit.
func (t *Table) Render(width int) Text {
	w := table.NewWriter()
	// Columns are apart by two spaces, without lines: such a table fits narrow terminals
	// and can be cut by columns.
	style := table.StyleDefault
	style.Format.Footer = text.FormatDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", strings.Repeat(" ", gap)
	w.SetStyle(style)
	w.SuppressTrailingSpaces()
	w.AppendHeader(t.header)
	for i, row := range t.rows {
		w.AppendRow(row)
		if t.separated[i] {
			w.AppendSeparator()
		}
	}
	if t.footer != nil {
		w.AppendFooter(t.footer)
	}
	w.SetColumnConfigs(append(slices.Clone(t.config), t.fit(width)...))
	if len(t.separated) == 0 {
		return Text(w.Render())
	}
	// A separator is as wide as the rows with the gap behind the last column.
	lines := strings.Split(w.Render(), "\n")
	for i, line := range lines {
		if strings.Trim(line, "-") == "" {
			lines[i] = line[:max(0, len(line)-gap)]
		}
	}
	return Text(strings.Join(lines, "\n"))
}

// fit returns the settings of the columns that differ from their natural width.
func (t *Table) fit(width int) []table.ColumnConfig {
	if width <= 0 {
		return nil
	}
	widths, total := t.widths()
	out := map[int]table.ColumnConfig{}
	for _, name := range t.optional {
		if total-t.spare(widths) <= width {
			break
		}
		if i := slices.Index(t.header, any(name)); i >= 0 {
			out[i] = table.ColumnConfig{Number: i + 1, Hidden: true}
			total -= widths[i] + gap
			widths[i] = 0
		}
	}
	for total > width {
		// Sentences first, then the widest column.
		widest := -1
		for i, w := range widths {
			if w > least && (widest < 0 || t.rank(i, w) > t.rank(widest, widths[widest])) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
		total--
		enforce := middle
		if t.wraps(widest) {
			enforce = text.WrapSoft
		}
		out[widest] = table.ColumnConfig{Number: widest + 1, WidthMax: widths[widest], WidthMaxEnforcer: enforce}
	}
	configs := make([]table.ColumnConfig, 0, len(out))
	for _, c := range out {
		configs = append(configs, c)
	}
	return configs
}

// spare returns by how much wrapped columns can be narrowed before an optional one is left out.
func (t *Table) spare(widths []int) (spare int) {
	for i, w := range widths {
		if t.sentence > 0 && t.wraps(i) {
			spare += max(0, w-t.sentence)
		}
	}
	return spare
}

// rank orders the columns for being narrowed: columns that wrap down to a readable width first.
func (t *Table) rank(column, width int) int {
	const readable, first = 24, 1 << 16
	if t.wraps(column) && width > readable {
		return first + width
	}
	return width
}

func (t *Table) wraps(column int) bool {
	return slices.Contains(t.wrapped, fmt.Sprint(t.header[column]))
}

// widths returns the natural width of each column, and of all with their gaps.
func (t *Table) widths() (widths []int, total int) {
	widths = make([]int, len(t.header))
	for _, row := range append([]table.Row{t.header, t.footer}, t.rows...) {
		for i, cell := range row {
			for line := range strings.Lines(fmt.Sprint(cell)) {
				if i < len(widths) && cell != nil {
					widths[i] = max(widths[i], text.StringWidth(strings.TrimRight(line, "\n")))
				}
			}
		}
	}
	for i, w := range widths {
		total += w
		if i > 0 {
			total += gap
		}
	}
	return widths, total
}

// middle cuts a text in its middle, so that ids that begin or end alike stay different.
func middle(s string, width int) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if runes := []rune(line); len(runes) > width {
			head := width / 2
			line = string(runes[:head]) + "…" + string(runes[len(runes)-(width-head-1):])
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func escaped(cells []any) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case nil, bool, int, int32, int64, uint32, uint64, float64:
			row[i] = v // the table aligns numbers
		case Stack:
			lines := make([]string, len(v))
			for n := range v {
				lines[n] = Line(v[n])
			}
			row[i] = strings.Join(lines, "\n")
		default:
			row[i] = Line(fmt.Sprint(v))
		}
	}
	return row
}
