package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// arrow writes a Python module with the schemas for pyarrow: those of an export's files.
func arrow(tables []Table, _ *Options) []File {
	p := &printer{}
	p.linef("# %s", header)
	p.linef("import pyarrow as pa")
	p.linef("")
	p.linef("SCHEMAS = {")
	for i := range tables {
		t := &tables[i]
		p.linef("    %q: pa.schema([", t.History())
		all := t.all()
		for j := range all {
			p.linef("        %s,", arrowField(&all[j]))
		}
		p.linef("    ], metadata={%s}),", arrowMetadata("doc", historyDoc(t), "topic", t.Topic.Name, "key", t.Key))
	}
	p.linef("}")
	return []File{{Name: "arrow.py", Text: p.String()}}
}

func arrowField(c *Column) string {
	return fmt.Sprintf("pa.field(%q, %s, metadata={%s})", c.Name, arrowType(&c.Type), arrowMetadata("doc", c.comment(), "unit", c.Unit(), "sensitivity", c.Sensitivity))
}

// arrowMetadata writes pairs of a name and a text, without the empty ones.
func arrowMetadata(pairs ...string) string {
	var out []string
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			out = append(out, strconv.Quote(pair[0])+": "+strconv.Quote(pair[1]))
		}
	}
	return strings.Join(out, ", ")
}

func arrowType(t *Type) string {
	e := &types{
		scalars: map[Kind]string{
			Boolean: "pa.bool_()", Int: "pa.int32()", Long: "pa.int64()", Float: "pa.float32()", Double: "pa.float64()", Bytes: "pa.binary()",
			String: "pa.string()", Timestamp: `pa.timestamp("ms", tz="UTC")`, Date: "pa.date32()",
		},
		decimal: "pa.decimal128(%d, %d)", array: "pa.list_(%s)", mapping: "pa.map_(pa.string(), %s)", record: "pa.struct([%s])",
		field: "pa.field(%s, %s)", quote: strconv.Quote,
	}
	return e.of(t)
}
