package contract

import (
	"fmt"
	"strings"
)

// clickhouse writes three files: the tables and views; the queues that fill them from
// Kafka; the statements that fill them from an export.
func clickhouse(tables []Table, o *Options) []File {
	return []File{
		{Name: "clickhouse.sql", Text: clickhouseTables(tables, o)},
		{Name: "clickhouse_kafka.sql", Text: clickhouseKafka(tables, o)},
		{Name: "clickhouse_load.sql", Text: clickhouseLoad(tables, o)},
	}
}

func clickhouseTables(tables []Table, o *Options) string {
	d := &dialect{quote: backtick, decimal: "Nullable(Decimal(38,4))", double: "Nullable(Float64)"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Records that are inserted twice count once: the rows are unique by partition and offset.")
	p.linef("-- Run it again after an upgrade: it adds the columns that are new.")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		engine := fmt.Sprintf("ReplacingMergeTree ORDER BY (%s, %s)", backtick(KafkaPartition), backtick(KafkaOffset))
		p.clickhouseTable(t, t.Name+"_rows", engine, "Rows of "+t.History()+", before repeated inserts are merged.")
		p.linef("")
		p.linef("CREATE OR REPLACE VIEW %s AS", t.History())
		p.linef("SELECT")
		p.list(d.names(t.all()))
		p.linef("FROM %s_rows FINAL", t.Name)
		p.linef("COMMENT %s;", escaped(historyDoc(t)))
		if t.Key != "" {
			p.clickhouseNewest(t, o, d)
		}
	}
	return p.String()
}

// clickhouseNewest writes the table with the newest record of each key, which a
// materialised view fills, and the view over it. The engine itself drops the ended keys.
func (p *printer) clickhouseNewest(t *Table, o *Options, d *dialect) {
	p.linef("")
	engine := fmt.Sprintf("ReplacingMergeTree(%s, %s) ORDER BY %s", backtick(KafkaOffset), backtick(KafkaTombstone), backtick(KafkaKey))
	p.clickhouseTable(t, t.Name+"_newest", engine, "Rows of "+t.Name+", before they are merged.")
	p.linef("DROP VIEW IF EXISTS %s_to_newest;", t.Name)
	p.linef("CREATE MATERIALIZED VIEW %[1]s_to_newest TO %[1]s_newest AS", t.Name)
	p.linef("SELECT")
	p.list(d.names(t.all()))
	p.linef("FROM %s_rows;", t.Name)
	p.linef("")
	p.linef("CREATE OR REPLACE VIEW %s AS", t.Current())
	p.linef("SELECT")
	p.list(append(d.names(t.Columns), d.unitColumns(t, o)...))
	p.linef("FROM %s_newest FINAL", t.Name)
	p.linef("COMMENT %s;", escaped(newestDoc(t)))
	for i := range t.Topic.Views {
		v := &t.Topic.Views[i]
		p.linef("")
		p.linef("CREATE OR REPLACE VIEW %s AS", v.Name)
		p.selects(t, v, o, d)
		p.linef("COMMENT %s;", escaped(viewDoc(t, v)))
	}
}

// clickhouseTable writes a table, and the columns of the value as additions to it, so that
// those of a later version are added to a table that exists.
func (p *printer) clickhouseTable(t *Table, name, engine, doc string) {
	p.linef("CREATE TABLE IF NOT EXISTS %s (", name)
	p.list(clickhouseColumns(MetaColumns(), true))
	p.linef(") ENGINE = %s", engine)
	p.linef("COMMENT %s;", escaped(doc))
	p.linef("ALTER TABLE %s", name)
	var columns []string
	for _, c := range clickhouseColumns(t.Columns, true) {
		columns = append(columns, "ADD COLUMN IF NOT EXISTS "+c)
	}
	p.list(columns)
	p.linef(";")
}

