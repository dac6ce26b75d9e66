package privacy_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestNumbersThatShareAPlace: whatever is remembered, and by however many goroutines it
// is asked for, a number is told as if it were the first.
func TestNumbersThatShareAPlace(t *testing.T) {
	t.Parallel()
	keys := []privacy.Key{{ID: "k1", Secret: []byte("first-key-of-16-or-more")}}
	fresh := func() *privacy.Pseudonymiser {
		p, err := privacy.New(privacy.Config{Keys: keys, CacheEntries: 1})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const numbers = 8
	text := func(i int) string { return fmt.Sprintf("+49151%08d", i%numbers) }
	phones, ids := make([]avro.Phone, numbers), make([]string, numbers)
	for i := range numbers {
		phones[i], ids[i] = fresh().Phone(text(i), at(1)), fresh().ID(&shop, text(i))
	}
	shared := fresh()
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 500 {
				i = (i*7 + worker) % numbers
				if diff := cmp.Diff(phones[i], shared.Phone(text(i), at(1))); diff != "" {
					t.Errorf("%s (-alone +shared):\n%s", text(i), diff)
				}
				if got := shared.ID(&shop, text(i)); got != ids[i] {
					t.Errorf("ID(%s) = %s, want %s", text(i), got, ids[i])
				}
			}
		})
	}
	group.Wait()
}
