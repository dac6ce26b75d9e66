package privacy_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/privacy"
)

// TestNumbersThatShareAPlace: whatever is remembered, and by however many goroutines it
// is asked for, a number is told as if it were the first.
func TestNumbersThatShareAPlace(t *testing.T) {
	t.Parallel()
	keys := []privacy.Key{{ID: "k1", Secret: []byte("first-key-of-16-or-more")}}
	alone := func() *privacy.Pseudonymiser {
		p, err := privacy.New(privacy.Config{Keys: keys, CacheEntries: 1})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	shared := alone()
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 200 {
				text := fmt.Sprintf("+49151%08d", (i*7+worker)%50)
				fresh := alone()
				if diff := cmp.Diff(fresh.Phone(text, at(1)), shared.Phone(text, at(1))); diff != "" {
					t.Errorf("%s (-alone +shared):\n%s", text, diff)
				}
				if got, want := shared.CorrelationID(text, at(1)), fresh.CorrelationID(text, at(1)); got != want {
					t.Errorf("CorrelationID(%s) = %s, want %s", text, got, want)
				}
			}
		})
	}
	group.Wait()
}
