package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

const recordsFile = "records" + suffix

// headFields are the fields that a record needs to be a Snapshot.
func headFields() []string {
	return []string{"provider", "source", "revision", "facts", "changed_by", "first_event_at", "last_event_at", "assurance"}
}

// writeRecords writes New, which makes the record of a schema by name, the Head of each
// snapshot, and the Correlations of each fact that has some.
func (g *generator) writeRecords(b *strings.Builder) {
	b.WriteString("// New returns an empty record of a schema; ok is false if there is no such schema.\n" +
		"func New(schema string) (record Record, ok bool) {\n\tswitch schema {\n")
	byFile := map[string]string{}
	for full, file := range g.tops {
		byFile[file] = full
	}
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		fmt.Fprintf(b, "\tcase %q:\n\t\treturn &%s{}, true\n", file, shortName(byFile[file]))
	}
	b.WriteString("\tdefault:\n\t\treturn nil, false\n\t}\n}\n\n")
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		full := byFile[file]
		if has(g.types[full], headFields()...) {
			writeHead(b, shortName(full))
		}
		if has(g.types[full], "origin", "correlation_ids") {
			fmt.Fprintf(b, "// Correlations implements Correlated.\nfunc (r *%s) Correlations() (source string, ids []string) {\n"+
				"\treturn r.Origin.Source, r.CorrelationIDs\n}\n\n", shortName(full))
		}
	}
}

// has reports whether a record has all fields.
func has(t *schema.Schema, fields ...string) bool {
	there := map[string]bool{}
	for _, f := range t.Fields {
		there[f.Name] = true
	}
	return !slices.ContainsFunc(fields, func(name string) bool { return !there[name] })
}

func writeHead(b *strings.Builder, name string) {
	fmt.Fprintf(b, "// Head implements Snapshot.\nfunc (r *%s) Head() Head {\n\treturn Head{", name)
	for i, field := range headFields() {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%[1]s: r.%[1]s", goName(field))
	}
	b.WriteString("}\n}\n\n")
}
