package schema

import (
	"reflect"
	"slices"
)

// Same reports whether two schemas encode and decode the same: names, types, order,
// logical types, defaults and symbols. Docs, aliases and our own attributes may differ,
// because a registry may drop them.
func Same(a, b *Schema) bool { return same(a, b, map[[2]*Schema]bool{}) }

// same compares two schemas; compared are the pairs on the path to them, because a
// schema may contain itself.
func same(a, b *Schema, compared map[[2]*Schema]bool) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	pair := [2]*Schema{a, b}
	if compared[pair] {
		return true
	}
	compared[pair] = true
	if a.Kind != b.Kind || a.Logical != b.Logical || a.Precision != b.Precision || a.Scale != b.Scale || a.Name != b.Name ||
		a.Size != b.Size || a.Default != b.Default || !slices.Equal(a.Symbols, b.Symbols) {
		return false
	}
	return same(a.Items, b.Items, compared) &&
		slices.EqualFunc(a.Branches, b.Branches, func(x, y *Schema) bool { return same(x, y, compared) }) &&
		slices.EqualFunc(a.Fields, b.Fields, func(x, y Field) bool {
			return x.Name == y.Name && x.HasDefault == y.HasDefault && reflect.DeepEqual(x.Default, y.Default) && same(x.Type, y.Type, compared)
		})
}
