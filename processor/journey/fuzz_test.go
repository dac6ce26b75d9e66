package journey_test

import (
	"errors"
	"testing"

	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/stage"
)

// FuzzDecode: any bytes end in an event or a permanent error, and what decodes is
// applied without a transient one.
func FuzzDecode(f *testing.F) {
	t := &testing.T{}
	for _, line := range []string{
		"0s verification lox24:v1 rev=1 outcome=SUCCESS channel=sms cost=9", "1m payment uapay:p1 rev=2 phase=PAID amount=5 paid=1m",
		"2m removal uapay:p1 rev=2", "1h clock",
	} {
		in := record(t, parse(t, line))
		f.Add(in.Key, in.Value)
	}
	f.Fuzz(func(t *testing.T, key, value []byte) {
		in := stage.Input{Key: key, Value: value}
		_, err := journey.New(config()).Decode(&in)
		var permanent *stage.PermanentError
		if err != nil && !errors.As(err, &permanent) {
			t.Fatalf("Decode() = %v, want a permanent error", err)
		}
		if _, err := newMemory(t).Feed(in); err != nil {
			t.Errorf("Feed() = %v", err)
		}
	})
}
