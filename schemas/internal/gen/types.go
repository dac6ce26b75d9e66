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
	case schema.Double:
		return "float64"
	case schema.String:
		if t.Vocabulary != "" {
			return t.Vocabulary
		}
		return "string"
	case schema.Bytes:
		return "[]byte"
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

// writeVocabulary writes the named string of a vocabulary. Its encoder and decoder keep a
// value that this version does not know.
func writeVocabulary(b *strings.Builder, t *schema.Schema) {
	name := t.Vocabulary
	fmt.Fprintf(b, "// %[1]s is a string with documented values.\ntype %[1]s string\n\n// The values of %[1]s; the zero value is written as %[2]s.\nconst (\n", name, schema.Unknown)
	for _, v := range t.Values {
		comment(b, "\t", name+goName(v.Name)+": "+v.Doc+".")
		fmt.Fprintf(b, "\t%s %s = %q\n", name+goName(v.Name), name, v.Name)
	}
	fmt.Fprintf(b, ")\n\nfunc (v %[1]s) appendTo(dst []byte) ([]byte, error) {\n\tif v == \"\" {\n\t\tv = %[1]s%[2]s\n\t}\n"+
		"\treturn appendString(dst, string(v))\n}\n\n", name, goName(schema.Unknown))
	fmt.Fprintf(b, "func decode%[1]s(d *decoder) (%[1]s, error) {\n\tb, err := d.bytes()\n\tif err != nil {\n\t\treturn \"\", err\n\t}\n\tswitch string(b) {\n", name)
	for i, v := range t.Values {
		empty := ""
		if i == 0 {
			empty = `, ""`
		}
		fmt.Fprintf(b, "\tcase %q%s:\n\t\treturn %s, nil\n", v.Name, empty, name+goName(v.Name))
	}
	fmt.Fprintf(b, "\t}\n\ts, err := newValue(b)\n\treturn %s(s), err\n}\n\n", name)
}

// writeTop writes the exported methods of a schema's own record.
func writeTop(b *strings.Builder, t *schema.Schema, file string) {
	name := shortName(t.Name)
	fmt.Fprintf(b, `// Schema returns the name of the .avsc file.
func (*%[1]s) Schema() string { return %[2]q }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
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
