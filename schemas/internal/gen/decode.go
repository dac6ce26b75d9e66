package main

import (
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// writeDecoder writes decodeFrom, and a function beside it where an array holds the
// record.
func (g *generator) writeDecoder(b *strings.Builder, t *schema.Schema) {
	name := shortName(t.Name)
	if g.held[t.Name] {
		fmt.Fprintf(b, "func decode%[1]s(d *decoder) (%[1]s, error) {\nvar r %[1]s\nerr := r.decodeFrom(d)\nreturn r, err\n}\n\n", name)
	}
	if len(t.Fields) == 0 {
		fmt.Fprintf(b, "func (*%s) decodeFrom(*decoder) error { return nil }\n\n", name)
		return
	}
	fmt.Fprintf(b, "func (r *%s) decodeFrom(d *decoder) error {\nvar err error\n", name)
	for _, f := range t.Fields {
		decode(b, f.Type, "r."+goName(f.Name), fmt.Sprintf("at(%q, err)", f.Name))
	}
	b.WriteString("return nil\n}\n\n")
}

// decode writes the statements that read a value from d into expression v, which is
// zero; wrap formats the error. Unions are expanded inline, because a closure costs
// more than reading the value.
func decode(b *strings.Builder, t *schema.Schema, v, wrap string) {
	switch t.Kind {
	case schema.Union:
		fmt.Fprintf(b, "if %[1]s.Set, err = d.isSet(); err != nil {\nreturn %[2]s\n}\nif %[1]s.Set {\n", v, wrap)
		value, _ := t.Optional()
		decode(b, value, v+".Value", wrap)
		b.WriteString("}\n")
	case schema.Record:
		fmt.Fprintf(b, "if err = %s.decodeFrom(d); err != nil {\nreturn %s\n}\n", v, wrap)
	default:
		fmt.Fprintf(b, "if %s, err = %s; err != nil {\nreturn %s\n}\n", v, decodeCall(t), wrap)
	}
}

// decodeCall is the expression that reads a value of a type other than a union or a
// record from d.
func decodeCall(t *schema.Schema) string {
	switch t.Kind {
	case schema.Array:
		return fmt.Sprintf("decodeArray(d, %d, %s)", max(1, least(t.Items)), decodeFunc(t.Items))
	default:
		if t.Vocabulary != "" {
			return decodeFunc(t) + "(d)"
		}
		return "d." + method(t) + "()"
	}
}

// decodeFunc is a func(*decoder) (T, error).
func decodeFunc(t *schema.Schema) string {
	switch t.Kind {
	case schema.Array:
		return fmt.Sprintf("func(d *decoder) (%s, error) { return %s }", goType(t), decodeCall(t))
	case schema.Record:
		return "decode" + shortName(t.Name)
	default:
		if t.Vocabulary != "" {
			return "decode" + t.Vocabulary
		}
		return "(*decoder)." + method(t)
	}
}

// method is the decoder's method for a primitive or logical type.
func method(t *schema.Schema) string {
	switch t.Logical {
	case schema.TimestampMillis:
		return "time"
	case schema.Date:
		return "date"
	case schema.Decimal:
		return "decimal"
	}
	switch t.Kind {
	case schema.Boolean:
		return "bool"
	case schema.Map:
		return "stringMap"
	default:
		return string(t.Kind)
	}
}

// least returns the fewest bytes of a value, which bounds a count read from hostile
// bytes.
func least(t *schema.Schema) int {
	switch t.Kind {
	case schema.Null:
		return 0
	case schema.Record:
		sum := 0
		for _, f := range t.Fields {
			sum += least(f.Type)
		}
		return sum
	default:
		const doubleSize = 8
		switch {
		case t.Kind == schema.Double:
			return doubleSize
		case t.Logical == schema.Decimal:
			return 2
		default:
			return 1
		}
	}
}
