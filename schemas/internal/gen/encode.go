package main

import (
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

func writeEncoder(b *strings.Builder, t *schema.Schema) {
	name := shortName(t.Name)
	if len(t.Fields) == 0 {
		fmt.Fprintf(b, "func (*%s) appendTo(dst []byte) ([]byte, error) { return dst, nil }\n\n", name)
		return
	}
	fmt.Fprintf(b, "func (r *%s) appendTo(dst []byte) ([]byte, error) {\n", name)
	for _, f := range t.Fields {
		if fallible(f.Type) {
			b.WriteString("\tvar err error\n")
			break
		}
	}
	for _, f := range t.Fields {
		encode(b, f.Type, "r."+goName(f.Name), fmt.Sprintf("at(%q, err)", f.Name))
	}
	b.WriteString("\treturn dst, nil\n}\n\n")
}

// fallible reports whether encoding a value of the type can fail.
func fallible(t *schema.Schema) bool {
	switch t.Kind {
	case schema.Boolean:
		return false
	case schema.Int, schema.Long, schema.Bytes:
		return t.Logical != ""
	case schema.Union:
		value, _ := t.Optional()
		return fallible(value)
	case schema.Array:
		return fallible(t.Items)
	default:
		return true
	}
}

// encode writes the statements that append the value of expression v; wrap formats the
// error.
func encode(b *strings.Builder, t *schema.Schema, v, wrap string) {
	try := func(call string) {
		fmt.Fprintf(b, "if dst, err = %s; err != nil {\nreturn dst, %s\n}\n", call, wrap)
	}
	switch t.Logical {
	case schema.TimestampMillis:
		try("appendTime(dst, " + v + ")")
		return
	case schema.Date:
		try("appendDate(dst, " + v + ")")
		return
	case schema.Decimal:
		try("appendDecimal(dst, " + v + ")")
		return
	}
	switch t.Kind {
	case schema.Boolean:
		fmt.Fprintf(b, "dst = appendBool(dst, %s)\n", v)
	case schema.Int:
		fmt.Fprintf(b, "dst = appendLong(dst, int64(%s))\n", v)
	case schema.Long:
		fmt.Fprintf(b, "dst = appendLong(dst, %s)\n", v)
	case schema.String:
		if t.Vocabulary != "" {
			try(v + ".appendTo(dst)")
			return
		}
		try("appendString(dst, " + v + ")")
	case schema.Double:
		try("appendDouble(dst, " + v + ")")
	case schema.Bytes:
		fmt.Fprintf(b, "dst = appendBytes(dst, %s)\n", v)
	case schema.Map:
		try("appendStringMap(dst, " + v + ")")
	case schema.Array:
		fmt.Fprintf(b, "if n := len(%[1]s); n > 0 {\ndst = appendLong(dst, int64(n))\nfor i := range %[1]s {\n", v)
		encode(b, t.Items, v+"[i]", strings.Replace(wrap, "err)", "atIndex(i, err))", 1))
		b.WriteString("}\n}\ndst = append(dst, 0)\n")
	case schema.Union:
		value, _ := t.Optional()
		fmt.Fprintf(b, "if %s.Set {\ndst = append(dst, 2)\n", v)
		encode(b, value, v+".Value", wrap)
		b.WriteString("} else {\ndst = append(dst, 0)\n}\n")
	default:
		try(v + ".appendTo(dst)")
	}
}
