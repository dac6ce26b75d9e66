package avro_test

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// record is what all top records have in common.
type record interface {
	Schema() string
	AppendAvro(dst []byte) ([]byte, error)
	DecodeAvro(b []byte) error
}

// records makes an empty one of every top record.
func records() []record {
	var out []record
	for _, name := range schemas.AVSCNames() {
		if r, ok := avro.New(name); ok {
			out = append(out, r)
		}
	}
	return out
}

func empty(r record) record {
	made, _ := reflect.TypeAssert[record](reflect.New(reflect.TypeOf(r).Elem()))
	return made
}

func tree(tb testing.TB, name string) *schema.Schema {
	tb.Helper()
	text, ok := schemas.AVSC(name)
	if !ok {
		tb.Fatalf("no schema named %s", name)
	}
	s, err := schema.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestEverySchemaHasAType(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range records() {
		names = append(names, r.Schema())
	}
	slices.Sort(names)
	if want := schemas.AVSCNames(); !slices.Equal(names, want) {
		t.Errorf("types for %v, want %v", names, want)
	}
}

// draw fills v, which has the Go type of s, with random values.
func draw(t *rapid.T, s *schema.Schema, v reflect.Value) {
	switch {
	case s.Logical == schema.TimestampMillis:
		ms := rapid.OneOf(rapid.Int64Range(-62135596799999, 253402300799999), rapid.Int64Range(1_700_000_000_000, 1_800_000_000_000))
		v.Set(reflect.ValueOf(time.UnixMilli(ms.Draw(t, "ms")).UTC()))
	case s.Logical == schema.Date:
		v.Set(reflect.ValueOf(time.Unix(86400*rapid.Int64Range(-719161, 2932896).Draw(t, "days"), 0).UTC()))
	case s.Logical == schema.Decimal:
		limit := int64(1_000_000_000_000_000_000) - 1
		v.SetInt(rapid.OneOf(rapid.Int64Range(-limit, limit), rapid.Int64Range(-70000, 70000)).Draw(t, "unscaled"))
	case s.Kind == schema.Boolean:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case s.Kind == schema.Int:
		v.SetInt(int64(rapid.Int32().Draw(t, "int")))
	case s.Kind == schema.Long:
		v.SetInt(rapid.Int64().Draw(t, "long"))
	case s.Kind == schema.Double:
		v.SetFloat(rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && (f != 0 || !math.Signbit(f)) }).Draw(t, "double"))
	case s.Kind == schema.Bytes:
		v.SetBytes(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes"))
	case s.Vocabulary != "" && rapid.IntRange(0, 9).Draw(t, "known") > 0:
		v.SetString(rapid.SampledFrom(s.Values).Draw(t, "value").Name)
	case s.Vocabulary != "":
		v.SetString("A_LATER_VALUE" + drawString(t))
	case s.Kind == schema.String:
		v.SetString(drawString(t))
	default:
		drawComplex(t, s, v)
	}
}

func drawString(t *rapid.T) string {
	return strings.ToValidUTF8(rapid.StringN(0, 20, 200).Draw(t, "string"), "?")
}

func drawComplex(t *rapid.T, s *schema.Schema, v reflect.Value) {
	switch s.Kind {
	case schema.Record:
		for i := range s.Fields {
			draw(t, s.Fields[i].Type, v.Field(i))
		}
	case schema.Array:
		n := rapid.IntRange(0, 3).Draw(t, "items")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			draw(t, s.Items, v.Index(i))
		}
	case schema.Map:
		m := map[string]string{}
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			m[drawString(t)] = drawString(t)
		}
		v.Set(reflect.ValueOf(m))
	case schema.Union:
		value, _ := s.Optional()
		if rapid.Bool().Draw(t, "set") {
			draw(t, value, v.FieldByName("Value"))
			v.FieldByName("Set").SetBool(true)
		}
	default:
		t.Fatalf("no generator for %s", s.Kind)
	}
}

// native turns v into goavro's native form.
func native(s *schema.Schema, v reflect.Value) any {
	switch s.Kind {
	case schema.Record:
		m := map[string]any{}
		for i := range s.Fields {
			m[s.Fields[i].Name] = native(s.Fields[i].Type, v.Field(i))
		}
		return m
	case schema.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = native(s.Items, v.Index(i))
		}
		return list
	case schema.Map:
		m := map[string]any{}
		for _, k := range v.MapKeys() {
			m[k.String()] = v.MapIndex(k).String()
		}
		return m
	case schema.Union:
		if !v.FieldByName("Set").Bool() {
			return nil
		}
		value, _ := s.Optional()
		name := string(value.Kind)
		if value.Name != "" {
			name = value.Name
		} else if value.Logical != "" {
			name += "." + value.Logical
		}
		return map[string]any{name: native(value, v.FieldByName("Value"))}
	case schema.String:
		return v.String()
	case schema.Bytes:
		if s.Logical == "" {
			return v.Bytes()
		}
		return big.NewRat(v.Int(), 1_000_000)
	default:
		return v.Interface()
	}
}

// fill sets every field to a value of its own, for golden bytes; n counts them.
func fill(s *schema.Schema, v reflect.Value, n *int64) {
	*n++
	switch {
	case s.Logical == schema.TimestampMillis:
		v.Set(reflect.ValueOf(time.UnixMilli(1_767_225_600_000 + *n*1001).UTC()))
	case s.Logical == schema.Date:
		v.Set(reflect.ValueOf(time.Unix(86400*(20454+*n), 0).UTC()))
	case s.Logical == schema.Decimal:
		v.SetInt(*n*1_000_001 - 20_000_000)
	case s.Kind == schema.Boolean:
		v.SetBool(true)
	case s.Kind == schema.Int, s.Kind == schema.Long:
		v.SetInt(*n * 1000)
	case s.Kind == schema.Double:
		v.SetFloat(float64(*n) / 8)
	case s.Kind == schema.Bytes:
		v.SetBytes([]byte{byte(*n), 0, 255})
	case s.Vocabulary != "":
		v.SetString(s.Values[int(*n)%len(s.Values)].Name)
	case s.Kind == schema.String:
		v.SetString(fmt.Sprintf("text %d \u20ac", *n))
	case s.Kind == schema.Record:
		for i := range s.Fields {
			fill(s.Fields[i].Type, v.Field(i), n)
		}
	case s.Kind == schema.Array:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(s.Items, v.Index(0), n)
		fill(s.Items, v.Index(1), n)
	case s.Kind == schema.Map:
		v.Set(reflect.ValueOf(map[string]string{"/a": "1", "/b": "2"}))
	case s.Kind == schema.Union:
		value, _ := s.Optional()
		fill(value, v.FieldByName("Value"), n)
		v.FieldByName("Set").SetBool(true)
	}
}
