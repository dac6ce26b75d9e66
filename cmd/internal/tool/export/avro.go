package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/parquet-go/parquet-go"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// errValue is bytes that are not a value of the schema.
var errValue = errors.New("not a value of its schema")

// row collects a row's values by column.
type row struct {
	body    []byte
	columns [][]parquet.Value
	failed  bool
}

func (r *row) reset() {
	for i := range r.columns {
		r.columns[i] = r.columns[i][:0]
	}
	r.failed = false
}

func (r *row) add(t *target, rep int, v parquet.Value) {
	r.columns[t.first] = append(r.columns[t.first], v.Level(rep, t.def, t.first))
}

// null makes all columns of a part null; def is the definition level of its nearest ancestor
// that is present.
func (r *row) null(t *target, rep, def int) {
	for c := t.first; c < t.end; c++ {
		r.columns[c] = append(r.columns[c], parquet.NullValue().Level(rep, def, c))
	}
}

func (r *row) long() int64 {
	v, n := binary.Varint(r.body)
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.body = r.body[n:]
	return v
}

func (r *row) take(n int64) []byte {
	if n < 0 || n > int64(len(r.body)) {
		r.failed = true
		return nil
	}
	b := r.body[:n]
	r.body = r.body[n:]
	return b
}

// step reads one value as it was written and adds it at the repetition level.
type step func(r *row, rep int)

// compile plans the reading of a value of the writer's schema into a part of a row. A part of
// nil reads over the value.
func compile(w *schema.Schema, t *target, depth int) (step, error) {
	const deepest = 32
	if depth > deepest {
		return nil, errors.New("the schema is nested too deeply")
	}
	switch w.Kind {
	case schema.Union:
		return compileUnion(w, t, depth)
	case schema.Record:
		return compileRecord(w, t, depth)
	case schema.Array, schema.Map:
		return compileList(w, t, depth)
	case schema.Null:
		return func(r *row, rep int) {
			if t != nil {
				r.null(t, rep, t.def-1)
			}
		}, nil
	default:
		return compileScalar(w, t)
	}
}

func compileUnion(w *schema.Schema, t *target, depth int) (step, error) {
	branches := make([]step, len(w.Branches))
	for i, b := range w.Branches {
		var err error
		if branches[i], err = compile(b, t, depth+1); err != nil {
			return nil, err
		}
	}
	return func(r *row, rep int) {
		i := r.long()
		if i < 0 || i >= int64(len(branches)) {
			r.failed = true
			return
		}
		branches[i](r, rep)
	}, nil
}

func compileRecord(w *schema.Schema, t *target, depth int) (step, error) {
	if t != nil && t.kind != contract.Record {
		return nil, fmt.Errorf("a record where the column is a %s", t.kind)
	}
	var steps []step
	written := map[string]bool{}
	for i := range w.Fields {
		f := &w.Fields[i]
		written[f.Name] = true
		s, err := compile(f.Type, t.field(f.Name), depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		steps = append(steps, s)
	}
	if t != nil {
		for i, name := range t.names {
			if !written[name] {
				steps = append(steps, defaultOf(&t.columns[i], t.fields[i], t.def))
			}
		}
	}
	return func(r *row, rep int) {
		for _, s := range steps {
			if r.failed {
				return
			}
			s(r, rep)
		}
	}, nil
}

func (t *target) field(name string) *target {
	if t != nil {
		for i, known := range t.names {
			if known == name {
				return t.fields[i]
			}
		}
	}
	return nil
}

// defaultOf adds the default of a field that the writer's schema does not have.
func defaultOf(c *contract.Column, t *target, above int) step {
	var v parquet.Value
	switch d := c.Default.(type) {
	case bool:
		v = parquet.BooleanValue(d)
	case string:
		v = parquet.ByteArrayValue([]byte(d))
	case float64:
		switch t.kind {
		case contract.Int, contract.Date:
			v = parquet.Int32Value(int32(d))
		case contract.Float:
			v = parquet.FloatValue(float32(d))
		case contract.Double:
			v = parquet.DoubleValue(d)
		default:
			v = parquet.Int64Value(int64(d))
		}
	case []any, map[string]any:
		if t.kind != contract.Record {
			return func(r *row, rep int) { r.null(t, rep, t.def) } // empty, not null
		}
		return func(r *row, rep int) { r.null(t, rep, above) }
	default:
		return func(r *row, rep int) { r.null(t, rep, above) }
	}
	return func(r *row, rep int) { r.add(t, rep, v) }
}

// compileList plans an array or a map.
func compileList(w *schema.Schema, t *target, depth int) (step, error) {
	var elem, key *target
	if t != nil {
		if t.kind != contract.Kind(w.Kind) {
			return nil, fmt.Errorf("an %s where the column is a %s", w.Kind, t.kind)
		}
		elem, key = t.elem, t.key
	}
	each, err := compile(w.Items, elem, depth+1)
	if err != nil {
		return nil, err
	}
	isMap := w.Kind == schema.Map
	return func(r *row, rep int) {
		empty, first := true, rep
		for n := r.block(); n > 0 && !r.failed; n = r.block() {
			for range n {
				if isMap {
					name := r.take(r.long())
					if key != nil && !r.failed {
						r.add(key, rep, parquet.ByteArrayValue(name))
					}
				}
				each(r, rep)
				if r.failed {
					return
				}
				empty = false
				if t != nil {
					rep = t.rep + 1
				}
			}
		}
		if empty && t != nil && !r.failed {
			r.null(t, first, t.def)
		}
	}, nil
}

// block reads the number of elements of the next block; 0 ends the list.
func (r *row) block() int64 {
	n := r.long()
	if n < 0 {
		r.long() // the size of the block in bytes
		if n == math.MinInt64 {
			r.failed = true
		}
		n = -n
	}
	if n > int64(len(r.body)) {
		r.failed = true // an element has one byte at least
	}
	return n
}
