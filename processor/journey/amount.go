package journey

import (
	"math"
	"math/bits"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// amount is a sum of 64-bit amounts that cannot overflow: 128 bits, two's complement. Sums are
// updated by differences, and a capped sum could not be subtracted from.
type amount struct{ high, low uint64 }

// amountOf converts a single amount.
func amountOf(minor int64) amount {
	return amount{high: uint64(minor >> 63), low: uint64(minor)} //nolint:gosec // two's complement, as meant
}

func (a *amount) add(b amount) {
	var carry uint64
	a.low, carry = bits.Add64(a.low, b.low, 0)
	a.high, _ = bits.Add64(a.high, b.high, carry)
}

func (a *amount) subtract(b amount) {
	var borrow uint64
	a.low, borrow = bits.Sub64(a.low, b.low, 0)
	a.high, _ = bits.Sub64(a.high, b.high, borrow)
}

// minor returns the sum; if it does not fit 64 bits, the nearest int64 and false.
func (a *amount) minor() (n int64, fits bool) {
	n = int64(a.low) //nolint:gosec // two's complement, as meant
	switch {
	case a.high == uint64(n>>63):
		return n, true
	case a.high>>63 != 0:
		return math.MinInt64, false
	default:
		return math.MaxInt64, false
	}
}

func (a *amount) appendTo(dst []byte) []byte {
	return statecodec.AppendUint(statecodec.AppendInt(dst, int64(a.high)), a.low) //nolint:gosec // two's complement, as meant
}

func readAmount(r *statecodec.Reader) amount {
	return amount{high: uint64(r.Int()), low: r.Uint()} //nolint:gosec // two's complement, as meant
}
