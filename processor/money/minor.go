package money

import "github.com/tributary-hq/tributary/schemas/avro"

// Minor converts a decimal to minor units of a currency, rounded half to even.
func Minor(d avro.Decimal, currency string) int64 {
	unit := int64(1)
	for range avro.DecimalScale - Digits(currency) {
		unit *= 10
	}
	n, rest := int64(d)/unit, 2*(int64(d)%unit)
	switch {
	case rest > unit || rest == unit && n%2 != 0:
		return n + 1
	case rest < -unit || rest == -unit && n%2 != 0:
		return n - 1
	default:
		return n
	}
}

// OptionalMinor is Minor of an optional decimal; null stays null.
func OptionalMinor(d avro.Optional[avro.Decimal], currency string) avro.Optional[int64] {
	if !d.Set {
		return avro.Optional[int64]{}
	}
	return avro.Some(Minor(d.Value, currency))
}
