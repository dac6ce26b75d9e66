package avro_test

import (
	"encoding/json"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/avro"
)

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want avro.Decimal
		text string
		bad  bool
	}{
		"9.87":                 {want: 9_870_000, text: "9.87"},
		"-0.000001":            {want: -1, text: "-0.000001"},
		"0":                    {text: "0"},
		"-0.0":                 {text: "0"},
		"1e3":                  {want: 1_000_000_000, text: "1000"},
		"1.5E-2":               {want: 15_000, text: "0.015"},
		"1.500000000":          {want: 1_500_000, text: "1.5"},
		"1200e-8":              {want: 12, text: "0.000012"},
		"007":                  {want: 7_000_000, text: "7"},
		"999999999999.999999":  {want: 999_999_999_999_999_999, text: "999999999999.999999"},
		"-999999999999.999999": {want: -999_999_999_999_999_999, text: "-999999999999.999999"},
		"0e100":                {text: "0"},
		"1000000000000":        {bad: true},
		"1e12":                 {bad: true},
		"0.0000001":            {bad: true},
		"1e-7":                 {bad: true},
		"1e1000000000":         {bad: true},
		"":                     {bad: true},
		"-":                    {bad: true},
		".5":                   {bad: true},
		"1.":                   {bad: true},
		"+1":                   {bad: true},
		"--1":                  {bad: true},
		"1e":                   {bad: true},
		"1_000":                {bad: true},
		"NaN":                  {bad: true},
		"0x10":                 {bad: true},
		"١":                    {bad: true},
	}
	for in, test := range tests {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			got, err := avro.ParseDecimal(in)
			if test.bad {
				if !errors.Is(err, avro.ErrDecimal) {
					t.Errorf("ParseDecimal() = %v, %v, want %v", got, err, avro.ErrDecimal)
				}
				return
			}
			if err != nil || got != test.want || got.String() != test.text {
				t.Errorf("ParseDecimal() = %d (%s), %v, want %d (%s)", got, got, err, test.want, test.text)
			}
		})
	}
}

// TestDecimalText: what String writes ParseDecimal reads, for every decimal.
func TestDecimalText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const limit = 1_000_000_000_000_000_000 - 1
		d := avro.Decimal(rapid.Int64Range(-limit, limit).Draw(t, "unscaled"))
		if back, err := avro.ParseDecimal(d.String()); err != nil || back != d {
			t.Fatalf("ParseDecimal(%s) = %d, %v, want %d", d, back, err, d)
		}
	})
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type value struct {
		Balance avro.Optional[avro.Decimal] `json:"balance"`
		Name    avro.Optional[string]       `json:"name"`
	}
	want := `{"balance":"9.87","name":null}`
	got, err := json.Marshal(value{Balance: avro.Some(avro.Decimal(9_870_000))})
	if err != nil || string(got) != want {
		t.Fatalf("Marshal() = %s, %v, want %s", got, err, want)
	}
	var back value
	if err := json.Unmarshal([]byte(`{"balance":9.87,"name":null}`), &back); err != nil {
		t.Fatal(err)
	}
	if back.Balance != avro.Some(avro.Decimal(9_870_000)) || back.Name.Set || back.Name.Or("none") != "none" || back.Balance.Or(0) == 0 {
		t.Errorf("Unmarshal() = %+v", back)
	}
	if err := json.Unmarshal([]byte(`{"balance":"x"}`), &back); !errors.Is(err, avro.ErrDecimal) {
		t.Errorf("Unmarshal() of no number = %v, want %v", err, avro.ErrDecimal)
	}
}
