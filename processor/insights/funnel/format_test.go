package funnel_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// labels is a transaction that keeps the counted differences.
type labels struct {
	stage.Tx

	list []byte
}

func (*labels) Buffer(n int) []byte { return make([]byte, 0, n) }

func (l *labels) Count(_, label string, _ int64) { l.list = statecodec.AppendString(l.list, label) }

func draw(r *rapid.T) (c funnel.Contribution) {
	if rapid.IntRange(0, 4).Draw(r, "none") == 0 {
		return c
	}
	c.Dimensions = funnel.Dimensions{
		Minute: rapid.Int64Range(-5, 5).Draw(r, "minute"), Provider: "lox24", Source: "shop", Channel: rapid.SampledFrom([]avro.Channel{"", avro.ChannelSMS}).Draw(r, "channel"),
		Country: rapid.SampledFrom([]string{"", "UA"}).Draw(r, "country"), Area: "+38050", Block: "+38050123", Carrier: rapid.SampledFrom([]string{"", "Kyivstar"}).Draw(r, "carrier"),
	}
	for i := range c.Counts {
		c.Counts[i] = rapid.Int64Range(0, 1).Draw(r, "count")
	}
	c.Attempt(avro.ChannelTelegram, avro.AttemptStatusFailed, rapid.Bool().Draw(r, "fallback"))
	c.CostKnown, c.CostMinor, c.Currency = rapid.Int64Range(0, 1).Draw(r, "known"), rapid.Int64Range(-9, 300).Draw(r, "cost"), rapid.SampledFrom([]string{"", "EUR"}).Draw(r, "currency")
	c.Phone, c.VerifyTime, c.CaptureTime = rapid.Uint64().Draw(r, "phone"), rapid.Int32Range(0, 300).Draw(r, "verified"), rapid.Int32Range(0, 300).Draw(r, "captured")
	c.SuccessMinute = rapid.Int64Range(-1, 1).Draw(r, "success")
	c.Wait = funnel.Wait{End: funnel.ChannelEnd(rapid.IntRange(0, 4).Draw(r, "end")), Bucket: rapid.Int32Range(0, 300).Draw(r, "wait"), Currency: "EUR", Ended: 1, First: 7}
	if rapid.Bool().Draw(r, "paid") {
		c.Revenue = []funnel.Revenue{{Currency: "UAH", Gross: rapid.Int64Range(0, 9).Draw(r, "gross")}}
	}
	return c
}

// TestDifferences: the differences of an entity add up to its newest contribution, whatever it
// was in between, and nothing is left of one that was taken back. Bytes that were cut off are
// no differences.
func TestDifferences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var all labels
		var was funnel.Contribution
		for range rapid.IntRange(1, 5).Draw(r, "facts") {
			is := draw(r)
			funnel.Count(&all, &was, &is)
			was = is
		}
		var direct labels
		funnel.Count(&direct, &funnel.Contribution{}, &was)
		if got, want := sums(r, all.list), sums(r, direct.list); got != want {
			r.Errorf("sums %s, want %s", got, want)
		}
		funnel.Count(&all, &was, &funnel.Contribution{})
		if got := sums(r, all.list); got != "" {
			r.Errorf("%s is left of a contribution that was taken back", got)
		}
		if n := len(all.list); n > 0 && funnel.Valid(all.list[:n-1]) {
			r.Errorf("bytes that were cut off are valid")
		}
		funnel.Valid(rapid.SliceOf(rapid.Byte()).Draw(r, "any bytes"))
	})
}

func sums(r *rapid.T, list []byte) (text string) {
	if !funnel.Valid(list) {
		r.Fatalf("%x is not valid", list)
	}
	differences, err := funnel.Split(nil, list)
	slices.Sort(differences)
	if err == nil {
		err = funnel.Sum(differences, func(d *funnel.Difference) error {
			text += string(d.AppendTo(nil)) + d.Country + d.Carrier
			return nil
		})
	}
	if err != nil {
		r.Fatal(err)
	}
	return text
}
