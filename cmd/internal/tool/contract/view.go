package contract

import (
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
)

// printer writes the lines of a file.
type printer struct{ strings.Builder }

func (p *printer) linef(format string, args ...any) {
	fmt.Fprintf(&p.Builder, format+"\n", args...)
}

// double and backtick quote a name, so that none is a reserved word.
func double(name string) string   { return `"` + name + `"` }
func backtick(name string) string { return "`" + name + "`" }

// text quotes a string of standard SQL.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// escaped quotes a string for engines in which a backslash escapes.
func escaped(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", " ").Replace(s) + "'"
}

// list writes the items, one a line, with commas between them.
func (p *printer) list(items []string) {
	for i, item := range items {
		end := ","
		if i == len(items)-1 {
			end = ""
		}
		p.linef("  %s%s", item, end)
	}
}

// newest writes the query of the newest record of each key without the ended ones. It is
// SQL of every engine here.
func (p *printer) newest(t *Table, from string, o *Options, d *dialect) {
	p.linef("SELECT")
	p.list(append(d.names(t.Columns), d.unitColumns(t, o)...))
	p.linef("FROM (")
	p.linef("  SELECT *, row_number() OVER (PARTITION BY %s ORDER BY %s DESC) AS newest_first", d.quote(KafkaKey), d.quote(KafkaOffset))
	p.linef("  FROM %s", from)
	p.linef(") AS h")
	p.linef("WHERE newest_first = 1 AND NOT %s", d.quote(KafkaTombstone))
}

// dialect is the part of SQL that differs between engines.
type dialect struct {
	quote func(string) string
	// decimal is the type that amounts in major units are cast to.
	decimal string
	// double is the type of seconds.
	double string
}

// condition is that of a view.
func (d *dialect) condition(v *schemas.View) string {
	var parts []string
	for _, e := range v.Where {
		is := " = "
		if e.Not {
			is = " <> "
		}
		parts = append(parts, d.quote(e.Column)+is+text(e.Value))
	}
	return strings.Join(parts, " AND ")
}

// selects writes the query of a view over the current rows.
func (p *printer) selects(t *Table, v *schemas.View, o *Options, d *dialect) {
	p.linef("SELECT")
	p.list(append(d.names(t.Columns), d.unitNames(t, o)...))
	p.linef("FROM %s", t.Current())
	p.linef("WHERE %s", d.condition(v))
}

// unitNames are the names of unitColumns.
func (d *dialect) unitNames(t *Table, o *Options) []string {
	names := d.unitColumns(t, o)
	for i := range names {
		names[i] = names[i][strings.LastIndex(names[i], " AS ")+len(" AS "):]
	}
	return names
}

func (d *dialect) names(columns []Column) []string {
	var names []string
	for i := range columns {
		names = append(names, d.quote(columns[i].Name))
	}
	return names
}

// unitColumns are further columns of the view: amounts in major units of the currency for
// each _minor, seconds for each _ms.
func (d *dialect) unitColumns(t *Table, o *Options) []string {
	if !o.Units {
		return nil
	}
	var columns []string
	for i := range t.Columns {
		name := t.Columns[i].Name
		if currency := t.Currency(&t.Columns[i]); currency != "" {
			stem := strings.TrimSuffix(name, "_minor")
			columns = append(columns, fmt.Sprintf("CAST(CAST(%s AS %s) / %s AS %s) AS %s", d.quote(name), d.decimal, d.exponent(currency), d.decimal, d.quote(stem+"_major")))
		}
		if stem, ok := strings.CutSuffix(name, "_ms"); ok {
			columns = append(columns, fmt.Sprintf("CAST(%s AS %s) / 1000 AS %s", d.quote(name), d.double, d.quote(stem+"_seconds")))
		}
	}
	return columns
}

// exponent is the number of minor units in a unit of a currency by ISO 4217.
func (d *dialect) exponent(currency string) string {
	return fmt.Sprintf("CASE WHEN %[1]s IN ('BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','UYI','VND','VUV','XAF','XOF','XPF') THEN 1"+
		" WHEN %[1]s IN ('BHD','IQD','JOD','KWD','LYD','OMR','TND') THEN 1000"+
		" WHEN %[1]s IN ('CLF','UYW') THEN 10000 ELSE 100 END", d.quote(currency))
}
