package enginetest_test

import (
	"testing"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
)

func BenchmarkDriver(b *testing.B) {
	driver, err := enginetest.NewDriver(enginetest.DriverConfig{Name: "counter", Stage: counter{new(int)}, Outputs: []string{"input"}, DeadLetter: deadLetters})
	if err != nil {
		b.Fatal(err)
	}
	in := record("key", "x", noon(0))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := driver.Feed(in); err != nil {
			b.Fatal(err)
		}
	}
}
