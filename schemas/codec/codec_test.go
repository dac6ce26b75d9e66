package codec_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"maps"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/codec"
)

func get(tb testing.TB, text string) *codec.Codec {
	tb.Helper()
	c, err := codec.New().Get(text)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestAllSchemasAreValid(t *testing.T) {
	t.Parallel()
	if err := codec.New().Validate(); err != nil {
		t.Error(err)
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	cache := codec.New()
	if _, err := cache.Named("nobody"); !errors.Is(err, codec.ErrSchema) {
		t.Errorf("Named() of a schema that is not there = %v, want %v", err, codec.ErrSchema)
	}
	first, err := cache.Named("duplicates.v1")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if again, err := cache.Named("duplicates.v1"); err != nil || again != first {
				t.Errorf("Named() = %p, %v, want %p", again, err, first)
			}
		})
	}
	wg.Wait()
}

// TestGoldenBytesForEver: bytes of every version ever released are read with the
// schema of that version, and say what they always said.
func TestGoldenBytesForEver(t *testing.T) {
	t.Parallel()
	cache := codec.New()
	for _, name := range schemas.AVSCNames() {
		released, err := schemas.Released(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range released {
			if r.Version != i+1 {
				t.Errorf("%s: versions are not 1, 2, 3…", name)
			}
			stem := filepath.Join("..", "testdata", "golden", name, strconv.Itoa(r.Version))
			body, want := goldenFiles(t, stem)
			c, err := cache.Get(r.Text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.JSON(nil, body)
			if err != nil || string(got) != want {
				t.Errorf("%s version %d: JSON() = %s, %v\nwant %s", name, r.Version, got, err, want)
			}
		}
	}
}

func goldenFiles(tb testing.TB, stem string) (body []byte, text string) {
	tb.Helper()
	digits, err := os.ReadFile(stem + ".hex")
	if err != nil {
		tb.Fatal(err)
	}
	if body, err = hex.DecodeString(strings.Join(strings.Fields(string(digits)), "")); err != nil {
		tb.Fatal(err)
	}
	b, err := os.ReadFile(stem + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return body, strings.TrimSpace(string(b))
}

func TestSchemasThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"not JSON":                `{`,
		"a number":                `7`,
		"an unknown type":         `"text"`,
		"an array of nulls":       `{"type":"array","items":"null"}`,
		"an array of empties":     `{"type":"array","items":{"type":"record","name":"R","fields":[]}}`,
		"a decimal, no precision": `{"type":"bytes","logicalType":"decimal"}`,
		// goavro panics on this one.
		"a second decimal without a scale": `{"type":"record","name":"R","fields":[` +
			`{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}},` +
			`{"name":"b","type":{"type":"bytes","logicalType":"decimal","precision":4}}]}`,
		"nested without end": strings.Repeat(`{"type":"array","items":`, 200) + `"int"` + strings.Repeat(`}`, 200),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := codec.New().Get(text); !errors.Is(err, codec.ErrSchema) {
				t.Errorf("Get() = %v, want %v", err, codec.ErrSchema)
			}
		})
	}
}

const everything = `{"type":"record","name":"All","namespace":"a.b","fields":[
	{"name":"bool","type":"boolean"},{"name":"int","type":"int"},{"name":"long","type":"long"},
	{"name":"float","type":"float"},{"name":"double","type":"double"},{"name":"bytes","type":"bytes"},{"name":"string","type":"string"},
	{"name":"fixed","type":{"type":"fixed","name":"F","size":2}},
	{"name":"enum","type":{"type":"enum","name":"E","symbols":["X","Y"]}},
	{"name":"array","type":{"type":"array","items":["null","int"]}},
	{"name":"map","type":{"type":"map","values":"F"}},
	{"name":"union","type":["null","string",{"type":"record","name":"Inner","fields":[{"name":"x","type":"int"}]}]},
	{"name":"millis","type":{"type":"long","logicalType":"timestamp-millis"}},
	{"name":"micros","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
	{"name":"date","type":{"type":"int","logicalType":"date"}},
	{"name":"time","type":{"type":"int","logicalType":"time-millis"}},
	{"name":"decimal","type":["null",{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}]}
]}`

func all() map[string]any {
	return map[string]any{
		"bool": true, "int": 1, "long": int64(math.MaxInt64), "float": float32(1.5), "double": math.Inf(-1), "bytes": []byte{0, 1}, "string": "a\"\n<ü>",
		"fixed": []byte{2, 3}, "enum": "Y", "array": []any{nil, map[string]any{"int": 7}}, "map": map[string]any{"k": []byte{4, 5}},
		"union": map[string]any{"a.b.Inner": map[string]any{"x": 3}}, "millis": time.UnixMilli(1_700_000_000_123).UTC(),
		"micros": map[string]any{"long.timestamp-micros": time.UnixMicro(1_700_000_000_123_456).UTC()}, "date": time.Unix(86400*20000, 0).UTC(),
		"time": 90 * time.Second, "decimal": map[string]any{"bytes.decimal": big.NewRat(-987, 100)},
	}
}

// TestForeignSchema: any schema of a registry is shown, every type of Avro in a
// form people read.
func TestForeignSchema(t *testing.T) {
	t.Parallel()
	c := get(t, everything)
	body, err := c.Encode(nil, all())
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.JSON([]byte("> "), body)
	if err != nil {
		t.Fatal(err)
	}
	want := `> {"bool":true,"int":1,"long":9223372036854775807,"float":1.5,"double":"-Inf","bytes":"AAE=","string":"a\"\n\u003cü\u003e",` +
		`"fixed":"AgM=","enum":"Y","array":[null,7],"map":{"k":"BAU="},"union":{"x":3},"millis":"2023-11-14T22:13:20.123Z",` +
		`"micros":"2023-11-14T22:13:20.123456Z","date":"2024-10-04","time":"1m30s","decimal":"-9.87"}`
	if string(got) != want {
		t.Errorf("JSON() = %s\n    want %s", got, want)
	}
}

