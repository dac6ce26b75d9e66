package contract

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// Kind is the type of a column without its nullability.
type Kind string

// The kinds.
const (
	Boolean   Kind = "boolean"
	Int       Kind = "int"
	Long      Kind = "long"
	Float     Kind = "float"
	Double    Kind = "double"
	Bytes     Kind = "bytes"
	String    Kind = "string"
	Timestamp Kind = "timestamp"
	Date      Kind = "date"
	Decimal   Kind = "decimal"
	Array     Kind = "array"
	Map       Kind = "map"
	Record    Kind = "record"
)

// Type is the type of a column or of a part of it.
type Type struct {
	Kind     Kind
	Nullable bool
	// Precision and Scale are a decimal's.
	Precision, Scale int
	// Fields are a record's.
	Fields []Column
	// Elem is the type of an array's elements or of a map's values.
	Elem *Type
}

// Column is a field of a record.
type Column struct {
	Name        string
	Doc         string
	Sensitivity string
	Type        Type
	// Values are the documented values of a string, in order; others may come.
	Values []schema.Value
	// HasDefault reports whether older records may lack the field; Default is its JSON value.
	HasDefault bool
	Default    any
}

// maxDepth bounds the nesting of a schema: no engine has recursive types.
const maxDepth = 16

var errRecursive = errors.New("nested too deeply for a column")

// typeOf converts a parsed schema.
func typeOf(s *schema.Schema, depth int) (Type, error) {
	if depth > maxDepth {
		return Type{}, errRecursive
	}
	switch s.Kind {
	case schema.Union:
		inner, ok := s.Optional()
		if !ok {
			return Type{}, errors.New("a union of several types is no column")
		}
		t, err := typeOf(inner, depth+1)
		t.Nullable = true
		return t, err
	case schema.Array, schema.Map:
		elem, err := typeOf(s.Items, depth+1)
		return Type{Kind: Kind(s.Kind), Elem: &elem}, err
	case schema.Record:
		return recordType(s, depth)
	default:
		return scalarType(s)
	}
}

func recordType(s *schema.Schema, depth int) (Type, error) {
	t := Type{Kind: Record}
	for i := range s.Fields {
		f := &s.Fields[i]
		inner, err := typeOf(f.Type, depth+1)
		if err != nil {
			return t, fmt.Errorf("field %s: %w", f.Name, err)
		}
		t.Fields = append(t.Fields, Column{
			Name: f.Name, Doc: f.Doc, Sensitivity: f.Sensitivity, Type: inner, Values: valuesOf(f.Type), HasDefault: f.HasDefault, Default: f.Default,
		})
	}
	return t, nil
}

func scalarType(s *schema.Schema) (Type, error) {
	switch {
	case s.Kind == schema.Enum:
		return Type{Kind: String}, nil
	case s.Kind == schema.Fixed && s.Logical == "":
		return Type{Kind: Bytes}, nil
	case s.Logical == schema.TimestampMillis:
		return Type{Kind: Timestamp}, nil
	case s.Logical == schema.Date:
		return Type{Kind: Date}, nil
	case s.Logical == schema.Decimal:
		return Type{Kind: Decimal, Precision: s.Precision, Scale: s.Scale}, nil
	case s.Logical != "":
		return Type{}, fmt.Errorf("logical type %s has no column type yet", s.Logical)
	}
	switch s.Kind {
	case schema.Boolean, schema.Int, schema.Long, schema.Float, schema.Double, schema.Bytes, schema.String:
		return Type{Kind: Kind(s.Kind)}, nil
	default:
		return Type{}, fmt.Errorf("a %s is no column", s.Kind)
	}
}

// valuesOf returns the documented values of a field.
func valuesOf(s *schema.Schema) []schema.Value {
	if inner, ok := s.Optional(); ok {
		s = inner
	}
	if s.Kind == schema.Array || s.Kind == schema.Map {
		return valuesOf(s.Items)
	}
	return s.Values
}

// Unit is the unit of a column, by its name; empty if it has none.
func (c *Column) Unit() string {
	switch {
	case strings.HasSuffix(c.Name, "_minor"):
		return "minor units of currency"
	case strings.HasSuffix(c.Name, "_ms"):
		return "ms"
	case c.Type.Kind == Timestamp:
		return "UTC, ms"
	default:
		return ""
	}
}

// Currency returns the column with the currency of an amount in minor units: x_currency of
// x_minor, converted_currency of x_converted_minor, or else currency; empty if the table has none.
func (t *Table) Currency(amount *Column) string {
	stem, isAmount := strings.CutSuffix(amount.Name, "_minor")
	found := ""
	for i := range t.Columns {
		switch name := t.Columns[i].Name; {
		case !isAmount:
		case name == stem+"_currency", name == "converted_currency" && strings.HasSuffix(stem, "_converted"):
			return name
		case name == "currency":
			found = name
		}
	}
	return found
}

// comment is the column's doc for an engine: with its values, on one line.
func (c *Column) comment() string {
	var names []string
	for _, v := range c.Values {
		names = append(names, v.Name)
	}
	if len(names) == 0 {
		return c.Doc
	}
	return c.Doc + " Values: " + strings.Join(names, ", ") + "; others may come."
}
