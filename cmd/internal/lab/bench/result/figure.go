package result

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// Figure is one thing that was measured. Its unit stands at the end of its key.
type Figure struct {
	Key   string
	Value float64
}

// Figures are the measurements of one run, in display order.
type Figures []Figure //nolint:recvcheck // adding and reading change it, writing does not

// Add adds a figure. NaN and infinity (a share of zero) are left out.
func (f *Figures) Add(key string, value float64) {
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		*f = append(*f, Figure{key, value})
	}
}

// Get returns a figure by its key.
func (f Figures) Get(key string) (float64, bool) {
	i := slices.IndexFunc(f, func(x Figure) bool { return x.Key == key })
	if i < 0 {
		return 0, false
	}
	return f[i].Value, true
}

// MarshalJSON writes an object with the keys in their order.
func (f Figures) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(x.Key))
		b.WriteByte(':')
		b.WriteString(strconv.FormatFloat(round(x.Value), 'f', -1, 64))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads an object of numbers; other members are passed over.
func (f *Figures) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		name, _ := key.(string)
		if n, ok := value.(float64); ok {
			f.Add(name, n)
		}
	}
	return nil
}

// round keeps six digits: more would say more than was measured.
func round(v float64) float64 {
	const digits = 6
	if v == 0 {
		return 0
	}
	scale := math.Pow(10, digits-math.Ceil(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// Spread is a median with the quartiles around it.
type Spread struct {
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	N      int     `json:"n"`
}

// SpreadOf returns the spread of some values; quartiles are interpolated, as most
// programs for statistics do (type 7).
func SpreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	at := func(q float64) float64 {
		x := q * float64(len(sorted)-1)
		low := int(x)
		high := min(low+1, len(sorted)-1)
		return sorted[low] + (x-float64(low))*(sorted[high]-sorted[low])
	}
	return Spread{Q1: at(0.25), Median: at(0.5), Q3: at(0.75), N: len(sorted)}
}

// Ratios divides the values pair by pair: two runs that stood next to each other in
// time met the same machine.
func Ratios(ours, theirs []float64) []float64 {
	out := make([]float64, 0, min(len(ours), len(theirs)))
	for i := range min(len(ours), len(theirs)) {
		if theirs[i] != 0 {
			out = append(out, ours[i]/theirs[i])
		}
	}
	return out
}
