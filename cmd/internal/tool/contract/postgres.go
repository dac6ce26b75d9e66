package contract

import "fmt"

// postgres writes tables, which a sink connector or COPY fills, and views.
func postgres(tables []Table, o *Options) []File {
	d := &dialect{quote: double, decimal: "numeric", double: "double precision"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- A row is one record; inserting it twice is refused by the key (ON CONFLICT DO NOTHING).")
	p.linef("-- Run it again after an upgrade: it adds the columns that are new.")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.linef("CREATE TABLE IF NOT EXISTS %s (", t.History())
		var meta, columns []string
		for _, c := range MetaColumns() {
			meta = append(meta, double(c.Name)+" "+postgresType(&c.Type)+" NOT NULL")
		}
		for j := range t.Columns {
			columns = append(columns, "ADD COLUMN IF NOT EXISTS "+double(t.Columns[j].Name)+" "+postgresType(&t.Columns[j].Type))
		}
		p.list(append(meta, fmt.Sprintf("PRIMARY KEY (%s, %s)", double(KafkaPartition), double(KafkaOffset))))
		p.linef(");")
		p.linef("ALTER TABLE %s", t.History())
		p.list(columns)
		p.linef(";")
		p.linef("COMMENT ON TABLE %s IS %s;", t.History(), text(historyDoc(t)))
		p.postgresComments(t.History(), t.all())
		if t.Key == "" {
			continue
		}
		p.linef("CREATE INDEX IF NOT EXISTS %s_key ON %s (%s, %s DESC);", t.History(), t.History(), double(KafkaKey), double(KafkaOffset))
		p.linef("")
		p.postgresViews(t, o, d)
	}
	return []File{{Name: "postgres.sql", Text: p.String()}}
}

// postgresViews writes the view of the current rows, and those over it.
func (p *printer) postgresViews(t *Table, o *Options, d *dialect) {
	for i := range t.Topic.Views {
		p.linef("DROP VIEW IF EXISTS %s;", t.Topic.Views[i].Name)
	}
	p.linef("DROP VIEW IF EXISTS %s;", t.Current())
	p.linef("CREATE VIEW %s AS", t.Current())
	p.newest(t, t.History(), o, d)
	p.linef(";")
	p.linef("COMMENT ON VIEW %s IS %s;", t.Current(), text(newestDoc(t)))
	p.postgresComments(t.Current(), t.Columns)
	for i := range t.Topic.Views {
		v := &t.Topic.Views[i]
		p.linef("")
		p.linef("CREATE VIEW %s AS", v.Name)
		p.selects(t, v, o, d)
		p.linef(";")
		p.linef("COMMENT ON VIEW %s IS %s;", v.Name, text(viewDoc(t, v)))
		p.postgresComments(v.Name, t.Columns)
	}
}

func (p *printer) postgresComments(relation string, columns []Column) {
	for i := range columns {
		p.linef("COMMENT ON COLUMN %s.%s IS %s;", relation, double(columns[i].Name), text(columns[i].comment()))
	}
}

// postgresType keeps records, maps and arrays of them as jsonb, so that a new field in them
// needs no change.
func postgresType(t *Type) string {
	switch t.Kind {
	case Boolean:
		return "boolean"
	case Int:
		return "integer"
	case Long:
		return "bigint"
	case Float:
		return "real"
	case Double:
		return "double precision"
	case Bytes:
		return "bytea"
	case Timestamp:
		return "timestamptz(3)"
	case Date:
		return "date"
	case Decimal:
		return fmt.Sprintf("numeric(%d, %d)", t.Precision, t.Scale)
	case Array:
		if t.Elem.Kind != Record && t.Elem.Kind != Map && t.Elem.Kind != Array {
			return postgresType(t.Elem) + "[]"
		}
		return "jsonb"
	case Map, Record:
		return "jsonb"
	default:
		return "text"
	}
}
