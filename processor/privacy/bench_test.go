package privacy_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/tributary-hq/tributary/processor/privacy"
)

// BenchmarkRemembered asks for numbers that are known, of which there are more than a
// processor's own memory holds: what a phone costs in a stream of records.
func BenchmarkRemembered(b *testing.B) {
	p, err := privacy.New(privacy.Config{Keys: []privacy.Key{{ID: "k1", Secret: []byte("first-key-of-16-or-more")}}})
	if err != nil {
		b.Fatal(err)
	}
	const numbers = 1 << 15
	texts := make([]string, numbers)
	for i := range texts {
		texts[i] = fmt.Sprintf("+49151%08d", i)
		p.Phone(texts[i], at(1))
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(numbers, func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	b.ReportAllocs()
	n, read := 0, 0
	for b.Loop() {
		phone := p.Phone(texts[n%numbers], at(1))
		read += int(phone.Pseudonyms[0].HMAC[0]) + int(phone.Pseudonyms[0].HMAC[63])
		n++
	}
	if read == 0 {
		b.Fatal("no pseudonyms")
	}
}
