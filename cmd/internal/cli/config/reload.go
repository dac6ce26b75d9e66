package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/processor/source"
)

// Succeeds returns the reason why a running process cannot change from the file before
// to this one. Call Check first.
func (f *File) Succeeds(before *File) error {
	var errs []error
	if f.cut && !before.cut {
		errs = append(errs, errors.New("the file ends within a line, which it did not before: it looks cut; end it with a line feed if it is whole"))
	}
	_, err := source.Compare(before.Config.Sources, f.Config.Sources)
	return errors.Join(append(errs, err)...)
}

// NeedRestart returns the settings outside of sources whose values differ from those in
// force before, by their paths. A reload does not take them.
func (f *File) NeedRestart(before *File) []string {
	old, now := before.flat(), f.flat()
	paths := map[string]bool{}
	for path := range old {
		paths[path] = !reflect.DeepEqual(old[path], now[path])
	}
	for path := range now {
		paths[path] = !reflect.DeepEqual(old[path], now[path])
	}
	maps.DeleteFunc(paths, func(path string, differs bool) bool { return !differs || strings.HasPrefix(path, "sources") })
	return slices.Sorted(maps.Keys(paths))
}

// flat returns the effective settings by path; none where they cannot be written.
func (f *File) flat() map[string]any {
	text, err := f.Effective()
	var tree map[string]any
	if err != nil || yaml.Unmarshal([]byte(text), &tree) != nil {
		return nil
	}
	out := map[string]any{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		if section, ok := v.(map[string]any); ok {
			for name, value := range section {
				walk(strings.TrimPrefix(fmt.Sprintf("%s.%s", path, name), "."), value)
			}
			return
		}
		out[path] = v
	}
	walk("", tree)
	return out
}