func clickhouseKafka(tables []Table, o *Options) string {
	d := &dialect{quote: backtick}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Run clickhouse.sql first. Each value is read with the schema that its id names; librdkafka reads committed")
	p.linef("-- records. ClickHouse skips records without a value: an ended key stays until an export is loaded")
	p.linef("-- (clickhouse_load.sql).")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.linef("DROP VIEW IF EXISTS %s_from_kafka;", t.Name)
		p.linef("DROP TABLE IF EXISTS %s_queue;", t.Name)
		p.linef("CREATE TABLE %s_queue (", t.Name)
		p.list(clickhouseColumns(t.Columns, false))
		p.linef(") ENGINE = Kafka SETTINGS")
		p.list([]string{
			"kafka_broker_list = " + escaped(o.Brokers), "kafka_topic_list = " + escaped(o.Names.Topic(t.Topic.Name)),
			"kafka_group_name = " + escaped(o.Group+t.Name), "kafka_format = 'AvroConfluent'",
			"format_avro_schema_registry_url = " + escaped(o.Registry),
			"input_format_avro_allow_missing_fields = 1", "input_format_null_as_default = 1",
		})
		p.linef(";")
		p.linef("CREATE MATERIALIZED VIEW %[1]s_from_kafka TO %[1]s_rows AS", t.Name)
		p.linef("SELECT")
		p.list(append(d.names(t.Columns),
			"_key AS "+KafkaKey, "toInt32(_partition) AS "+KafkaPartition, "toInt64(_offset) AS "+KafkaOffset,
			"_timestamp_ms AS "+KafkaTime, "0 AS "+KafkaTombstone))
		p.linef("FROM %s_queue;", t.Name)
	}
	return p.String()
}

func clickhouseLoad(tables []Table, o *Options) string {
	d := &dialect{quote: backtick}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Run clickhouse.sql first. It may run again: rows that are there already are replaced by themselves.")
	for i := range tables {
		t := &tables[i]
		names := strings.Join(d.names(t.all()), ", ")
		p.linef("")
		p.linef("INSERT INTO %s_rows (%s)", t.Name, names)
		p.linef("SELECT %s", names)
		p.linef("FROM file(%s, 'Parquet', %s)", escaped(o.exported(t)), escaped(strings.Join(clickhouseColumns(t.all(), false), ", ")))
		p.linef("SETTINGS input_format_parquet_allow_missing_columns = 1, input_format_null_as_default = 1;")
	}
	return p.String()
}

func clickhouseColumns(columns []Column, comments bool) []string {
	var out []string
	for i := range columns {
		c := &columns[i]
		column := backtick(c.Name) + " " + clickhouseColumn(c)
		if comments {
			column += " COMMENT " + escaped(c.comment())
		}
		out = append(out, column)
	}
	return out
}

// clickhouseColumn is the type of a column of a table. A key is never null, nor is a column
// of MetaColumns.
func clickhouseColumn(c *Column) string {
	switch c.Name {
	case KafkaTombstone:
		return "UInt8"
	case KafkaKey, KafkaPartition, KafkaOffset, KafkaTime:
		return clickhouseScalar(&c.Type)
	}
	return clickhouseType(&c.Type)
}

// clickhouseType is the type of a value. Scalars are nullable, also in a record: a record
// that is null becomes one of nulls.
func clickhouseType(t *Type) string {
	switch t.Kind {
	case Array:
		return "Array(" + clickhouseType(t.Elem) + ")"
	case Map:
		return "Map(String, " + clickhouseType(t.Elem) + ")"
	case Record:
		var fields []string
		for i := range t.Fields {
			fields = append(fields, backtick(t.Fields[i].Name)+" "+clickhouseType(&t.Fields[i].Type))
		}
		return "Tuple(" + strings.Join(fields, ", ") + ")"
	default:
		return "Nullable(" + clickhouseScalar(t) + ")"
	}
}

func clickhouseScalar(t *Type) string {
	switch t.Kind {
	case Boolean:
		return "Bool"
	case Int:
		return "Int32"
	case Long:
		return "Int64"
	case Float:
		return "Float32"
	case Double:
		return "Float64"
	case Timestamp:
		return "DateTime64(3, 'UTC')"
	case Date:
		return "Date32"
	case Decimal:
		return fmt.Sprintf("Decimal(%d, %d)", t.Precision, t.Scale)
	default:
		return "String"
	}
}
