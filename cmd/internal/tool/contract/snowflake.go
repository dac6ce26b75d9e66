package contract

import (
	"fmt"
	"strings"
)

// snowflake writes tables, the loading of an export, and views. Names are not quoted, since
// a quoted name is case-sensitive there.
func snowflake(tables []Table, o *Options) []File {
	d := &dialect{quote: snowflakeName, decimal: "NUMBER(38,4)", double: "FLOAT"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Put an export into a stage named tributary_export, then run this; COPY loads each file once.")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.linef("CREATE TABLE IF NOT EXISTS %s (", t.History())
		var columns []string
		all := t.all()
		for j := range all {
			columns = append(columns, fmt.Sprintf("%s %s COMMENT %s", snowflakeName(all[j].Name), snowflakeType(&all[j].Type), escaped(all[j].comment())))
		}
		p.list(columns)
		p.linef(") CLUSTER BY (to_date(%s)) COMMENT = %s;", KafkaTime, escaped(historyDoc(t)))
		p.linef("COPY INTO %s FROM @tributary_export/%s PATTERN = '.*[.]parquet'", t.History(), t.Topic.Name)
		p.linef("  FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE;")
		if t.Key == "" {
			continue
		}
		p.linef("")
		p.linef("CREATE OR REPLACE VIEW %s COMMENT = %s AS", t.Current(), escaped(newestDoc(t)))
		p.newest(t, t.History(), o, d)
		p.linef(";")
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p.linef("")
			p.linef("CREATE OR REPLACE VIEW %s COMMENT = %s AS", v.Name, escaped(viewDoc(t, v)))
			p.selects(t, v, o, d)
			p.linef(";")
		}
	}
	return []File{{Name: "snowflake.sql", Text: p.String()}}
}

// snowflakeName quotes only the names that Snowflake reserves, in its own case.
func snowflakeName(name string) string {
	switch name {
	case "order", "group", "from", "to", "in", "is", "of", "on", "or", "set", "start", "table", "values", "with", "account", "trigger", "row", "rows":
		return double(strings.ToUpper(name))
	}
	return name
}

// snowflakeType keeps records, maps and arrays semi-structured, so that a new field in them
// needs no change.
func snowflakeType(t *Type) string {
	switch t.Kind {
	case Boolean:
		return "BOOLEAN"
	case Int, Long:
		return "NUMBER(19,0)"
	case Float, Double:
		return "FLOAT"
	case Bytes:
		return "BINARY"
	case Timestamp:
		return "TIMESTAMP_NTZ(3)"
	case Date:
		return "DATE"
	case Decimal:
		return fmt.Sprintf("NUMBER(%d,%d)", t.Precision, t.Scale)
	case Array:
		return "ARRAY"
	case Map, Record:
		return "OBJECT"
	default:
		return "VARCHAR"
	}
}
