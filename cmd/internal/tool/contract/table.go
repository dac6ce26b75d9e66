package contract

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// Table is one topic as relations.
type Table struct {
	// Topic is the row of the topic table.
	Topic schemas.Topic
	// Name is the relation with the current rows: payments.
	Name string
	// Doc is the meaning of one row.
	Doc string
	// Key is the column that equals the record's key, empty if the topic has no snapshots.
	Key string
	// Columns are the fields of the value, in order.
	Columns []Column
}

// History is the name of the relation with every record. It is Name for a topic without
// snapshots.
func (t *Table) History() string {
	if t.Key == "" {
		return t.Name
	}
	return t.Name + "_history"
}

// Current is the name of the relation with the newest row of each key. It is Name, or Name_all if
// the topic has views, because one of the views is called Name.
func (t *Table) Current() string {
	if len(t.Topic.Views) == 0 {
		return t.Name
	}
	return t.Name + "_all"
}

// Tables returns the tables of all topics that analysts may read, in the order of the topic
// table.
func Tables() ([]Table, error) {
	var tables []Table
	for _, row := range schemas.Table() {
		if row.Format != schemas.FormatAvro || row.Access != schemas.AccessOpen {
			continue
		}
		text, ok := schemas.AVSC(row.Schema)
		if !ok {
			return nil, fmt.Errorf("topic %s has no schema", row.Name)
		}
		t, err := NewTable(row, text)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// NewTable returns the table of an Avro topic with the text of its schema.
func NewTable(row schemas.Topic, avsc string) (Table, error) {
	top, err := schema.Parse(avsc)
	if err != nil {
		return Table{}, fmt.Errorf("topic %s: %w", row.Name, err)
	}
	kind, err := typeOf(top, 0)
	if err != nil {
		return Table{}, fmt.Errorf("topic %s: %w", row.Name, err)
	}
	if kind.Kind != Record || len(kind.Fields) == 0 {
		return Table{}, fmt.Errorf("topic %s: its schema is no record with fields", row.Name)
	}
	t := Table{Topic: row, Name: relation(&row), Doc: top.Doc, Columns: kind.Fields}
	if row.Compact {
		t.Key = t.Columns[0].Name
	}
	return t, nil
}

// relation names the relation of a topic: payments of enriched.payments.v1,
// decoded_uapay_payment of decoded.uapay.payment.v1.
func relation(row *schemas.Topic) string {
	name := regexp.MustCompile(`\.v\d+$`).ReplaceAllString(row.Name, "")
	if _, entity, found := strings.Cut(name, "."); found && row.Compact {
		name = entity
	}
	return strings.NewReplacer(".", "_", "-", "_").Replace(name)
}

// MetaColumns are the columns of each history beside the value's fields. Their names are
// allowed in every engine: BigQuery refuses _partition.
func MetaColumns() []Column {
	return []Column{
		{Name: KafkaKey, Doc: "Key of the record.", Type: Type{Kind: String}},
		{Name: KafkaPartition, Doc: "Partition of the record.", Type: Type{Kind: Int}},
		{Name: KafkaOffset, Doc: "Offset of the record. Among the records of a key the highest is the newest.", Type: Type{Kind: Long}},
		{Name: KafkaTime, Doc: "Timestamp of the record.", Type: Type{Kind: Timestamp}},
		{
			Name: KafkaTombstone, Type: Type{Kind: Boolean},
			Doc: "Whether the record has no value: its key ended. All columns of the value are null then.",
		},
	}
}

// The names of MetaColumns.
const (
	KafkaKey       = "kafka_key"
	KafkaPartition = "kafka_partition"
	KafkaOffset    = "kafka_offset"
	KafkaTime      = "kafka_time"
	KafkaTombstone = "kafka_tombstone"
)

// all returns the columns of the history.
func (t *Table) all() []Column { return slices.Concat(t.Columns, MetaColumns()) }

// RawTable returns the table of a topic whose values are not Avro: the value and the headers
// as bytes. Only exports have it.
func RawTable(row schemas.Topic) Table {
	return Table{Topic: row, Name: relation(&row), Doc: row.Doc, Columns: []Column{
		{Name: "value", Doc: "The value as it is.", Sensitivity: "secret", Type: Type{Kind: Bytes, Nullable: true}},
		{Name: "headers", Doc: "The headers.", Sensitivity: "secret", Type: Type{Kind: Map, Elem: &Type{Kind: Bytes, Nullable: true}}},
	}}
}
