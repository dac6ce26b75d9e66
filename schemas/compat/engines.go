package compat

import (
	"regexp"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// Advice names the engine that a refused schema breaks and the change to make instead. The behaviour was
// tried with ClickHouse 26.9 (chdb), DuckDB 2.0, PyArrow 26.0 and fastavro 1.13; that of
// Flink and Spark is documented by them.
type Advice struct {
	// Breaks is the engine and its behaviour.
	Breaks string `json:"breaks,omitempty"`
	// Instead is the change that has the wanted effect.
	Instead string `json:"instead,omitempty"`
}

// String returns the advice as the end of a sentence, empty if there is none.
func (a Advice) String() string {
	if a == (Advice{}) {
		return ""
	}
	return ". Breaks: " + a.Breaks + ". Instead: " + a.Instead
}

func adviceOfEnum() Advice {
	return Advice{
		"ClickHouse refuses a symbol that its inferred Enum8 does not have, Flink cannot read an enum into a STRING column, " +
			"and a reader with an older schema gets the default symbol",
		`write {"type": "string", "vocabulary": "Name", "known_values": {"UNKNOWN": "…", …}}`,
	}
}

func adviceOfRemoval() Advice {
	return Advice{
		"a table in ClickHouse goes on with the column's default, an older reader with the field's; " +
			"views and queries that name the field fail in DuckDB and Spark",
		"keep the field with its value; the next version of the topic (….v2) is without it",
	}
}

func adviceOfNull() Advice {
	return Advice{
		"ClickHouse reads null into a column that is not Nullable as '' or 0 and reports no error; Flink and Spark fail on a NOT NULL column",
		"keep the field as it is and add a nullable one beside it",
	}
}

func adviceOfNotNull() Advice {
	return Advice{
		"records that were written before hold null, and no reader of this version reads them",
		"keep the field nullable and say in its doc when it is null",
	}
}

// adviceOfType is for a value of the writer that the reader's type cannot hold.
func adviceOfType(writer, reader *schema.Schema) Advice {
	instead := "add a field of the new type and keep the old one"
	switch {
	case writer.Kind == schema.Null && reader.Kind != schema.Null:
		return adviceOfNull()
	case writer.Kind == schema.Long && reader.Kind == schema.Int:
		return Advice{
			"ClickHouse keeps the low 32 bits of a long in an Int32 column and reports no error; " +
				"DuckDB and Arrow refuse Parquet files of both types where the older comes first", instead,
		}
	case number(writer.Kind) && number(reader.Kind):
		return Advice{
			"ClickHouse rounds a double in a Float32 column, an Arrow dataset makes it infinite, and DuckDB refuses it; none widens an existing column", instead,
		}
	default:
		return Advice{"every reader of the other version fails at the first such value", instead}
	}
}

func number(k schema.Kind) bool {
	return k == schema.Int || k == schema.Long || k == schema.Float || k == schema.Double
}

// fieldName is a name that no engine must quote, and that differs from others by more than
// case.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// engines checks the rules that Avro does not have, below a field of a topic's record.
func (c *contract) engines(t *schema.Schema, path string) {
	switch t.Kind {
	case schema.Enum:
		c.refuse(path, "an Avro enum", adviceOfEnum())
	case schema.Record:
		if len(t.Fields) == 0 {
			c.refuse(path, "record "+describe(t)+" has no field", Advice{
				"Parquet (PyArrow, Spark, Iceberg, Delta) cannot write such a record, so that nobody can store the topic",
				"give it a field, or say the same with a boolean or a documented value",
			})
		}
	case schema.Union:
		if _, ok := t.Optional(); !ok {
			c.refuse(path, "a union other than [null, T]", Advice{
				"Spark makes a struct with member0 and member1 of it, BigQuery a record, ClickHouse a Variant", "write one nullable field for each type",
			})
		}
	case schema.Array:
		if t.Items.Kind == schema.Union {
			c.refuse(path, "an array of values that may be null", Advice{
				"BigQuery refuses an array with NULL", "leave the values out, or make a record of them with a nullable field",
			})
		}
	default: // the others are the same in every engine
	}
}

// mapDoc checks that the doc of a map describes its keys and values.
func (c *contract) mapDoc(f *schema.Field, path string) {
	t := f.Type
	if value, ok := t.Optional(); ok {
		t = value
	}
	if t.Kind == schema.Map && (!strings.Contains(f.Doc, "Key: ") || !strings.Contains(f.Doc, "Value: ")) {
		c.refuse(path, "a map whose doc does not say what its keys and values are", Advice{
			"DuckDB and Spark infer a struct of the keys that happened to occur when they read an export in JSON",
			`end the doc with "Key: …" and "Value: …", or write a field for each key`,
		})
	}
}
