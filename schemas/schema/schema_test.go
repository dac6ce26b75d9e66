package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas/schema"
)

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := schema.Parse(`{"type":"record","name":"R","namespace":"t","doc":"d","aliases":["Old","u.Old"],"fields":[
		{"name":"a","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"when","sensitivity":"none"},
		{"name":"b","type":["null",{"type":"enum","name":"E","symbols":["X","Y"],"default":"X"}],"default":null,"aliases":["c"]},
		{"name":"d","type":{"type":"array","items":{"type":"fixed","name":"v.F","size":3}}},
		{"name":"e","type":{"type":{"type":"map","values":"E"}}},
		{"name":"f","type":["null","t.R"]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := &schema.Schema{Kind: schema.Record, Name: "t.R", Doc: "d", Aliases: []string{"t.Old", "u.Old"}}
	enum := &schema.Schema{Kind: schema.Enum, Name: "t.E", Symbols: []string{"X", "Y"}, Default: "X"}
	null := &schema.Schema{Kind: schema.Null}
	want.Fields = []schema.Field{
		{Name: "a", Type: &schema.Schema{Kind: schema.Long, Logical: schema.TimestampMillis}, Doc: "when", Sensitivity: "none", Aliases: []string{}},
		{Name: "b", Type: &schema.Schema{Kind: schema.Union, Branches: []*schema.Schema{null, enum}}, HasDefault: true, Aliases: []string{"c"}},
		{Name: "d", Type: &schema.Schema{Kind: schema.Array, Items: &schema.Schema{Kind: schema.Fixed, Name: "v.F", Size: 3}}, Aliases: []string{}},
		{Name: "e", Type: &schema.Schema{Kind: schema.Map, Items: enum}, Aliases: []string{}},
		{Name: "f", Type: &schema.Schema{Kind: schema.Union, Branches: []*schema.Schema{null, want}}, Aliases: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse() (-want +got):\n%s", diff)
	}
	if named := got.Named(); len(named) != 3 || named["t.R"] != got || named["t.E"] == nil || named["v.F"] == nil {
		t.Errorf("Named() = %v", named)
	}
	if value, ok := got.Fields[1].Type.Optional(); !ok || value.Name != "t.E" {
		t.Errorf("Optional() = %v, %v", value, ok)
	}
	if _, ok := got.Field("nobody"); ok {
		t.Error("Field() of a field that is not there is true")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"not JSON":          {`{`, "unexpected end"},
		"a number":          {`1`, "not float64"},
		"an unknown type":   {`"text"`, `type "text" is not defined`},
		"used before":       {`{"type":"record","name":"R","fields":[{"name":"a","type":"E"}]}`, `"E" is not defined`},
		"no name":           {`{"type":"record","fields":[]}`, "without a name"},
		"no fields":         {`{"type":"record","name":"R"}`, "no array of fields"},
		"a nameless field":  {`{"type":"record","name":"R","fields":[{"type":"int"}]}`, "has no name"},
		"a field twice":     {`{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}`, "is there twice"},
		"a type twice":      {`["null",{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":1}]`, "defined twice"},
		"an array of what?": {`{"type":"array"}`, "items"},
		"too deep":          {strings.Repeat("[", 200) + strings.Repeat("]", 200), "nested deeper"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := schema.Parse(test.text); !errors.Is(err, schema.ErrSchema) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse() = %v, want %q", err, test.want)
			}
		})
	}
}
