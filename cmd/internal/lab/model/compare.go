package model

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Difference is a field of a journey with different values in the model and in the
// processor's snapshot.
type Difference struct {
	CorrelationID string `json:"correlation_id"`
	Field         string `json:"field"`
	Model         string `json:"model"`
	Processor     string `json:"processor"`
}

// String returns the difference as a line of text.
func (d Difference) String() string {
	return fmt.Sprintf("journey %s: %s is %s by the model, %s by the processor", d.CorrelationID, d.Field, d.Model, d.Processor)
}

// Comparison is the result of comparing all journeys.
type Comparison struct {
	Equal     int `json:"equal"`
	Different int `json:"different"`
	// Undecided journeys have a deadline too close to now to be compared.
	Undecided int `json:"undecided"`
	// Differences lists the first of them.
	Differences []Difference `json:"differences,omitempty"`
}

// maxDifferences is about how many differences are listed.
const maxDifferences = 40

// Compare compares the model's journeys with the processor's.
func Compare(want, got map[string]*Journey) Comparison {
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
		if w != nil && w.Undecided {
			out.Undecided++
			continue
		}
		differences := compare(id, w, g)
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

func compare(id string, want, got *Journey) []Difference {
	there := func(j *Journey) string {
		if j == nil {
			return "absent"
		}
		return "there"
	}
	if want == nil || got == nil {
		return []Difference{{CorrelationID: id, Field: "the journey", Model: there(want), Processor: there(got)}}
	}
	var out []Difference
	w, g := reflect.ValueOf(want).Elem(), reflect.ValueOf(got).Elem()
	for i := range w.NumField() {
		if a, b := w.Field(i).Interface(), g.Field(i).Interface(); a != b {
			out = append(out, Difference{CorrelationID: id, Field: w.Type().Field(i).Name, Model: fmt.Sprint(a), Processor: fmt.Sprint(b)})
		}
	}
	return out
}
