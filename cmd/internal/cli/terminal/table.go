package terminal

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Stack is a cell of several lines; each is escaped for itself.
type Stack []string

// Table is a table whose cells are escaped, see Line.
type Table struct{ table table.Writer }

// NewTable returns a table with a header.
func NewTable(columns ...any) *Table {
	t := &Table{table: table.NewWriter()}
	// Columns are apart by two spaces, without lines: such a table fits narrow terminals
	// and can be cut by columns.
	style := table.StyleDefault
	style.Format.Footer = text.FormatDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.table.SetStyle(style)
	t.table.SuppressTrailingSpaces()
	t.table.AppendHeader(columns)
	return t
}

// Configure sets widths and alignments.
func (t *Table) Configure(columns []table.ColumnConfig) { t.table.SetColumnConfigs(columns) }

// Row adds a row.
func (t *Table) Row(cells ...any) { t.table.AppendRow(escaped(cells)) }

// Footer adds a row below the others.
func (t *Table) Footer(cells ...any) { t.table.AppendFooter(escaped(cells)) }

// Separate draws a line below the last row.
func (t *Table) Separate() { t.table.AppendSeparator() }

// Render returns the table, without a line break at its end.
func (t *Table) Render() Text { return Text(t.table.Render()) }

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
