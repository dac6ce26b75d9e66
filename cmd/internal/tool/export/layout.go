package export

import (
	"fmt"

	"github.com/parquet-go/parquet-go"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
)

// target is a part of a file's schema: which columns it has, and the Dremel levels of its
// values. Every part is optional, so that older files lack nothing.
type target struct {
	kind contract.Kind
	// first and end are the leaf columns below: [first, end).
	first, end int
	// def is the definition level of a value that is not null, rep the repetition level of a
	// further element of the nearest repeated part above.
	def, rep int
	names    []string
	fields   []*target
	columns  []contract.Column
	// elem is below an array or map, key below a map.
	elem, key *target
}

// layout builds the Parquet schema of a table, with its columns in order.
type layout struct{ leaves int }

// group is a record whose fields keep their order; parquet.Group sorts them.
type group struct {
	parquet.Group
	order []string
}

// Fields returns the fields in order.
func (g *group) Fields() []parquet.Field {
	byName := map[string]parquet.Field{}
	for _, f := range g.Group.Fields() {
		byName[f.Name()] = f
	}
	fields := make([]parquet.Field, len(g.order))
	for i, name := range g.order {
		fields[i] = byName[name]
	}
	return fields
}

func (l *layout) record(columns []contract.Column, def, rep int) (parquet.Node, *target, error) {
	g := &group{Group: parquet.Group{}}
	t := &target{kind: contract.Record, first: l.leaves, def: def, rep: rep, columns: columns}
	for i := range columns {
		node, field, err := l.optional(&columns[i].Type, def, rep)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", columns[i].Name, err)
		}
		name := columns[i].Name
		g.Group[name], g.order = node, append(g.order, name)
		t.fields, t.names = append(t.fields, field), append(t.names, name)
	}
	t.end = l.leaves
	return g, t, nil
}

// optional adds a part; def and rep are the levels above it.
func (l *layout) optional(kind *contract.Type, def, rep int) (parquet.Node, *target, error) {
	switch kind.Kind {
	case contract.Record:
		node, t, err := l.record(kind.Fields, def+1, rep)
		if err != nil {
			return nil, nil, err
		}
		return parquet.Optional(node), t, nil
	case contract.Array:
		t := &target{kind: kind.Kind, first: l.leaves, def: def + 1, rep: rep}
		node, elem, err := l.optional(kind.Elem, def+2, rep+1)
		if err != nil {
			return nil, nil, err
		}
		t.elem, t.end = elem, l.leaves
		return parquet.Optional(parquet.List(node)), t, nil
	case contract.Map:
		t := &target{kind: kind.Kind, first: l.leaves, def: def + 1, rep: rep}
		t.key = l.leaf(contract.String, def+2, rep+1)
		node, elem, err := l.optional(kind.Elem, def+2, rep+1)
		if err != nil {
			return nil, nil, err
		}
		t.elem, t.end = elem, l.leaves
		return parquet.Optional(parquet.Map(parquet.String(), node)), t, nil
	default:
		node, err := leafNode(kind)
		if err != nil {
			return nil, nil, err
		}
		return parquet.Optional(node), l.leaf(kind.Kind, def+1, rep), nil
	}
}

func (l *layout) leaf(kind contract.Kind, def, rep int) *target {
	t := &target{kind: kind, first: l.leaves, end: l.leaves + 1, def: def, rep: rep}
	l.leaves++
	return t
}

// leafNode returns the Parquet type of a scalar.
func leafNode(kind *contract.Type) (parquet.Node, error) {
	const int64Digits = 18
	switch kind.Kind {
	case contract.Boolean:
		return parquet.Leaf(parquet.BooleanType), nil
	case contract.Int:
		return parquet.Int(32), nil
	case contract.Long:
		return parquet.Int(64), nil
	case contract.Float:
		return parquet.Leaf(parquet.FloatType), nil
	case contract.Double:
		return parquet.Leaf(parquet.DoubleType), nil
	case contract.Bytes:
		return parquet.Leaf(parquet.ByteArrayType), nil
	case contract.String:
		return parquet.String(), nil
	case contract.Timestamp:
		return parquet.Timestamp(parquet.Millisecond), nil
	case contract.Date:
		return parquet.Date(), nil
	case contract.Decimal:
		if kind.Precision > int64Digits {
			return nil, fmt.Errorf("a decimal of %d digits; there is room for %d", kind.Precision, int64Digits)
		}
		return parquet.Decimal(kind.Scale, kind.Precision, parquet.Int64Type), nil
	default:
		return nil, fmt.Errorf("a %s is no column", kind.Kind)
	}
}
