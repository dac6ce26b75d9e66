package engine_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/engine"
)

func BenchmarkMemoryRound(b *testing.B) {
	memory, err := engine.NewMemory(engine.MemoryConfig{Name: "sums", Stage: sums{}, Outputs: []string{output}, DeadLetter: deadLetters})
	if err != nil {
		b.Fatal(err)
	}
	in := record("key", "x", noon(0))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := memory.Feed(in); err != nil {
			b.Fatal(err)
		}
	}
}
