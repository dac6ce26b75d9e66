package contract

import (
	"fmt"
	"strings"
)

// types are the type names of an engine with nested types.
type types struct {
	scalars map[Kind]string
	// decimal has verbs for precision and scale.
	decimal string
	// array has a verb for the element, mapping one for the value, record one for the
	// fields.
	array, mapping, record string
	// field has verbs for name and type.
	field string
	quote func(string) string
}

// of returns the name of a type.
func (e *types) of(t *Type) string {
	switch t.Kind {
	case Array:
		return fmt.Sprintf(e.array, e.of(t.Elem))
	case Map:
		return fmt.Sprintf(e.mapping, e.of(t.Elem))
	case Record:
		var fields []string
		for i := range t.Fields {
			fields = append(fields, fmt.Sprintf(e.field, e.quote(t.Fields[i].Name), e.of(&t.Fields[i].Type)))
		}
		return fmt.Sprintf(e.record, strings.Join(fields, ", "))
	case Decimal:
		return fmt.Sprintf(e.decimal, t.Precision, t.Scale)
	default:
		return e.scalars[t.Kind]
	}
}
