package contract

import "fmt"

// flink writes for each topic of snapshots an upsert-kafka table, which holds the newest
// record of each key and follows it, and for every topic a table with each record.
func flink(tables []Table, o *Options) []File {
	d := &dialect{quote: backtick, decimal: "DECIMAL(38,4)", double: "DOUBLE"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Needs the jars flink-sql-connector-kafka and flink-sql-avro-confluent-registry. Times are UTC.")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.flinkHistory(t, o)
		if t.Key == "" {
			continue
		}
		name := t.Current()
		if o.Units {
			name += "_upsert"
		}
		p.linef("")
		p.flinkNewest(t, o, name)
		if o.Units {
			p.linef("CREATE VIEW %s AS SELECT", t.Current())
			p.list(append(d.names(t.Columns), d.unitColumns(t, o)...))
			p.linef("FROM %s;", name)
		}
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p.linef("")
			p.linef("CREATE VIEW %s COMMENT %s AS", v.Name, text(viewDoc(t, v)))
			p.selects(t, v, o, d)
			p.linef(";")
		}
	}
	return []File{{Name: "flink.sql", Text: p.String()}}
}

func (p *printer) flinkNewest(t *Table, o *Options, name string) {
	p.linef("CREATE TABLE %s (", name)
	columns := flinkColumns(t.Columns)
	columns[0] = fmt.Sprintf("%s %s NOT NULL COMMENT %s", backtick(t.Key), flinkTypes().of(&t.Columns[0].Type), text(t.Columns[0].comment()))
	p.list(append(columns, fmt.Sprintf("PRIMARY KEY (%s) NOT ENFORCED", backtick(t.Key))))
	p.linef(") COMMENT %s WITH (", text(newestDoc(t)))
	p.list(append([]string{"'connector' = 'upsert-kafka'"}, append(o.flinkTopic(t, name),
		"'key.format' = 'raw'", "'value.format' = 'avro-confluent'", "'value.avro-confluent.url' = "+text(o.Registry), "'value.fields-include' = 'ALL'")...))
	p.linef(");")
}

func (p *printer) flinkHistory(t *Table, o *Options) {
	p.linef("CREATE TABLE %s (", t.History())
	p.list(append(flinkColumns(t.Columns),
		"`kafka_key` STRING",
		"`kafka_partition` INT METADATA FROM 'partition' VIRTUAL",
		"`kafka_offset` BIGINT METADATA FROM 'offset' VIRTUAL",
		"`kafka_time` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL",
	))
	p.linef(") COMMENT %s WITH (", text(historyDoc(t)+" Records without a value are left out."))
	p.list(append([]string{"'connector' = 'kafka'"}, append(o.flinkTopic(t, t.History()),
		"'scan.startup.mode' = 'earliest-offset'", "'key.format' = 'raw'", "'key.fields' = 'kafka_key'",
		"'value.format' = 'avro-confluent'", "'value.avro-confluent.url' = "+text(o.Registry), "'value.fields-include' = 'EXCEPT_KEY'")...))
	p.linef(");")
}

func (o *Options) flinkTopic(t *Table, relation string) []string {
	return []string{
		"'topic' = " + text(o.Names.Topic(t.Topic.Name)), "'properties.bootstrap.servers' = " + text(o.Brokers),
		"'properties.group.id' = " + text(o.Group+relation),
		// The default of the Java client is read_uncommitted.
		"'properties.isolation.level' = 'read_committed'",
	}
}

// flinkColumns are all nullable: the reader's schema is derived from them, and a nullable
// one reads both.
func flinkColumns(columns []Column) []string {
	e := flinkTypes()
	var out []string
	for i := range columns {
		c := &columns[i]
		out = append(out, fmt.Sprintf("%s %s COMMENT %s", backtick(c.Name), e.of(&c.Type), text(c.comment())))
	}
	return out
}

func flinkTypes() *types {
	return &types{
		scalars: map[Kind]string{
			Boolean: "BOOLEAN", Int: "INT", Long: "BIGINT", Float: "FLOAT", Double: "DOUBLE", Bytes: "BYTES", String: "STRING",
			Timestamp: "TIMESTAMP(3)", Date: "DATE",
		},
		decimal: "DECIMAL(%d, %d)", array: "ARRAY<%s>", mapping: "MAP<STRING, %s>", record: "ROW<%s>", field: "%s %s", quote: backtick,
	}
}
