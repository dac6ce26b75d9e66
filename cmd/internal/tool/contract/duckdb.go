package contract

import (
	"strings"

	"github.com/tributary-hq/tributary/schemas"
)

// duckdb writes views over the Parquet files of an export. Each topic's folder has a file
// without rows and with every column, so that the views work before the first record.
func duckdb(tables []Table, o *Options) []File {
	d := &dialect{quote: double, decimal: "DECIMAL(38,4)", double: "DOUBLE"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Reads what 'tributary export' wrote. Days and hours are those of UTC.")
	p.linef("SET TimeZone = 'UTC';")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.linef("CREATE OR REPLACE VIEW %s AS", t.History())
		p.linef("SELECT")
		p.list(d.names(t.all()))
		p.linef("FROM read_parquet(%s, union_by_name = true, hive_partitioning = false);", text(o.exported(t)))
		p.duckdbComments(t.History(), historyDoc(t), t.all())
		if t.Key == "" {
			continue
		}
		p.linef("")
		p.linef("CREATE OR REPLACE VIEW %s AS", t.Current())
		p.newest(t, t.History(), o, d)
		p.linef(";")
		p.duckdbComments(t.Current(), newestDoc(t), t.Columns)
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p.linef("")
			p.linef("CREATE OR REPLACE VIEW %s AS", v.Name)
			p.selects(t, v, o, d)
			p.linef(";")
			p.duckdbComments(v.Name, viewDoc(t, v), t.Columns)
		}
	}
	return []File{{Name: "duckdb.sql", Text: p.String()}}
}

func (p *printer) duckdbComments(view, doc string, columns []Column) {
	p.linef("COMMENT ON VIEW %s IS %s;", view, text(doc))
	for i := range columns {
		p.linef("COMMENT ON COLUMN %s.%s IS %s;", view, double(columns[i].Name), text(columns[i].comment()))
	}
}

// exported is the glob of a topic's Parquet files.
func (o *Options) exported(t *Table) string { return o.folder(t) + "/**/*.parquet" }

// folder is the folder of a topic in an export.
func (o *Options) folder(t *Table) string {
	if o.Export == "" {
		return t.Topic.Name
	}
	return strings.TrimSuffix(o.Export, "/") + "/" + t.Topic.Name
}

// historyDoc and newestDoc describe the two relations of a topic.
func historyDoc(t *Table) string {
	if t.Key == "" {
		return t.Doc
	}
	return "Every revision: one row is one record of " + t.Topic.Name + ". For current rows use " + t.Name + ". " + t.Doc
}

// viewDoc describes a view of a topic.
func viewDoc(t *Table, v *schemas.View) string {
	return strings.ToUpper(v.Doc[:1]) + v.Doc[1:] + ". " + newestDoc(t)
}

func newestDoc(t *Table) string {
	return "Current rows: one row is one " + t.Key + ", its newest revision. " + t.Doc
}
