package config

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/source"
)

// unknown finds keys that are not settings, and suggests the nearest setting.
func unknown(root *yaml.Node) []Fault {
	if len(root.Content) == 0 {
		return nil
	}
	var out []Fault
	settings().compare("", root.Content[0], &out)
	return out
}

// settings returns the shape of the whole file.
func settings() *shape {
	known := tree(reflect.TypeFor[Config]())
	sources := tree(reflect.TypeFor[ingest.Source]())
	maps.Copy(sources.fields, tree(reflect.TypeFor[source.Source]()).fields)
	known.fields["sources"] = sources
	delete(known.fields["ingest"].fields, "sources")
	return known
}

// shape is the set of keys below a setting. Without fields it is a value or a free map.
type shape struct {
	fields map[string]*shape
	// leaf is the type of the value, or of a free map's values; nil if there are fields.
	leaf reflect.Type
}

// at returns the shape of a setting, nil if there is none. Below a free map it is that of its values.
func (s *shape) at(path []string) *shape {
	if len(path) == 0 || s.fields == nil {
		return s
	}
	sub, ok := s.fields[path[0]]
	if !ok {
		return nil
	}
	return sub.at(path[1:])
}

func tree(t reflect.Type) *shape {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Map {
		elem := t.Elem()
		for elem.Kind() == reflect.Slice {
			elem = elem.Elem()
		}
		return &shape{leaf: elem}
	}
	if t.Kind() != reflect.Struct || t.String() == "time.Time" {
		return &shape{leaf: t}
	}
	s := &shape{fields: map[string]*shape{}}
	for field := range t.Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("koanf"), ",")
		switch {
		case option == "squash":
			maps.Copy(s.fields, tree(field.Type).fields)
		case name != "" && name != "-":
			s.fields[name] = tree(field.Type)
		}
	}
	return s
}

func (s *shape) compare(path string, n *yaml.Node, out *[]Fault) {
	if s.fields == nil {
		return
	}
	if n.Kind == yaml.SequenceNode {
		for i, item := range n.Content {
			s.compare(path+"["+strconv.Itoa(i)+"]", item, out)
		}
		return
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		at := strings.TrimPrefix(path+"."+key, ".")
		if sub, ok := s.fields[key]; ok {
			sub.compare(at, n.Content[i+1], out)
			continue
		}
		hint := "there are " + strings.Join(s.names(), ", ")
		if near := Nearest(key, s.names()); near != "" {
			hint = "did you mean " + near + "?"
		}
		if _, ok := settings().fields[key]; ok && path != "" {
			hint = "did you mean " + key + " at the top level?"
		}
		*out = append(*out, Fault{Path: at, Message: "no such setting; " + hint})
	}
}

func (s *shape) names() []string {
	out := make([]string, 0, len(s.fields))
	for name := range s.fields {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// paths returns the path of every setting that an environment variable can set.
func (s *shape) paths(below string) []string {
	if s.fields == nil {
		return []string{below}
	}
	var out []string
	for name, sub := range s.fields {
		out = append(out, sub.paths(strings.TrimPrefix(below+"."+name, "."))...)
	}
	return out
}
