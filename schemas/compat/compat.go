// Package compat checks a schema change offline, before any registry does.
//
//	avsc/<name>.avsc ─┐
//	                  ├─► CheckAll ─► findings: field, direction, why
//	released/<name>/* ┘
//
// The rule is FULL_TRANSITIVE: this version reads the records of every released one, and
// every released one reads the records of this version. It is stricter than the
// ecosystem's checks where those accept changes that corrupt data: they ignore logical
// types (a decimal of another scale), let bytes be read as text, and silently lose a
// renamed field. And it refuses changes that Avro readers survive and engines do not
// (engines.go): the finding names the engine and the change to make instead.
package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// The directions of a finding.
const (
	// Backward: this version cannot read records of the released one.
	Backward = "backward"
	// Forward: the released version cannot read records of this one.
	Forward = "forward"
	// Both: neither reads the other.
	Both = "both"
	// Contract: the schema breaks a rule of its own, whatever was released.
	Contract = "contract"
)

// Finding is one reason for which a schema is refused.
type Finding struct {
	// Schema is the name of the .avsc file.
	Schema string `json:"schema"`
	// Version is the released version that the schema is compared with, 0 for Contract.
	Version int `json:"version"`
	// Direction is one of the directions above.
	Direction string `json:"direction"`
	// Path is the field, as in "attempts[].channel"; empty is the record itself.
	Path string `json:"path"`
	// Why is the reason in words.
	Why string `json:"why"`
	// Advice is set where an engine breaks, or another change has the same effect.
	Advice
}

// String returns the finding as a line for people.
func (f Finding) String() string {
	place := f.Schema
	if f.Path != "" {
		place += " " + f.Path
	}
	switch f.Direction {
	case Backward:
		return fmt.Sprintf("%s: cannot read version %d: %s%s", place, f.Version, f.Why, f.Advice)
	case Forward:
		return fmt.Sprintf("%s: version %d cannot read it: %s%s", place, f.Version, f.Why, f.Advice)
	case Both:
		return fmt.Sprintf("%s: differs from version %d: %s%s", place, f.Version, f.Why, f.Advice)
	default:
		return place + ": " + f.Why + f.Advice.String()
	}
}

// CheckAll checks every schema of this version against all its released versions, and
// against the rules of the contract.
func CheckAll() ([]Finding, error) {
	var all []Finding
	for _, t := range schemas.Table() {
		if t.Format != schemas.FormatAvro {
			continue
		}
		text, ok := schemas.AVSC(t.Schema)
		if !ok {
			return nil, fmt.Errorf("topic %s: there is no schema named %s", t.Name, t.Schema)
		}
		released, err := schemas.Released(t.Schema)
		if err != nil {
			return nil, err
		}
		findings, err := Check(t.Schema, text, released)
		if err != nil {
			return nil, err
		}
		rules, err := CheckContract(t.Schema, text, t.Access)
		if err != nil {
			return nil, err
		}
		all = append(append(all, findings...), rules...)
	}
	return all, nil
}

// Check checks one schema against released versions. An error means that a text is not
// a schema.
func Check(name, text string, released []schemas.Release) ([]Finding, error) {
	newer, err := schema.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	var findings []Finding
	for _, r := range released {
		older, err := schema.Parse(r.Text)
		if err != nil {
			return nil, fmt.Errorf("schema %s, version %d: %w", name, r.Version, err)
		}
		for _, f := range judge(newer, older) {
			f.Schema, f.Version = name, r.Version
			findings = append(findings, f)
		}
	}
	return findings, nil
}

// judge compares two versions in both directions. A finding of both directions is
// reported once.
func judge(newer, older *schema.Schema) []Finding {
	backward := &judgement{newer: true, seen: map[pair]bool{}}
	backward.read(newer, older, "")
	forward := &judgement{seen: map[pair]bool{}}
	forward.read(older, newer, "")
	var findings []Finding
	for _, f := range backward.faults {
		direction := Backward
		if slices.Contains(forward.faults, f) {
			direction = Both
		}
		findings = append(findings, Finding{Direction: direction, Path: f.path, Why: f.why, Advice: f.advice})
	}
	for _, f := range forward.faults {
		if !slices.Contains(backward.faults, f) {
			findings = append(findings, Finding{Direction: Forward, Path: f.path, Why: f.why, Advice: f.advice})
		}
	}
	return findings
}

// join appends a field's name to a path.
func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }
