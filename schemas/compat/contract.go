package compat

import (
	"fmt"
	"math"
	"slices"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// sensitivities from harmless to never shown.
func sensitivities() []string { return []string{"none", "pseudonym", "personal", "secret"} }

// CheckContract checks one schema by itself: every field has a doc and a sensitivity,
// no field is marked less sensitive than a field within it, secrets are in restricted
// topics only, every default fits its type, and every engine reads the schema.
func CheckContract(name, text string, access schemas.Access) ([]Finding, error) {
	top, err := schema.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	c := contract{schema: name, access: access}
	if top.Kind != schema.Record {
		c.refusef("", "the top is a %s, not a record", top.Kind)
	}
	c.walk(top, "", 0)
	return c.findings, nil
}

type contract struct {
	schema   string
	access   schemas.Access
	findings []Finding
}

func (c *contract) refusef(path, format string, args ...any) {
	c.refuse(path, fmt.Sprintf(format, args...), Advice{})
}

func (c *contract) refuse(path, why string, advice Advice) {
	f := Finding{Schema: c.schema, Direction: Contract, Path: path, Why: why, Advice: advice}
	if !slices.Contains(c.findings, f) {
		c.findings = append(c.findings, f)
	}
}

// walk returns the highest sensitivity below a type.
func (c *contract) walk(t *schema.Schema, path string, depth int) int {
	if depth > 50 {
		return 0 // a schema that contains itself: its fields have been seen
	}
	if t.Name != "" && t.Doc == "" {
		c.refusef(path, "type %s has no doc", t.Name)
	}
	c.engines(t, path)
	if t.Kind != schema.Record {
		highest := 0
		for _, child := range t.Children() {
			highest = max(highest, c.walk(child, path, depth+1))
		}
		return highest
	}
	highest := 0
	for i := range t.Fields {
		highest = max(highest, c.field(&t.Fields[i], join(path, t.Fields[i].Name), depth))
	}
	return highest
}

func (c *contract) field(f *schema.Field, path string, depth int) int {
	if f.Doc == "" {
		c.refusef(path, "it has no doc")
	}
	if !fieldName.MatchString(f.Name) {
		c.refuse(path, "its name is not in snake_case", Advice{
			"DuckDB and Spark do not distinguish case, Postgres makes lower case of a name without quotes", "use small letters, digits and underscores",
		})
	}
	c.mapDoc(f, path)
	own := slices.Index(sensitivities(), f.Sensitivity)
	if own < 0 {
		c.refusef(path, "its sensitivity is none of %v", sensitivities())
	}
	if f.Sensitivity == "secret" && c.access != schemas.AccessRestricted {
		c.refusef(path, "a secret in a topic that is not restricted")
	}
	if f.HasDefault && !fits(f.Type, f.Default) {
		c.refusef(path, "its default is not one of its type")
	}
	below := c.walk(f.Type, path, depth+1)
	if own >= 0 && own < below {
		c.refusef(path, "its sensitivity is %s and below it is %s", f.Sensitivity, sensitivities()[below])
	}
	return max(own, below)
}

// fits reports whether a JSON value is a valid default of the type; for a union, of its
// first branch.
func fits(t *schema.Schema, v any) bool {
	switch t.Kind {
	case schema.Null:
		return v == nil
	case schema.Boolean:
		_, ok := v.(bool)
		return ok
	case schema.Int:
		n, ok := v.(float64)
		return ok && n == math.Trunc(n) && n >= math.MinInt32 && n <= math.MaxInt32
	case schema.Long:
		n, ok := v.(float64)
		return ok && n == math.Trunc(n)
	case schema.Float, schema.Double:
		_, ok := v.(float64)
		return ok
	case schema.Enum:
		s, ok := v.(string)
		return ok && slices.Contains(t.Symbols, s)
	case schema.Union:
		return len(t.Branches) > 0 && fits(t.Branches[0], v)
	default:
		return fitsComplex(t, v)
	}
}

func fitsComplex(t *schema.Schema, v any) bool {
	switch t.Kind {
	case schema.Array:
		list, ok := v.([]any)
		return ok && !slices.ContainsFunc(list, func(item any) bool { return !fits(t.Items, item) })
	case schema.Map, schema.Record:
		o, ok := v.(map[string]any)
		if !ok {
			return false
		}
		for name, value := range o {
			if t.Kind == schema.Map && !fits(t.Items, value) {
				return false
			}
			if f, known := t.Field(name); t.Kind == schema.Record && (!known || !fits(f.Type, value)) {
				return false
			}
		}
		for i := range t.Fields {
			if _, given := o[t.Fields[i].Name]; !given && !t.Fields[i].HasDefault {
				return false
			}
		}
		return true
	default: // string, bytes, fixed
		_, ok := v.(string)
		return ok
	}
}
