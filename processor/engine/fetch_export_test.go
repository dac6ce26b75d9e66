package engine

import "github.com/twmb/franz-go/pkg/kgo"

// FetchMemory is memory of what sessions fetch.
type FetchMemory = fetchMemory

// NewFetchMemory returns memory that keeps about what one fetch of so many bytes takes.
func NewFetchMemory(fetchBytes int) *FetchMemory { return newFetchMemory(fetchBytes) }

// NewInputs returns what makes records what a stage sees, in memory that it uses again.
func NewInputs() func(records []*kgo.Record) {
	r := newRound("")
	return func(records []*kgo.Record) {
		r.inHeaders = r.inHeaders[:0]
		for _, record := range records {
			r.input(record)
		}
	}
}
