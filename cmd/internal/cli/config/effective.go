package config

import (
	"fmt"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/ingest"
	"github.com/tributary-hq/tributary/processor/source"
)

// Effective returns the settings as YAML, secrets masked.
func (f *File) Effective() (string, error) {
	shown := struct {
		Config `yaml:",inline"`

		Sources []effectiveSource `yaml:"sources"`
	}{Config: f.Config}
	shown.Ingest.Sources, shown.Config.Sources = nil, nil
	for i := range f.Config.Ingest.Sources {
		s := effectiveSource{Source: f.Config.Ingest.Sources[i]}
		if i < len(f.Config.Sources) {
			s.Processor = f.Config.Sources[i].WithDefaults()
		}
		shown.Sources = append(shown.Sources, s)
	}
	text, err := yaml.Marshal(shown)
	if err != nil {
		return "", fmt.Errorf("show the settings: %w", err)
	}
	return string(text), nil
}

// effectiveSource is one source with the settings of both ingest and the processor.
type effectiveSource struct {
	ingest.Source `yaml:",inline"`

	Processor source.Source `yaml:"processor"`
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
