package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas/schema"
)

// fault is a place where a reader cannot read a writer, and why.
type fault struct {
	path, why string
	advice    Advice
}

// pair is a reader and writer that were compared already; it ends the recursion of
// recursive schemas.
type pair struct {
	reader, writer *schema.Schema
}

// judgement collects the faults of one direction: Avro's schema resolution, with
// our own rules added.
type judgement struct {
	// newer is set if the reader is the newer version.
	newer  bool
	seen   map[pair]bool
	faults []fault
}

func (j *judgement) refusef(path, format string, args ...any) {
	j.refuse(path, fmt.Sprintf(format, args...), Advice{})
}

func (j *judgement) refuse(path, why string, advice Advice) {
	f := fault{path, why, advice}
	if !slices.Contains(j.faults, f) {
		j.faults = append(j.faults, f)
	}
}

// read resolves the writer's schema against the reader's.
func (j *judgement) read(reader, writer *schema.Schema, path string) {
	if j.seen[pair{reader, writer}] {
		return
	}
	j.seen[pair{reader, writer}] = true
	switch {
	case writer.Kind == schema.Union:
		for _, branch := range writer.Branches {
			j.readBranch(reader, branch, path)
		}
	case reader.Kind == schema.Union:
		j.readBranch(reader, writer, path)
	case reader.Kind != writer.Kind:
		if !promotes(writer.Kind, reader.Kind) {
			j.refuseType(reader, writer, path)
		}
		j.logical(reader, writer, path)
	default:
		j.same(reader, writer, path)
	}
}

// refuseType refuses a value of the writer that the reader's type cannot hold.
func (j *judgement) refuseType(reader, writer *schema.Schema, path string) {
	advice := adviceOfType(writer, reader)
	if j.newer && writer.Kind == schema.Null {
		advice = adviceOfNotNull()
	}
	j.refuse(path, describe(writer)+" is not readable as "+describe(reader), advice)
}

// readBranch resolves one branch of the writer: the reader's first that fits it
// counts, as in the specification.
func (j *judgement) readBranch(reader, writer *schema.Schema, path string) {
	if reader.Kind != schema.Union {
		j.read(reader, writer, path)
		return
	}
	for _, branch := range reader.Branches {
		if branch.Kind == writer.Kind && branch.Name == writer.Name {
			j.read(branch, writer, path)
			return
		}
	}
	for _, branch := range reader.Branches {
		if promotes(writer.Kind, branch.Kind) {
			j.logical(branch, writer, path)
			return
		}
	}
	j.refusef(path, "%s is no branch of the reader's union", describe(writer))
}

// same resolves two schemas of one kind.
func (j *judgement) same(reader, writer *schema.Schema, path string) {
	if reader.Name != writer.Name {
		older, newer := reader.Name, writer.Name
		if j.newer {
			older, newer = newer, older
		}
		j.refusef(path, "type %s was renamed to %s", older, newer)
		return
	}
	j.logical(reader, writer, path)
	j.values(reader, writer, path)
	switch reader.Kind {
	case schema.Record:
		j.record(reader, writer, path)
	case schema.Enum:
		j.enum(reader, writer, path)
	case schema.Fixed:
		if reader.Size != writer.Size {
			j.refusef(path, "the size of %s was changed", reader.Name)
		}
	case schema.Array:
		j.read(reader.Items, writer.Items, path+"[]")
	case schema.Map:
		j.read(reader.Items, writer.Items, path+"{}")
	default: // a primitive, or a union, which read has resolved
	}
}

// logical compares logical types, which the ecosystem's checks ignore: the same bytes
// would have another value.
func (j *judgement) logical(reader, writer *schema.Schema, path string) {
	switch {
	case reader.Logical != writer.Logical:
		j.refusef(path, "the logical type was changed")
	case reader.Logical == schema.Decimal && reader.Scale != writer.Scale:
		j.refusef(path, "the scale of the decimal was changed")
	case reader.Logical == schema.Decimal && reader.Precision != writer.Precision:
		j.refusef(path, "the precision of the decimal was changed")
	}
}

