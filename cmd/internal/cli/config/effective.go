package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/source"
)

// Effective returns the settings in force as YAML, as a file that can be read again, except that
// secrets given as values are masked.
func (f *File) Effective() (string, error) {
	shown := struct {
		Config `yaml:",inline"`

		Sources []*yaml.Node `yaml:"sources"`
	}{Config: f.Config}
	shown.Ingest.Sources, shown.Config.Sources = nil, nil
	for i := range f.Config.Ingest.Sources {
		effective, err := effectiveSource(&f.Config.Ingest.Sources[i], f.Config.Sources[i].WithDefaults())
		if err != nil {
			return "", err
		}
		shown.Sources = append(shown.Sources, effective)
	}
	var whole yaml.Node
	if err := whole.Encode(shown); err != nil {
		return "", fmt.Errorf("show the settings: %w", err)
	}
	// The list of sources is at the top level.
	remove(&whole, "ingest", "sources")
	settings().formatSpans(&whole)
	text, err := yaml.Marshal(&whole)
	if err != nil {
		return "", fmt.Errorf("show the settings: %w", err)
	}
	return string(text), nil
}

// formatSpans writes time spans as people do: 7d, not 168h0m0s.
func (s *shape) formatSpans(n *yaml.Node) {
	if s == nil {
		return
	}
	if s.leaf == reflect.TypeFor[time.Duration]() && n.Kind == yaml.ScalarNode {
		if d, err := timespan.Parse(n.Value); err == nil {
			n.Value = timespan.Format(d)
		}
	}
	for i, child := range n.Content {
		switch {
		case n.Kind != yaml.MappingNode || s.fields == nil: // a list, or the keys and values of a free map
			s.formatSpans(child)
		case i%2 == 1:
			s.fields[n.Content[i-1].Value].formatSpans(child)
		}
	}
}

// effectiveSource returns one source with the settings of both ingest and the processor.
func effectiveSource(of *ingest.Source, settings source.Source) (*yaml.Node, error) {
	var out, more yaml.Node
	if err := errors.Join(out.Encode(of), more.Encode(settings)); err != nil {
		return nil, fmt.Errorf("show a source: %w", err)
	}
	for i := 0; i+1 < len(more.Content); i += 2 {
		if valueOf(&out, more.Content[i].Value) == nil { // id and provider are of both
			out.Content = append(out.Content, more.Content[i], more.Content[i+1])
		}
	}
	return &out, nil
}

// valueOf returns the value of a mapping's key, nil if there is none.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// remove removes a key of a section.
func remove(root *yaml.Node, section, key string) {
	at := valueOf(root, section)
	for i := 0; at != nil && i+1 < len(at.Content); i += 2 {
		if at.Content[i].Value == key {
			at.Content = slices.Delete(at.Content, i, i+2)
			return
		}
	}
}

// Keys returns the last part of every setting's name, sorted, each once.
func Keys() []string {
	var out []string
	var walk func(s *shape)
	walk = func(s *shape) {
		for name, sub := range s.fields {
			out = append(out, name)
			walk(sub)
		}
	}
	walk(tree(reflect.TypeFor[Config]()))
	walk(tree(reflect.TypeFor[ingest.Source]()))
	walk(tree(reflect.TypeFor[source.Source]()))
	slices.Sort(out)
	return slices.Compact(out)
}