// TestEncodeRefuses what goavro would write and other readers could not read or
// would read otherwise.
func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change map[string]any
		want   string
	}{
		"a decimal beyond the scale":     {map[string]any{"decimal": map[string]any{"bytes.decimal": big.NewRat(-1, 3)}}, "value.decimal: a decimal beyond the scale"},
		"a decimal beyond the precision": {map[string]any{"decimal": map[string]any{"bytes.decimal": big.NewRat(10_000_000, 1)}}, "beyond the precision"},
		"text that is not UTF-8":         {map[string]any{"string": "secret\xff"}, "value.string: not UTF-8"},
		"a key that is not UTF-8":        {map[string]any{"map": map[string]any{"secret\xff": []byte{1, 2}}}, "value.map: a key"},
		"a date with a time of day":      {map[string]any{"date": time.Date(1969, 12, 31, 12, 0, 0, 0, time.UTC)}, "value.date: a date"},
		"an unknown field":               {map[string]any{"secret": 1}, "a field that the schema does not have"},
		"no branch of the union":         {map[string]any{"union": map[string]any{"long": 1}}, "value.union: no branch"},
		"a symbol unknown":               {map[string]any{"enum": "secret"}, "not one of the schema"},
		"another type":                   {map[string]any{"int": "secret"}, "not one of the schema"},
		"in an array":                    {map[string]any{"array": []any{nil, map[string]any{"text": "secret"}}}, "value.array[1]: no branch"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			native := all()
			maps.Copy(native, test.change)
			out, err := get(t, everything).Encode([]byte("kept"), native)
			if !errors.Is(err, codec.ErrEncode) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("Encode() = %v, want %q", err, test.want)
			}
			if string(out) != "kept" {
				t.Errorf("Encode() left %q", out)
			}
		})
	}
}

func TestNativeRefuses(t *testing.T) {
	t.Parallel()
	c := get(t, everything)
	body, err := c.Encode(nil, all())
	if err != nil {
		t.Fatal(err)
	}
	for i := range body {
		if _, err := c.Native(body[:i]); !errors.Is(err, codec.ErrDecode) {
			t.Errorf("Native() of the first %d bytes = %v, want %v", i, err, codec.ErrDecode)
		}
	}
	if _, err := c.JSON(nil, append(body, 0)); !errors.Is(err, codec.ErrDecode) {
		t.Errorf("JSON() of one byte more = %v, want %v", err, codec.ErrDecode)
	}
}

// TestRecursiveSchema: goavro calls itself for each level, so the depth is looked
// at first.
func TestRecursiveSchema(t *testing.T) {
	t.Parallel()
	list := get(t, `{"type":"record","name":"List","fields":[{"name":"next","type":["null","List"],"default":null}]}`)
	got, err := list.JSON(nil, []byte{2, 2, 0})
	if want := `{"next":{"next":{"next":null}}}`; err != nil || string(got) != want {
		t.Errorf("JSON() = %s, %v, want %s", got, err, want)
	}
	tree := get(t, `{"type":"record","name":"Tree","fields":[{"name":"name","type":"string"},{"name":"size","type":"double"},
		{"name":"on","type":"boolean"},{"name":"ratio","type":"float"},{"name":"id","type":{"type":"fixed","name":"ID","size":1}},
		{"name":"below","type":{"type":"array","items":"Tree"}},{"name":"named","type":{"type":"map","values":"Tree"}}]}`)
	leaf := map[string]any{
		"name": "leaf", "size": 1.5, "on": true, "ratio": float32(0.5), "id": []byte{7}, "below": []any{}, "named": map[string]any{},
	}
	root := map[string]any{
		"name": "root", "size": 2.0, "on": false, "ratio": float32(1), "id": []byte{8}, "below": []any{leaf, leaf}, "named": map[string]any{"a": leaf},
	}
	body, err := tree.Encode(nil, root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Native(body); err != nil {
		t.Errorf("Native() of a tree = %v", err)
	}
	for i := range body {
		if _, err := tree.Native(body[:i]); !errors.Is(err, codec.ErrDecode) {
			t.Errorf("Native() of the first %d bytes = %v, want %v", i, err, codec.ErrDecode)
		}
	}
	for name, hostile := range map[string][]byte{
		"a million levels": bytes.Repeat([]byte{2}, 1<<20), "no branch": {4}, "nothing": {},
	} {
		if _, err := list.Native(hostile); !errors.Is(err, codec.ErrDecode) {
			t.Errorf("Native() of %s = %v, want %v", name, err, codec.ErrDecode)
		}
	}
}

// FuzzJSON: any bytes under any of our schemas, and one with every type of Avro,
// end in JSON or ErrDecode.
func FuzzJSON(f *testing.F) {
	cache := codec.New()
	codecs := []*codec.Codec{get(f, everything)}
	if body, err := codecs[0].Encode(nil, all()); err == nil {
		f.Add(uint8(0), body)
	}
	for i, name := range schemas.AVSCNames() {
		c, err := cache.Named(name)
		if err != nil {
			f.Fatal(err)
		}
		codecs = append(codecs, c)
		body, _ := goldenFiles(f, filepath.Join("..", "testdata", "golden", name, "1"))
		f.Add(uint8(i+1), body)
	}
	f.Add(uint8(0), []byte{0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		if _, err := codecs[int(which)%len(codecs)].JSON(nil, body); err != nil && !errors.Is(err, codec.ErrDecode) {
			t.Fatalf("JSON() = %v, want %v", err, codec.ErrDecode)
		}
	})
}
