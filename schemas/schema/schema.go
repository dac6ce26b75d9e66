// Package schema parses an Avro schema into a tree for the generator, the compatibility
// check and the registry client, which must not compare text.
//
//	.avsc text ──► Parse ──► *Schema ──► generator, compat, registry
//
// It keeps attributes that Avro's own rules ignore: logical types, field docs, sensitivity,
// and the documented values of a string:
//
//	{"type": "string", "vocabulary": "Channel", "known_values": {"UNKNOWN": "...", "SMS": "a text message"}}
//
// They are no enum, because engines break on a symbol that was added (see package compat).
// It imports nothing of ours.
package schema

import (
	"fmt"
	"maps"
	"slices"
)

// Kind is the type of a schema.
type Kind string

// The kinds: Avro's own names.
const (
	Null    Kind = "null"
	Boolean Kind = "boolean"
	Int     Kind = "int"
	Long    Kind = "long"
	Float   Kind = "float"
	Double  Kind = "double"
	Bytes   Kind = "bytes"
	String  Kind = "string"
	Record  Kind = "record"
	Enum    Kind = "enum"
	Fixed   Kind = "fixed"
	Array   Kind = "array"
	Map     Kind = "map"
	Union   Kind = "union"
)

// The logical types this package knows.
const (
	TimestampMillis = "timestamp-millis"
	Date            = "date"
	Decimal         = "decimal"
)

// Schema is one node. Which fields are set depends on Kind.
type Schema struct {
	Kind Kind
	// Logical is the logical type, empty if none.
	Logical string
	// Precision and Scale are a decimal's.
	Precision, Scale int
	// Name is the full name of a record, enum or fixed, and Aliases its others.
	Name    string
	Aliases []string
	Doc     string
	// Fields are a record's, in order.
	Fields []Field
	// Symbols are an enum's, in order; Default is its default symbol, "" if none.
	Symbols []string
	Default string
	// Size is a fixed's, in bytes.
	Size int
	// Vocabulary names the documented values of a string, empty if it has none, and Values
	// are they: Unknown first, the others by name. Readers accept other values.
	Vocabulary string
	Values     []Value
	// Items is the element type of an array, the value type of a map.
	Items *Schema
	// Branches are a union's, in order.
	Branches []*Schema
}

// Unknown is the value of every vocabulary that stands for a provider's value that this
// version does not know.
const Unknown = "UNKNOWN"

// Value is a documented value of a string.
type Value struct{ Name, Doc string }

// Field is a field of a record.
type Field struct {
	Name    string
	Type    *Schema
	Aliases []string
	Doc     string
	// Sensitivity is our own attribute: none, pseudonym, personal or secret.
	Sensitivity string
	// HasDefault reports whether there is a default, because that may be null; Default
	// is its JSON value.
	HasDefault bool
	Default    any
}

// Field returns the field of a record by name.
func (s *Schema) Field(name string) (*Field, bool) {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i], true
		}
	}
	return nil, false
}

// Optional returns T of the union ["null", T].
func (s *Schema) Optional() (*Schema, bool) {
	if s.Kind == Union && len(s.Branches) == 2 && s.Branches[0].Kind == Null {
		return s.Branches[1], true
	}
	return nil, false
}

// Children returns the schemas directly below, in order.
func (s *Schema) Children() []*Schema {
	switch s.Kind {
	case Record:
		children := make([]*Schema, len(s.Fields))
		for i := range s.Fields {
			children[i] = s.Fields[i].Type
		}
		return children
	case Array, Map:
		return []*Schema{s.Items}
	case Union:
		return s.Branches
	default:
		return nil
	}
}

// Named returns the records, enums and fixed types of a schema by full name.
func (s *Schema) Named() map[string]*Schema {
	named := map[string]*Schema{}
	if s.Name != "" {
		named[s.Name] = s
	}
	s.collect(named)
	return maps.Clone(named)
}

// Vocabularies returns the strings with documented values below a schema, by vocabulary. A
// vocabulary that is used twice must have the same values.
func (s *Schema) Vocabularies() (map[string]*Schema, error) {
	found := map[string]*Schema{}
	for _, t := range append(slices.Collect(maps.Values(s.Named())), s) {
		if err := t.vocabularies(found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// vocabularies does not descend into records, which Named lists.
func (s *Schema) vocabularies(found map[string]*Schema) error {
	for _, child := range s.Children() {
		if other, ok := found[child.Vocabulary]; ok && !slices.Equal(other.Values, child.Values) {
			return fmt.Errorf("%w: vocabulary %s has two sets of values", ErrSchema, child.Vocabulary)
		}
		if child.Vocabulary != "" {
			found[child.Vocabulary] = child
		}
		if child.Kind != Record {
			if err := child.vocabularies(found); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Schema) collect(named map[string]*Schema) {
	for _, child := range s.Children() {
		if child.Name != "" {
			if _, seen := named[child.Name]; seen {
				continue // also what ends a recursive schema
			}
			named[child.Name] = child
		}
		child.collect(named)
	}
}
