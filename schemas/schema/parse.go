package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxDepth bounds the nesting of a schema, which may come from a registry.
const maxDepth = 100

// ErrSchema is wrapped by every error of Parse.
var ErrSchema = errors.New("avro schema")

// Parse parses an .avsc. It checks the structure, but not all rules of the Avro
// specification: goavro checks those, in package codec.
func Parse(text string) (*Schema, error) {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSchema, err)
	}
	p := parser{named: map[string]*Schema{}}
	return p.parse(v, "", 0)
}

// parser remembers the named types seen so far: a later use is by name only.
type parser struct {
	named map[string]*Schema
}

func (p *parser) parse(v any, namespace string, depth int) (*Schema, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrSchema, maxDepth)
	}
	switch v := v.(type) {
	case string:
		return p.byName(v, namespace)
	case []any:
		union := &Schema{Kind: Union}
		for _, b := range v {
			branch, err := p.parse(b, namespace, depth+1)
			if err != nil {
				return nil, err
			}
			union.Branches = append(union.Branches, branch)
		}
		return union, nil
	case map[string]any:
		return p.object(v, namespace, depth)
	default:
		return nil, fmt.Errorf("%w: a type is a string, an array or an object, not %T", ErrSchema, v)
	}
}

func (p *parser) byName(name, namespace string) (*Schema, error) {
	switch k := Kind(name); k {
	case Null, Boolean, Int, Long, Float, Double, Bytes, String:
		return &Schema{Kind: k}, nil
	default: // the name of a type defined before, or of none
	}
	if s, ok := p.named[fullName(name, namespace)]; ok {
		return s, nil
	}
	return nil, fmt.Errorf("%w: type %q is not defined before its use", ErrSchema, name)
}

func (p *parser) object(o map[string]any, namespace string, depth int) (*Schema, error) {
	name, isName := o["type"].(string)
	if !isName {
		// {"type": {...}}: the outer object adds nothing.
		return p.parse(o["type"], namespace, depth+1)
	}
	switch Kind(name) {
	case Record, Enum, Fixed:
		return p.namedType(Kind(name), o, namespace, depth)
	case Array, Map:
		key := "items"
		if Kind(name) == Map {
			key = "values"
		}
		items, err := p.parse(o[key], namespace, depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		return &Schema{Kind: Kind(name), Items: items}, nil
	default: // a name, perhaps with a logical type beside it
	}
	s, err := p.byName(name, namespace)
	if err != nil || s.Name != "" {
		return s, err
	}
	s.logical(o)
	err = s.vocabulary(o)
	return s, err
}

// vocabulary reads the documented values of a string.
func (s *Schema) vocabulary(o map[string]any) error {
	known, ok := o["known_values"].(map[string]any)
	if s.Vocabulary = text(o, "vocabulary"); s.Vocabulary == "" && !ok {
		return nil
	}
	if s.Kind != String || s.Vocabulary == "" || known[Unknown] == nil {
		return fmt.Errorf("%w: vocabulary and known_values belong together, to a string, and %s is one of the values", ErrSchema, Unknown)
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		v := Value{Name: name, Doc: text(known, name)}
		if name == Unknown {
			s.Values = slices.Insert(s.Values, 0, v)
			continue
		}
		s.Values = append(s.Values, v)
	}
	return nil
}

func (p *parser) namedType(kind Kind, o map[string]any, namespace string, depth int) (*Schema, error) {
	name := text(o, "name")
	if name == "" {
		return nil, fmt.Errorf("%w: a %s without a name", ErrSchema, kind)
	}
	if ns, ok := o["namespace"].(string); ok {
		namespace = ns
	}
	s := &Schema{Kind: kind, Name: fullName(name, namespace), Doc: text(o, "doc"), Default: text(o, "default")}
	if i := strings.LastIndexByte(s.Name, '.'); i >= 0 {
		namespace = s.Name[:i]
	}
	for _, alias := range texts(o, "aliases") {
		s.Aliases = append(s.Aliases, fullName(alias, namespace))
	}
	if _, ok := p.named[s.Name]; ok {
		return nil, fmt.Errorf("%w: type %s is defined twice", ErrSchema, s.Name)
	}
	p.named[s.Name] = s
	switch kind {
	case Enum:
		s.Symbols = texts(o, "symbols")
	case Fixed:
		s.Size = number(o, "size")
		s.logical(o)
	default:
		return s, p.fields(s, o, namespace, depth)
	}
	return s, nil
}

func (p *parser) fields(s *Schema, o map[string]any, namespace string, depth int) error {
	list, ok := o["fields"].([]any)
	if !ok {
		return fmt.Errorf("%w: record %s has no array of fields", ErrSchema, s.Name)
	}
	for i, v := range list {
		fo, ok := v.(map[string]any)
		if !ok || text(fo, "name") == "" {
			return fmt.Errorf("%w: field %d of %s has no name", ErrSchema, i, s.Name)
		}
		f := Field{Name: text(fo, "name"), Doc: text(fo, "doc"), Sensitivity: text(fo, "sensitivity"), Aliases: texts(fo, "aliases")}
		f.Default, f.HasDefault = fo["default"]
		var err error
		if f.Type, err = p.parse(fo["type"], namespace, depth+1); err != nil {
			return fmt.Errorf("field %s of %s: %w", f.Name, s.Name, err)
		}
		if _, twice := s.Field(f.Name); twice {
			return fmt.Errorf("%w: field %s of %s is there twice", ErrSchema, f.Name, s.Name)
		}
		s.Fields = append(s.Fields, f)
	}
	return nil
}

func (s *Schema) logical(o map[string]any) {
	s.Logical = text(o, "logicalType")
	s.Precision, s.Scale = number(o, "precision"), number(o, "scale")
}

func fullName(name, namespace string) string {
	if namespace == "" || strings.Contains(name, ".") {
		return name
	}
	return namespace + "." + name
}

func text(o map[string]any, key string) string {
	s, _ := o[key].(string)
	return s
}

func texts(o map[string]any, key string) []string {
	list, _ := o[key].([]any)
	out := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func number(o map[string]any, key string) int {
	f, _ := o[key].(float64)
	return int(f)
}
