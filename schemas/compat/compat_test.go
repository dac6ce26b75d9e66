package compat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/compat"
)

// TestTheSchemasAreCompatible is the gate: no schema of this version breaks a
// released one or a rule of the contract.
func TestTheSchemasAreCompatible(t *testing.T) {
	t.Parallel()
	findings, err := compat.CheckAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error(f)
	}
}

// TestEverySchemaIsReleased: a change is a version of its own, which others can
// name: copy the .avsc to released/<name>/<next version>.avsc.
func TestEverySchemaIsReleased(t *testing.T) {
	t.Parallel()
	for _, name := range schemas.AVSCNames() {
		released, err := schemas.Released(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range released {
			if r.Version != i+1 {
				t.Errorf("%s: version %d is missing", name, i+1)
			}
		}
		if text, _ := schemas.AVSC(name); len(released) == 0 || released[len(released)-1].Text != text {
			t.Errorf("%s is not its newest released version", name)
		}
	}
}

// rec is a record with fields in JSON.
func rec(fields ...string) string {
	return `{"type":"record","name":"R","namespace":"t","fields":[` + strings.Join(fields, ",") + `]}`
}

func enum(def string, symbols ...string) string {
	text := `{"type":"enum","name":"E","symbols":["` + strings.Join(symbols, `","`) + `"]`
	if def != "" {
		text += `,"default":"` + def + `"`
	}
	return text + "}"
}

func values(names ...string) string {
	return `{"type":"string","vocabulary":"V","known_values":{"UNKNOWN":"x","` + strings.Join(names, `":"x","`) + `":"x"}}`
}

func field(typ string) string { return `{"name":"f","type":` + typ + `}` }

func decimal(precision, scale int) string {
	return fmt.Sprintf(`{"type":"bytes","logicalType":"decimal","precision":%d,"scale":%d}`, precision, scale)
}

const millis = `{"type":"long","logicalType":"timestamp-millis"}`

// TestCheck says of a change what is wrong with it: "" for nothing. Cases marked
// "a registry passes it" are those for which our check is there.
func TestCheck(t *testing.T) {
	t.Parallel()
	a, b := `{"name":"a","type":"int"}`, `{"name":"b","type":"int","default":0}`
	tests := map[string]struct {
		older, newer string
		want         []string
	}{
		"nothing changed":          {rec(a, b), rec(a, b), nil},
		"fields in another order":  {rec(a, b), rec(b, a), nil},
		"doc changed":              {rec(`{"name":"a","type":"int","doc":"x"}`), rec(a), nil},
		"field added with default": {rec(a), rec(a, b), nil},
		"field removed, had a default (a registry passes it)": {rec(a, b), rec(a), []string{"forward b: the field was removed"}},
		"field renamed, with defaults (a registry passes it)": {
			rec(a, b), rec(a, `{"name":"c","type":"int","default":0}`), []string{"forward b: the field was removed (renamed to c?)"},
		},
		"field added without default": {rec(b), rec(a, b), []string{"backward a: the writer does not have it and it has no default"}},
		"field removed, no default": {rec(a, b), rec(b), []string{
			"forward a: the field was removed", "forward a: the writer does not have it and it has no default",
		}},
		"field added, wrong default": {
			rec(a), rec(a, `{"name":"c","type":["null","int"],"default":1}`), []string{"backward c: the writer does not have it and its default is not one of its type"},
		},
		"field renamed, with defaults and an alias (a registry passes it)": {
			rec(a, b), rec(a, `{"name":"c","type":"int","default":0,"aliases":["b"]}`),
			[]string{"backward c: it renames b: readers without the alias would lose the value", "forward b: the field was removed (renamed to c?)"},
		},
		"int to long": {rec(field(`"int"`)), rec(field(`"long"`)), []string{"forward f: long is not readable as int"}},
		"long to int": {rec(field(`"long"`)), rec(field(`"int"`)), []string{"backward f: long is not readable as int"}},
		"int to string": {rec(field(`"int"`)), rec(field(`"string"`)), []string{
			"backward f: int is not readable as string", "forward f: string is not readable as int",
		}},
		"bytes to string (a registry passes it)": {rec(field(`"bytes"`)), rec(field(`"string"`)), []string{
			"backward f: bytes is not readable as string", "forward f: string is not readable as bytes",
		}},
		"made optional":         {rec(field(`"int"`)), rec(field(`["null","int"]`)), []string{"forward f: null is not readable as int"}},
		"made required":         {rec(field(`["null","int"]`)), rec(field(`"int"`)), []string{"backward f: null is not readable as int"}},
		"null moved to the end": {rec(field(`["null","int"]`)), rec(field(`["int","null"]`)), nil},
		"branch added":          {rec(field(`["null","int"]`)), rec(field(`["null","int","string"]`)), []string{"forward f: string is no branch of the reader's union"}},
		"branch widened": {rec(field(`["null","int"]`)), rec(field(`["null","long"]`)), []string{
			"forward f: long is no branch of the reader's union",
		}},
		"decimal, another scale (a registry passes it)":     {rec(field(decimal(18, 6))), rec(field(decimal(18, 2))), []string{"both f: the scale of the decimal was changed"}},
		"decimal, another precision (a registry passes it)": {rec(field(decimal(18, 6))), rec(field(decimal(20, 6))), []string{"both f: the precision of the decimal was changed"}},
		"long to timestamp (a registry passes it)":          {rec(field(`"long"`)), rec(field(millis)), []string{"both f: the logical type was changed"}},
		"millis to micros (a registry passes it)": {
			rec(field(millis)), rec(field(`{"type":"long","logicalType":"timestamp-micros"}`)), []string{"both f: the logical type was changed"},
		},
		"optional long to timestamp (a registry passes it)": {
			rec(field(`["null","long"]`)), rec(field(`["null",` + millis + `]`)), []string{"both f: the logical type was changed"},
		},
		"date to timestamp": {rec(field(`{"type":"int","logicalType":"date"}`)), rec(field(millis)), []string{
			"both f: the logical type was changed", "forward f: long (timestamp-millis) is not readable as int (date)",
		}},
		"symbol added (a registry passes it)": {rec(field(enum("A", "A", "B"))), rec(field(enum("A", "A", "B", "C"))), []string{"both f: symbol C was added"}},
		"symbol added, no default": {rec(field(enum("", "A", "B"))), rec(field(enum("", "A", "B", "C"))), []string{
			"both f: symbol C was added", "forward f: the reader does not have symbol C and no default in its place",
		}},
		"value added": {rec(field(values("A", "B"))), rec(field(values("A", "B", "C"))), nil},
		"value removed (a registry passes it)": {
			rec(field(values("A", "B"))), rec(field(values("A"))), []string{"both f: the documented value B was removed"},
		},
		"symbol removed (a registry passes it)": {
			rec(field(enum("A", "A", "B"))), rec(field(enum("A", "A"))), []string{"both f: symbol B was removed"},
		},
		"symbol moved (a registry passes it)": {
			rec(field(enum("A", "A", "B", "C"))), rec(field(enum("A", "A", "C", "B"))), []string{"both f: symbol B was moved", "both f: symbol C was moved"},
		},
		"symbol put before others (a registry passes it)": {
			rec(field(enum("A", "A", "B"))), rec(field(enum("A", "A", "X", "B"))), []string{"both f: symbol X was added", "both f: symbol B was moved"},
		},
		"default symbol changed (a registry passes it)": {
			rec(field(enum("A", "A", "B"))), rec(field(enum("B", "A", "B"))), []string{"both f: the default symbol of t.E was changed"},
		},
		"record renamed": {rec(a), strings.Replace(rec(a), `"R"`, `"S"`, 1), []string{"both : type t.R was renamed to t.S"}},
		"record renamed with an alias (a registry passes it one way)": {
			rec(a), strings.Replace(rec(a), `"R"`, `"S","aliases":["R"]`, 1), []string{"both : type t.R was renamed to t.S"},
		},
		"namespace changed": {rec(a), strings.Replace(rec(a), `"t"`, `"u"`, 1), []string{"both : type t.R was renamed to u.R"}},
		"fixed resized": {
			rec(field(`{"type":"fixed","name":"F","size":4}`)), rec(field(`{"type":"fixed","name":"F","size":8}`)),
			[]string{"both f: the size of t.F was changed"},
		},
		"deep in an array": {
			rec(field(`{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"x","type":"int"}]}}`)),
			rec(field(`{"type":"array","items":{"type":"record","name":"I","fields":[{"name":"x","type":"string"}]}}`)),
			[]string{"backward f[].x: int is not readable as string", "forward f[].x: string is not readable as int"},
		},
		"in a map": {
			rec(field(`{"type":"map","values":"int"}`)), rec(field(`{"type":"map","values":"long"}`)), []string{"forward f{}: long is not readable as int"},
		},
		"a record in itself": {
			rec(a, field(`["null","R"]`)), rec(a, field(`["null","R"]`), `{"name":"c","type":"int"}`),
			[]string{"backward c: the writer does not have it and it has no default"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, err := compat.Check("x", test.newer, []schemas.Release{{Version: 1, Text: test.older}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				if f.Schema != "x" || f.Version != 1 {
					t.Errorf("finding of %s %d, want of x 1", f.Schema, f.Version)
				}
				got = append(got, f.Direction+" "+f.Path+": "+f.Why)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Check() (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCheckIsTransitive: each released version counts, not only the last one.
func TestCheckIsTransitive(t *testing.T) {
	t.Parallel()
	findings, err := compat.Check("x", rec(field(`"string"`)), []schemas.Release{
		{Version: 1, Text: rec(field(`"int"`))}, {Version: 2, Text: rec(field(`"string"`))},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Version != 1 {
			t.Errorf("Check() = %v, want findings against version 1 only", f)
		}
	}
	if len(findings) != 2 {
		t.Errorf("Check() = %v, want two findings", findings)
	}
	if got, want := findings[0].String(), "x f: cannot read version 1: int is not readable as string. Breaks: every reader"; !strings.HasPrefix(got, want) {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestCheckOfWhatIsNoSchema(t *testing.T) {
	t.Parallel()
	if _, err := compat.Check("x", "{", nil); err == nil {
		t.Error("Check() of a text that is no schema = nil")
	}
	if _, err := compat.Check("x", `"int"`, []schemas.Release{{Version: 1, Text: "{"}}); err == nil {
		t.Error("Check() against a text that is no schema = nil")
	}
}

func TestCheckContract(t *testing.T) {
	t.Parallel()
	full := func(sensitivity, typ string) string {
		return `{"type":"record","name":"R","doc":"d","fields":[{"name":"f","doc":"d","sensitivity":"` + sensitivity + `","type":` + typ + `}]}`
	}
	tests := map[string]struct {
		text string
		want []string
	}{
		"good":                {full("none", `"int"`), nil},
		"no doc":              {strings.Replace(full("none", `"int"`), `"doc":"d","sens`, `"sens`, 1), []string{"f: it has no doc"}},
		"no doc of the type":  {strings.Replace(full("none", `"int"`), `"doc":"d",`, ``, 1), []string{": type R has no doc"}},
		"no sensitivity":      {full("", `"int"`), []string{"f: its sensitivity is none of [none pseudonym personal secret]"}},
		"another sensitivity": {full("public", `"int"`), []string{"f: its sensitivity is none of [none pseudonym personal secret]"}},
		"a secret":            {full("secret", `"int"`), []string{"f: a secret in a topic that is not restricted"}},
		"less than below": {full("none", `["null",`+strings.Replace(full("personal", `"int"`), `"R"`, `"I"`, 1)+`]`), []string{
			"f: its sensitivity is none and below it is personal",
		}},
		"an enum":                 {full("none", `{"type":"enum","name":"E","doc":"d","symbols":["A"],"default":"A"}`), []string{"f: an Avro enum"}},
		"an empty record":         {full("none", `["null",{"type":"record","name":"I","doc":"d","fields":[]}]`), []string{"f: record I has no field"}},
		"a wide union":            {full("none", `["null","int","string"]`), []string{"f: a union other than [null, T]"}},
		"null last":               {full("none", `["int","null"]`), []string{"f: a union other than [null, T]"}},
		"an array of unions":      {full("none", `{"type":"array","items":["null","int"]}`), []string{"f: an array of values that may be null"}},
		"a map":                   {full("none", `{"type":"map","values":"string"}`), []string{"f: a map whose doc does not say what its keys and values are"}},
		"a map with a doc":        {strings.Replace(full("none", `{"type":"map","values":"string"}`), `"f","doc":"d"`, `"f","doc":"Fields. Key: a pointer. Value: a text."`, 1), nil},
		"a name in capitals":      {strings.Replace(full("none", `"int"`), `"f"`, `"F"`, 1), []string{"F: its name is not in snake_case"}},
		"default of another type": {full("none", `"int","default":"x"`), []string{"f: its default is not one of its type"}},
		"not a record":            {`"int"`, []string{": the top is a int, not a record"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, err := compat.CheckContract("x", test.text, schemas.AccessOpen)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.Path+": "+f.Why)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("CheckContract() (-want +got):\n%s", diff)
			}
		})
	}
	if findings, err := compat.CheckContract("x", full("secret", `"int"`), schemas.AccessRestricted); err != nil || len(findings) > 0 {
		t.Errorf("CheckContract() of a secret in a restricted topic = %v, %v", findings, err)
	}
}

// TestAdviceNamesTheEngine plants changes that Avro readers survive and engines do not: the
// finding names the engine and the other way.
func TestAdviceNamesTheEngine(t *testing.T) {
	t.Parallel()
	doc := func(fields ...string) string {
		return `{"type":"record","name":"R","doc":"d","fields":[{"name":"a","type":"int","default":0,"doc":"d","sensitivity":"none"},` + strings.Join(fields, ",") + "]}"
	}
	typed := func(typ string) string { return `{"name":"f","doc":"d","sensitivity":"none","type":` + typ + `}` }
	tests := map[string]struct{ older, newer, breaks, instead string }{
		"a new enum": {
			doc(typed(`"int"`)), doc(typed(`"int"`), `{"name":"e","doc":"d","sensitivity":"none","default":"A","type":{"type":"enum","name":"E","doc":"d","symbols":["A"],"default":"A"}}`),
			"Flink", "known_values",
		},
		"a new symbol":    {doc(typed(enum("A", "A"))), doc(typed(enum("A", "A", "B"))), "Enum8", "known_values"},
		"an empty record": {doc(typed(`"int"`)), doc(typed(`"int"`), `{"name":"e","doc":"d","sensitivity":"none","default":null,"type":["null",{"type":"record","name":"E","doc":"d","fields":[]}]}`), "Parquet", "boolean"},
		"into null":       {doc(typed(`"string"`)), doc(typed(`["null","string"]`)), "ClickHouse", "nullable one beside"},
		"out of null":     {doc(typed(`["null","string"]`)), doc(typed(`"string"`)), "written before", "keep the field nullable"},
		"int to long":     {doc(typed(`"int"`)), doc(typed(`"long"`)), "low 32 bits", "keep the old one"},
		"float to double": {doc(typed(`"float"`)), doc(typed(`"double"`)), "Arrow", "keep the old one"},
		"a renamed field": {doc(typed(`"int","default":1`)), doc(`{"name":"g","doc":"d","sensitivity":"none","type":"int","default":1}`), "ClickHouse", "….v2"},
		"a map":           {doc(typed(`"int"`)), doc(typed(`"int"`), `{"name":"m","doc":"d","sensitivity":"none","default":{},"type":{"type":"map","values":"string"}}`), "DuckDB", "Value: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, err := compat.Check("x", test.newer, []schemas.Release{{Version: 1, Text: test.older}})
			if err != nil {
				t.Fatal(err)
			}
			rules, err := compat.CheckContract("x", test.newer, schemas.AccessOpen)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range append(findings, rules...) {
				if strings.Contains(f.Breaks, test.breaks) && strings.Contains(f.Instead, test.instead) && strings.HasSuffix(f.String(), f.Instead) {
					return
				}
			}
			t.Errorf("%v %v, want one that names %s and says %s", findings, rules, test.breaks, test.instead)
		})
	}
}
