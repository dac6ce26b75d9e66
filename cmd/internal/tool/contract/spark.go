package contract

import (
	"fmt"
	"strings"
)

// spark writes views over an export and a module that reads Kafka.
func spark(tables []Table, o *Options) []File {
	d := &dialect{quote: backtick, decimal: "DECIMAL(38,4)", double: "DOUBLE"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Reads what 'tributary export' wrote.")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.linef("CREATE OR REPLACE TEMPORARY VIEW %s (", t.History())
		columns := sparkColumns(t.all())
		p.list(append(columns, "`day` DATE COMMENT 'Day of kafka_time in UTC, from the folder.'"))
		p.linef(") USING parquet OPTIONS (path %s);", escaped(o.folder(t)))
		if t.Key == "" {
			continue
		}
		p.linef("")
		p.linef("CREATE OR REPLACE TEMPORARY VIEW %s COMMENT %s AS", t.Current(), escaped(newestDoc(t)))
		p.newest(t, t.History(), o, d)
		p.linef(";")
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p.linef("")
			p.linef("CREATE OR REPLACE TEMPORARY VIEW %s COMMENT %s AS", v.Name, escaped(viewDoc(t, v)))
			p.selects(t, v, o, d)
			p.linef(";")
		}
	}
	return []File{{Name: "spark.sql", Text: p.String()}, {Name: "spark_kafka.py", Text: sparkKafka(tables, o)}}
}

func sparkColumns(columns []Column) []string {
	var out []string
	for i := range columns {
		c := &columns[i]
		out = append(out, fmt.Sprintf("%s %s COMMENT %s", backtick(c.Name), sparkTypes().of(&c.Type), escaped(c.comment())))
	}
	return out
}

func sparkTypes() *types {
	return &types{
		scalars: map[Kind]string{
			Boolean: "BOOLEAN", Int: "INT", Long: "BIGINT", Float: "FLOAT", Double: "DOUBLE", Bytes: "BINARY", String: "STRING",
			Timestamp: "TIMESTAMP", Date: "DATE",
		},
		decimal: "DECIMAL(%d,%d)", array: "ARRAY<%s>", mapping: "MAP<STRING,%s>", record: "STRUCT<%s>", field: "%s: %s", quote: backtick,
	}
}

// sparkKafka is a module for PySpark: Spark's from_avro does not know the five bytes before
// a value, and a value has to be read with the schema that it was written with.
func sparkKafka(tables []Table, o *Options) string {
	p := &printer{}
	p.linef("# %s", header)
	p.linef("# Needs the packages spark-sql-kafka-0-10 and spark-avro.")
	p.linef("import json")
	p.linef("import urllib.request")
	p.linef("")
	p.linef("from pyspark.sql import Window, functions as f")
	p.linef("from pyspark.sql.avro.functions import from_avro")
	p.linef("")
	p.linef("# relation: (topic, whether it has snapshots, columns)")
	p.linef("TABLES = {")
	for i := range tables {
		t := &tables[i]
		var columns []string
		for j := range t.Columns {
			columns = append(columns, fmt.Sprintf("%s %s", backtick(t.Columns[j].Name), sparkTypes().of(&t.Columns[j].Type)))
		}
		p.linef("    %q: (%q, %s, [", t.Name, o.Names.Topic(t.Topic.Name), map[bool]string{true: "True", false: "False"}[t.Key != ""])
		for _, c := range columns {
			p.linef("        %q,", c)
		}
		p.linef("    ]),")
	}
	p.linef("}")
	p.linef("")
	p.linef("# view: (relation, relation of the view that it is a part of, condition)")
	p.linef("VIEWS = {")
	for i := range tables {
		t := &tables[i]
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p.linef("    %q: (%q, %q, %q),", v.Name, t.Name, t.Current(), (&dialect{quote: backtick}).condition(v))
		}
	}
	p.linef("}")
	return p.String() + strings.NewReplacer("BROKERS", o.Brokers, "REGISTRY", o.Registry, "GROUP", o.Group).Replace(sparkReader)
}

const sparkReader = `

def history(spark, name, brokers="BROKERS", registry="REGISTRY"):
    """Every committed record of a topic, each read with its own schema."""
    topic, _, columns = TABLES[name]
    records = (
        spark.read.format("kafka")
        .option("kafka.bootstrap.servers", brokers)
        .option("kafka.isolation.level", "read_committed")
        .option("groupIdPrefix", "GROUP" + name)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .load()
        .select(
            f.col("key").cast("string").alias("kafka_key"),
            f.col("partition").alias("kafka_partition"),
            f.col("offset").alias("kafka_offset"),
            f.col("timestamp").alias("kafka_time"),
            f.col("value").isNull().alias("kafka_tombstone"),
            f.conv(f.hex(f.substring("value", 2, 4)), 16, 10).cast("int").alias("schema_id"),
            f.col("value"),
        )
        .cache()
    )
    ids = [r.schema_id for r in records.select("schema_id").distinct().collect() if r.schema_id is not None]
    meta = ["kafka_key", "kafka_partition", "kafka_offset", "kafka_time", "kafka_tombstone"]
    empty = spark.createDataFrame([], ", ".join(columns))
    out = records.where("value is null").select(meta)
    for schema_id in ids:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{schema_id}") as answer:
            written = json.load(answer)["schema"]
        value = from_avro(f.expr("substring(value, 6)"), written).alias("v")
        rows = records.where(f.col("schema_id") == schema_id).select(*meta, value).select(*meta, "v.*")
        out = out.unionByName(rows, allowMissingColumns=True)
    out = out.unionByName(empty, allowMissingColumns=True)
    return out.select(*empty.columns, *meta)


def newest(spark, name, **options):
    """The newest record of each key without the ended ones."""
    order = Window.partitionBy("kafka_key").orderBy(f.desc("kafka_offset"))
    rows = history(spark, name, **options)
    rows = rows.withColumn("newest_first", f.row_number().over(order))
    return rows.where("newest_first = 1 and not kafka_tombstone").drop(
        "newest_first", "kafka_key", "kafka_partition", "kafka_offset", "kafka_time", "kafka_tombstone"
    )


def views(spark, **options):
    """Makes the temporary views: payments, payments_history, …"""
    current = {name: whole for name, whole, _ in VIEWS.values()}
    for name, (_, snapshots, _) in TABLES.items():
        if snapshots:
            newest(spark, name, **options).createOrReplaceTempView(current.get(name, name))
            history(spark, name, **options).createOrReplaceTempView(name + "_history")
        else:
            history(spark, name, **options).createOrReplaceTempView(name)
    for name, (_, whole, condition) in VIEWS.items():
        spark.table(whole).where(condition).createOrReplaceTempView(name)
`
