package jsonscan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// TestStringsEndWhereTheyDo holds the look at eight bytes at once against one at each:
// whatever stands at whichever place of a string, and whatever comes behind it.
func TestStringsEndWhereTheyDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := []string{"a", "bc", `\"`, `\\`, `\n`, `\u0041`, `\ud83d\ude00`, `\ud83d`, "é", "😀", "\x7f", "}", `"`, "\x1f", "\xff", "\xc3", `\x`, `\u12`}
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 24).Draw(t, "text"), "")
		data := []byte(`"` + text + `"` + rapid.SampledFrom([]string{"", " ", "        "}).Draw(t, "behind"))
		made, raw, passed := jsonscan.New(data), jsonscan.New(data), jsonscan.New(data)
		want := made.String()
		between := raw.RawString()
		passed.Skip()
		for what, s := range map[string]*jsonscan.Scanner{"RawString": raw, "Skip": passed} {
			if diff := cmp.Diff(fault(made.End()), fault(s.End())); diff != "" {
				t.Fatalf("%q: the error of %s is another than that of String:\n%s", data, what, diff)
			}
		}
		if made.End() != nil {
			return
		}
		if got := jsonscan.New(between).String(); got != want {
			t.Errorf("%q: RawString gives %q, String %q", data, got, want)
		}
	})
}

func fault(err error) jsonscan.Error {
	var is *jsonscan.Error
	if !errors.As(err, &is) {
		return jsonscan.Error{}
	}
	return jsonscan.Error{Path: is.Path, Offset: is.Offset, Detail: is.Detail}
}

func TestValuesOrNull(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   string
		text string
		n    int64
		set  bool
		// texts and numbers are what is wrong with it as a text and as a number.
		texts, numbers error
	}{
		"null":           {in: " null "},
		"text":           {in: ` "a\tb"`, text: "a\tb", set: true, numbers: jsonscan.ErrType},
		"number":         {in: " 12 ", n: 12, set: true, texts: jsonscan.ErrType},
		"zero":           {in: "0", set: true, texts: jsonscan.ErrType},
		"18 digits":      {in: "123456789012345678", n: 123456789012345678, set: true, texts: jsonscan.ErrType},
		"19 digits":      {in: "1234567890123456789", n: 1234567890123456789, set: true, texts: jsonscan.ErrType},
		"20 digits":      {in: "12345678901234567890", texts: jsonscan.ErrType, numbers: jsonscan.ErrRange},
		"negative":       {in: "-7", n: -7, set: true, texts: jsonscan.ErrType},
		"fraction":       {in: "12.5", texts: jsonscan.ErrType, numbers: jsonscan.ErrType},
		"leading zero":   {in: "012", texts: jsonscan.ErrType, numbers: jsonscan.ErrSyntax},
		"no other word":  {in: "nil", texts: jsonscan.ErrSyntax, numbers: jsonscan.ErrSyntax},
		"nothing":        {in: "", texts: jsonscan.ErrSyntax, numbers: jsonscan.ErrSyntax},
		"an object":      {in: "{}", texts: jsonscan.ErrType, numbers: jsonscan.ErrType},
		"what is behind": {in: "12x", texts: jsonscan.ErrType, numbers: jsonscan.ErrSyntax},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := jsonscan.New([]byte(test.in))
			text, set := s.BytesOrNull()
			if err := s.End(); !errors.Is(err, test.texts) || err == nil && (string(text) != test.text || set != test.set) {
				t.Errorf("BytesOrNull() = %q, %t, %v, want %q, %t, %v", text, set, err, test.text, test.set, test.texts)
			}
			s = jsonscan.New([]byte(test.in))
			n, set := s.Int64OrNull()
			if err := s.End(); !errors.Is(err, test.numbers) || err == nil && (n != test.n || set != test.set) {
				t.Errorf("Int64OrNull() = %d, %t, %v, want %d, %t, %v", n, set, err, test.n, test.set, test.numbers)
			}
		})
	}
}
