package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestGeneratedCodeIsUpToDate is what keeps the Go types and the schemas from
// drifting apart: run go generate ./schemas/avro when it fails.
func TestGeneratedCodeIsUpToDate(t *testing.T) {
	t.Parallel()
	sources, err := read("../../avsc", ".avsc")
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(sources)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read("../../avro", suffix)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range want {
		if diff := cmp.Diff(content, got[strings.TrimSuffix(name, suffix)]); diff != "" {
			t.Errorf("%s is not what the schemas say (-want +got):\n%s", name, diff)
		}
	}
	if len(got) != len(want) {
		t.Errorf("generated files %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

func TestRunWritesAndRemoves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		if err := run("../../avsc", dir); err != nil {
			t.Fatal(err)
		}
	}
	files, err := read(dir, suffix)
	if err != nil || len(files) == 0 {
		t.Fatalf("read() = %d files, %v", len(files), err)
	}
	if err := run(t.TempDir(), dir); err != nil {
		t.Fatal(err)
	}
	if files, err = read(dir, suffix); err != nil || len(files) != 0 {
		t.Errorf("after a run without schemas there are %d files, %v", len(files), err)
	}
}

func TestDecimalsAreThoseOfPackageAvro(t *testing.T) {
	t.Parallel()
	if decimalPrecision != avro.DecimalPrecision || decimalScale != avro.DecimalScale {
		t.Errorf("decimals (%d, %d), want (%d, %d)", decimalPrecision, decimalScale, avro.DecimalPrecision, avro.DecimalScale)
	}
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	field := func(typ string) map[string]string {
		return map[string]string{"x": `{"type":"record","name":"A","fields":[{"name":"f","type":` + typ + `}]}`}
	}
	tests := map[string]struct {
		sources map[string]string
		want    string
	}{
		"not JSON":                     {map[string]string{"x": `{`}, "schema x"},
		"top not a record":             {map[string]string{"x": `"string"`}, "not a record"},
		"float":                        {field(`"float"`), "float is not supported"},
		"fixed":                        {field(`{"type":"fixed","name":"F","size":2}`), "fixed is not supported"},
		"a wide union":                 {field(`["null","int","string"]`), "union other than"},
		"null last":                    {field(`["int","null"]`), "union other than"},
		"array of unions":              {field(`{"type":"array","items":["null","int"]}`), "an array of values that may be null"},
		"map of longs":                 {field(`{"type":"map","values":"long"}`), "map of other values"},
		"another decimal":              {field(`{"type":"bytes","logicalType":"decimal","precision":18,"scale":2}`), "a logical type of bytes other than"},
		"an enum":                      {field(`{"type":"enum","name":"E","symbols":["A"],"default":"A"}`), "an enum is not supported"},
		"a value without doc":          {field(`{"type":"string","vocabulary":"E","known_values":{"UNKNOWN":"x","A":""}}`), "has no doc"},
		"a value in small letters":     {field(`{"type":"string","vocabulary":"E","known_values":{"UNKNOWN":"x","a":"x"}}`), "not in capitals"},
		"a vocabulary without UNKNOWN": {field(`{"type":"string","vocabulary":"E","known_values":{"A":"x"}}`), "belong together"},
		"values without a vocabulary":  {field(`{"type":"string","known_values":{"UNKNOWN":"x"}}`), "belong together"},
		"a vocabulary and a record":    {field(`{"type":"string","vocabulary":"A","known_values":{"UNKNOWN":"x"}}`), "and another type"},
		"record in itself":             {field(`["null","A"]`), "within itself"},
		"two of one record":            {map[string]string{"x": field(`"int"`)["x"], "y": field(`"int"`)["x"]}, "the top of x already"},
		"two of one name": {map[string]string{
			"x": field(`{"type":"string","vocabulary":"E","known_values":{"UNKNOWN":"x"}}`)["x"],
			"y": `{"type":"record","name":"B","fields":[{"name":"f","type":{"type":"string","vocabulary":"E","known_values":{"UNKNOWN":"y"}}}]}`,
		}, "is another one in x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := generate(test.sources); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("generate() = %v, want %q", err, test.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"external_id": "ExternalID", "sms_inbound": "SMSInbound", "IN_PROGRESS": "InProgress", "callerids": "CallerIDs", "a2p_sms_activated": "A2PSMSActivated",
	} {
		if got := goName(in); got != want {
			t.Errorf("goName(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"LOX24VerifyCode": "lox24_verify_code", "UAPAYPayment": "uapay_payment", "Duplicate": "duplicate", "LOX24SMS": "lox24_sms",
	} {
		if got := fileName(in); got != want {
			t.Errorf("fileName(%q) = %q, want %q", in, got, want)
		}
	}
}