// values allows documented values to be added to a vocabulary, and none to be removed.
func (j *judgement) values(reader, writer *schema.Schema, path string) {
	older, newer := reader, writer
	if j.newer {
		older, newer = newer, older
	}
	for _, v := range older.Values {
		if !slices.ContainsFunc(newer.Values, func(n schema.Value) bool { return n.Name == v.Name }) {
			j.refuse(path, "the documented value "+v.Name+" was removed", Advice{
				"records that were written before hold it, and queries compare with it",
				"keep the value and say in its text since when it is no longer written",
			})
		}
	}
}

func (j *judgement) record(reader, writer *schema.Schema, path string) {
	for i := range reader.Fields {
		field := &reader.Fields[i]
		below := join(path, field.Name)
		if written, ok := writer.Field(field.Name); ok {
			j.read(field.Type, written.Type, below)
			continue
		}
		for _, alias := range field.Aliases {
			if _, ok := writer.Field(alias); ok {
				j.refusef(below, "it renames %s: readers without the alias would lose the value", alias)
			}
		}
		if !j.newer {
			j.refuse(below, "the field was removed"+renamed(field, reader, writer), adviceOfRemoval())
		}
		switch {
		case !field.HasDefault:
			j.refusef(below, "the writer does not have it and it has no default")
		case !fits(field.Type, field.Default):
			j.refusef(below, "the writer does not have it and its default is not one of its type")
		}
	}
}

// renamed names a field that seems to have a removed one's place.
func renamed(removed *schema.Field, older, newer *schema.Schema) string {
	for i := range newer.Fields {
		f := &newer.Fields[i]
		if _, ok := older.Field(f.Name); !ok && schema.Same(f.Type, removed.Type) {
			return " (renamed to " + f.Name + "?)"
		}
	}
	return ""
}

// enum allows no change. A removed symbol would turn written values into the default, a
// moved symbol would mislead readers that use the index, and engines refuse a new one.
func (j *judgement) enum(reader, writer *schema.Schema, path string) {
	if reader.Default != writer.Default {
		j.refusef(path, "the default symbol of %s was changed", reader.Name)
	}
	older, newer := reader.Symbols, writer.Symbols
	if j.newer {
		older, newer = newer, older
	}
	for _, symbol := range newer {
		if !slices.Contains(older, symbol) {
			j.refuse(path, "symbol "+symbol+" was added", adviceOfEnum())
		}
	}
	for i, symbol := range older {
		at := slices.Index(newer, symbol)
		switch {
		case at < 0:
			j.refusef(path, "symbol %s was removed", symbol)
		case at != i:
			j.refusef(path, "symbol %s was moved", symbol)
		}
	}
	for _, symbol := range writer.Symbols {
		if !slices.Contains(reader.Symbols, symbol) && !slices.Contains(reader.Symbols, reader.Default) {
			j.refusef(path, "the reader does not have symbol %s and no default in its place", symbol)
		}
	}
}

// promotes reports whether a value written as one kind is readable as the other. Of the
// promotions in the specification, those between bytes and string are left out: bytes
// need not be text.
func promotes(writer, reader schema.Kind) bool {
	switch writer {
	case schema.Int:
		return reader == schema.Long || reader == schema.Float || reader == schema.Double
	case schema.Long:
		return reader == schema.Float || reader == schema.Double
	case schema.Float:
		return reader == schema.Double
	default:
		return false
	}
}

func describe(s *schema.Schema) string {
	if s.Name != "" {
		return s.Name[strings.LastIndexByte(s.Name, '.')+1:]
	}
	if s.Logical != "" {
		return fmt.Sprintf("%s (%s)", s.Kind, s.Logical)
	}
	return string(s.Kind)
}
