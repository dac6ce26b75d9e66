package main

import (
	"errors"
	"fmt"
	"go/format"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

const header = "// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.\n\npackage avro\n\n"

// Limits of package avro's Decimal; a test there compares.
const (
	decimalPrecision = 18
	decimalScale     = 6
)

// valueName is the spelling of a vocabulary's values.
var valueName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// generator holds all named types of all schemas.
type generator struct {
	types map[string]*schema.Schema // by full name
	users map[string][]string       // the schemas a type is used in
	tops  map[string]string         // full name of a schema's record → schema name
	held  map[string]bool           // the records held by an array
}

// generate returns the Go files by name. A type that several schemas use must be
// the same in all of them; it goes to shared_gen.go.
func generate(sources map[string]string) (map[string]string, error) {
	g := &generator{
		types: map[string]*schema.Schema{}, users: map[string][]string{},
		tops: map[string]string{}, held: map[string]bool{},
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if err := g.add(name, sources[name]); err != nil {
			return nil, fmt.Errorf("schema %s: %w", name, err)
		}
	}
	bodies := map[string]*strings.Builder{}
	for _, full := range slices.Sorted(maps.Keys(g.types)) {
		file := g.file(full)
		if bodies[file] == nil {
			bodies[file] = &strings.Builder{}
		}
		g.write(bodies[file], full)
	}
	if len(g.tops) > 0 {
		bodies[recordsFile] = &strings.Builder{}
		g.writeRecords(bodies[recordsFile])
	}
	files := map[string]string{}
	for name, body := range bodies {
		imports := ""
		if strings.Contains(body.String(), "time.Time") {
			imports = "import \"time\"\n\n"
		}
		source, err := format.Source([]byte(header + imports + body.String()))
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", name, err)
		}
		files[name] = string(source)
	}
	return files, nil
}

// add collects the types of a schema and refuses those that the encoders do not
// support.
func (g *generator) add(name, text string) error {
	top, err := schema.Parse(text)
	if err != nil {
		return err
	}
	if top.Kind != schema.Record {
		return fmt.Errorf("the top is a %s, not a record", top.Kind)
	}
	if other, ok := g.tops[top.Name]; ok {
		return fmt.Errorf("record %s is the top of %s already", top.Name, other)
	}
	g.tops[top.Name] = name
	named := top.Named()
	vocabularies, err := top.Vocabularies()
	if err != nil {
		return err
	}
	for name, t := range vocabularies {
		full := top.Name[:strings.LastIndexByte(top.Name, '.')+1] + name
		if _, ok := named[full]; ok {
			return fmt.Errorf("type %s is a vocabulary and another type", full)
		}
		named[full] = t
	}
	for full, t := range named {
		if known, ok := g.types[full]; ok && !reflect.DeepEqual(known, t) {
			return fmt.Errorf("type %s is another one in %s", full, g.users[full][0])
		}
		g.types[full] = t
		g.users[full] = append(g.users[full], name)
		if err := check(t, map[string]bool{}); err != nil {
			return fmt.Errorf("type %s: %w", full, err)
		}
		g.hold(t)
	}
	return nil
}

// hold records the types of records that arrays below a record contain.
func (g *generator) hold(t *schema.Schema) {
	for _, child := range t.Children() {
		switch child.Kind {
		case schema.Array:
			g.held[child.Items.Name] = true
			g.hold(child)
		case schema.Union:
			g.hold(child)
		default: // a record below is looked at on its own
		}
	}
}

// check walks below a type; open are the records around it.
func check(t *schema.Schema, open map[string]bool) error {
	switch t.Kind {
	case schema.Fixed, schema.Float:
		return fmt.Errorf("%s is not supported", t.Kind)
	case schema.Union:
		if _, ok := t.Optional(); !ok {
			return errors.New("a union other than [null, T] is not supported")
		}
	case schema.Array:
		if t.Items.Kind == schema.Union {
			return errors.New("an array of values that may be null is not supported")
		}
	case schema.Map:
		if t.Items.Kind != schema.String || t.Items.Vocabulary != "" {
			return errors.New("a map of other values than strings is not supported")
		}
	case schema.Bytes:
		if t.Logical != "" && (t.Logical != schema.Decimal || t.Precision != decimalPrecision || t.Scale != decimalScale) {
			return fmt.Errorf("a logical type of bytes other than a decimal (%d, %d) is not supported", decimalPrecision, decimalScale)
		}
	case schema.Enum:
		return errors.New("an enum is not supported: write a string with a vocabulary and known_values")
	case schema.String:
		for _, v := range t.Values {
			if v.Doc == "" || !valueName.MatchString(v.Name) {
				return fmt.Errorf("value %q of %s is not in capitals or has no doc", v.Name, t.Vocabulary)
			}
		}
	case schema.Record:
		if open[t.Name] {
			return errors.New("a record within itself is not supported")
		}
		open[t.Name] = true
		defer delete(open, t.Name)
	default: // the others are supported
	}
	for _, child := range t.Children() {
		if err := check(child, open); err != nil {
			return err
		}
	}
	return nil
}

// file is where a type goes: to its only user, or to the shared file.
func (g *generator) file(full string) string {
	if users := g.users[full]; len(users) == 1 {
		for top, name := range g.tops {
			if name == users[0] {
				return fileName(shortName(top)) + suffix
			}
		}
	}
	return "shared" + suffix
}

func (g *generator) write(b *strings.Builder, full string) {
	t := g.types[full]
	if t.Vocabulary != "" {
		writeVocabulary(b, t)
		return
	}
	writeStruct(b, t)
	if name, ok := g.tops[full]; ok {
		writeTop(b, t, name)
	}
	writeEncoder(b, t)
	g.writeDecoder(b, t)
}
