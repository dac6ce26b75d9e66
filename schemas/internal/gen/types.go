package main

import (
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// goType is the Go type of a schema.
func goType(t *schema.Schema) string {
	switch t.Logical {
	case schema.TimestampMillis, schema.Date:
		return "time.Time"
	case schema.Decimal:
		return "Decimal"
	}
	switch t.Kind {
	case schema.Boolean:
		return "bool"
	case schema.Int:
		return "int32"
	case schema.Long:
		return "int64"
	case schema.String:
		return "string"
	case schema.Array:
		return "[]" + goType(t.Items)
	case schema.Map:
		return "map[string]" + goType(t.Items)
	case schema.Union:
		value, _ := t.Optional()
		return "Optional[" + goType(value) + "]"
	default:
		return shortName(t.Name)
	}
}

func writeStruct(b *strings.Builder, t *schema.Schema) {
	name := shortName(t.Name)
	comment(b, "", name+": "+t.Doc)
	fmt.Fprintf(b, "type %s struct {\n", name)
	for _, f := range t.Fields {
		comment(b, "\t", goName(f.Name)+": "+f.Doc)
		fmt.Fprintf(b, "\t%s %s `json:%q`\n", goName(f.Name), goType(f.Type), f.Name)
	}
	b.WriteString("}\n\n")
}

func writeEnum(b *strings.Builder, t *schema.Schema) {
	name := shortName(t.Name)
	comment(b, "", name+": "+t.Doc)
	fmt.Fprintf(b, "type %s string\n\n// The symbols of %s; the default is %s.\nconst (\n", name, name, t.Default)
	for _, s := range t.Symbols {
		fmt.Fprintf(b, "\t%s %s = %q\n", name+goName(s), name, s)
	}
	fmt.Fprintf(b, ")\n\nfunc (e %s) appendTo(dst []byte) ([]byte, error) {\n\tswitch e {\n", name)
	for i, s := range t.Symbols {
		zero := ""
		if s == t.Default {
			zero = `, ""`
		}
		fmt.Fprintf(b, "\tcase %s%s:\n\t\treturn append(dst, %d), nil\n", name+goName(s), zero, 2*i)
	}
	fmt.Fprintf(b, "\tdefault:\n\t\treturn dst, ErrSymbol\n\t}\n}\n\nfunc decode%s(d *decoder) (%s, error) {\n", name, name)
	b.WriteString("\ti, err := d.long()\n\tif err != nil {\n\t\treturn \"\", err\n\t}\n\tswitch i {\n")
	for i, s := range t.Symbols {
		fmt.Fprintf(b, "\tcase %d:\n\t\treturn %s, nil\n", i, name+goName(s))
	}
	b.WriteString("\tdefault:\n\t\treturn \"\", ErrSymbol\n\t}\n}\n\n")
}

// writeTop writes the exported methods of a schema's own record.
func writeTop(b *strings.Builder, t *schema.Schema, file string) {
	name := shortName(t.Name)
	fmt.Fprintf(b, `// Schema returns the name of the .avsc file.
func (*%[1]s) Schema() string { return %[2]q }

// AppendAvro appends the record's Avro body. An error is a *FieldError; what was
// appended until then is of no use.
func (r *%[1]s) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *%[1]s) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = %[1]s{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

`, name, file)
}
