package model

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Difference is a field of an entity with different values in the model and in the
// processor's snapshot.
type Difference struct {
	// Kind is journey, payment, verification, movement, attempt, funnel, scorecard, runway or frontier, Key the key of
	// its records.
	Kind      string `json:"kind"`
	Key       string `json:"key"`
	Field     string `json:"field"`
	Model     string `json:"model"`
	Processor string `json:"processor"`
}

// String returns the difference as a line of text.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s: %s is %s by the model, %s by the processor", d.Kind, d.Key, d.Field, d.Model, d.Processor)
}

// Comparison is the result of comparing all entities of a kind.
type Comparison struct {
	Equal     int `json:"equal"`
	Different int `json:"different"`
	// Undecided entities have a deadline too close to now to be compared.
	Undecided int `json:"undecided"`
	// Differences lists the first of them.
	Differences []Difference `json:"differences,omitempty"`
}

// maxDifferences is about how many differences are listed.
const maxDifferences = 40

// unclaimed is a text field's value in the model that equals every value of the processor.
const unclaimed = "?"

// Compare compares the model's entities of a kind with the processor's, field by field.
func Compare[T Journey | Payment | Verification | Movement | Attempt | Funnel | Scorecard](kind string, want, got map[string]*T) Comparison {
	var out Comparison
	ids := map[string]bool{}
	for id := range want {
		ids[id] = true
	}
	for id := range got {
		ids[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		w, g := want[id], got[id]
		if w != nil && reflect.ValueOf(w).Elem().FieldByName("Undecided").Bool() {
			out.Undecided++
			continue
		}
		differences := compare(kind, id, w, g)
		if len(differences) == 0 {
			out.Equal++
			continue
		}
		out.Different++
		if len(out.Differences) < maxDifferences {
			out.Differences = append(out.Differences, differences...)
		}
	}
	return out
}

func compare[T any](kind, id string, want, got *T) []Difference {
	there := func(j *T) string {
		if j == nil {
			return "absent"
		}
		return "there"
	}
	if want == nil || got == nil {
		return []Difference{{Kind: kind, Key: id, Field: "the " + kind, Model: there(want), Processor: there(got)}}
	}
	var out []Difference
	w, g := reflect.ValueOf(want).Elem(), reflect.ValueOf(got).Elem()
	for i := range w.NumField() {
		if a, b := w.Field(i).Interface(), g.Field(i).Interface(); a != b && a != unclaimed {
			out = append(out, Difference{Kind: kind, Key: id, Field: w.Type().Field(i).Name, Model: fmt.Sprint(a), Processor: fmt.Sprint(b)})
		}
	}
	return out
}
