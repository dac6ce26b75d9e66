package export_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/cmd/internal/tool/export"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/codec"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestEveryTopic exports the golden value of each open topic as Parquet and compares each
// field with the general codec's value.
func TestEveryTopic(t *testing.T) {
	t.Parallel()
	tables, err := contract.Tables()
	if err != nil {
		t.Fatal(err)
	}
	for i := range tables {
		table := &tables[i]
		t.Run(table.Topic.Name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, export.History, export.Parquet, table.Topic.Name)
			r.value = golden(t, table.Topic.Name)
			r.config.Schema = func(context.Context, uint32) (string, error) {
				text, _ := schemas.AVSC(table.Topic.Schema)
				return text, nil
			}
			r.write(kgo.TryCommit, "a1")
			r.run()
			b, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "schemas", "testdata", "golden", table.Topic.Name, "1.json"))
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			got := r.first()
			for _, c := range contract.MetaColumns() {
				delete(got, c.Name)
			}
			if diff := cmp.Diff(typed(&contract.Type{Kind: contract.Record, Fields: table.Columns}, want), any(got)); diff != "" {
				t.Errorf("row (-want +got):\n%s", diff)
			}
		})
	}
}

// first returns the first row of the export with all its columns.
func (r *rig) first() map[string]any {
	r.t.Helper()
	m, err := export.Load(r.config.Dir)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, topic := range m.Topics {
		rows, err := parquet.ReadFile[any](filepath.Join(r.config.Dir, topic.Files[0].Path))
		if err != nil {
			r.t.Fatal(err)
		}
		return as[map[string]any](rows[0])
	}
	return nil
}

// typed converts the codec's JSON to the values that a Parquet reader returns.
func typed(kind *contract.Type, v any) any {
	if v == nil {
		return nil
	}
	switch kind.Kind {
	case contract.Record:
		out := map[string]any{}
		for _, f := range kind.Fields {
			out[f.Name] = typed(&f.Type, as[map[string]any](v)[f.Name])
		}
		return out
	case contract.Array:
		out := []any{}
		for _, item := range as[[]any](v) {
			out = append(out, typed(kind.Elem, item))
		}
		return out
	case contract.Map:
		out := map[string]any{}
		for key, item := range as[map[string]any](v) {
			b := []byte(as[string](item)) // all maps are of strings, which the reader gives so
			out[key] = &b
		}
		return out
	case contract.Date:
		at, err := time.Parse(time.DateOnly, as[string](v))
		if err != nil {
			return err
		}
		return int32(at.Unix() / (24 * 60 * 60))
	case contract.Timestamp:
		at, err := time.Parse(time.RFC3339, as[string](v))
		if err != nil {
			return err
		}
		return at.UnixMilli()
	case contract.Decimal:
		f, err := strconv.ParseFloat(as[string](v), 64)
		if err != nil {
			return err
		}
		return f
	case contract.Long:
		return int64(as[float64](v))
	case contract.Int:
		return int32(as[float64](v))
	default:
		return v
	}
}

// as is a value as a type, zero if it is of another.
func as[T any](v any) T {
	t, _ := v.(T)
	return t
}

// TestOtherSchemas reads values of an older and of a newer schema, and refuses those that
// are broken.
func TestOtherSchemas(t *testing.T) {
	t.Parallel()
	const other = `{"type":"record","name":"PaymentSnapshot","fields":[
		{"name":"later","type":{"type":"array","items":{"type":"map","values":["null","double"]}}},
		{"name":"revision","type":"int"},{"name":"payment_id","type":"string"},
		{"name":"commission_minor","type":"int"}]}`
	c, err := codec.New().Get(other)
	if err != nil {
		t.Fatal(err)
	}
	body, err := c.Encode(nil, map[string]any{
		"later":    []any{map[string]any{"a": nil, "b": map[string]any{"double": 1.5}}, map[string]any{}},
		"revision": 7, "payment_id": "p", "commission_minor": 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, export.History, export.Parquet, payments)
	r.config.Schema = func(context.Context, uint32) (string, error) { return other, nil }
	r.value = append(wire.AppendPlaceholder(nil), body...)
	r.write(kgo.TryCommit, "a1")
	r.run()
	got := r.first()
	for name, want := range map[string]any{
		"payment_id": "p", "revision": int64(7), "commission_minor": int64(3), "conflict": false, "phase": "UNKNOWN",
		"correlation_ids": []any{}, "invoice_id": nil, "kafka_key": "a1",
	} {
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for end := range len(r.value) {
		r.value = r.value[:len(r.value)-1]
		if end%4 > 0 {
			continue
		}
		broken := newRig(t, export.History, export.Parquet, payments)
		broken.config.Schema, broken.value = r.config.Schema, r.value
		broken.write(kgo.TryCommit, "a1")
		if _, err := export.Run(t.Context(), &broken.config); err == nil || !strings.Contains(err.Error(), "offset 0") {
			t.Errorf("%d bytes less: %v, want an error with the offset", end+1, err)
		}
	}
}
