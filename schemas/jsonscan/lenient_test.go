package jsonscan_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// lenient reads the first item of [value, 7] and says whether the reader stopped before
// the second, as it has to after any value.
func lenient[T any](t *testing.T, value string, read func(*jsonscan.Scanner) (T, jsonscan.Reading)) (T, jsonscan.Reading) {
	t.Helper()
	s := jsonscan.New([]byte("[" + value + ",7]"))
	s.BeginArray()
	s.NextItem()
	got, reading := read(s)
	if !s.NextItem() || s.Int64() != 7 || s.NextItem() || s.End() != nil {
		t.Errorf("after %s the scanner does not go on: %v", value, s.End())
	}
	return got, reading
}

func TestLenientInt64(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int64{
		"12": 12, "0": 0, "-5": -5, "12.0": 12, "58500.000": 58500, "5.85e4": 58500, "1E+3": 1000, "12000e-3": 12, "0e99": 0, "-0": 0,
		`"58500"`: 58500, `" 58500 "`: 58500, `"+7"`: 7, `"007"`: 7, `"58500.0"`: 58500, "9223372036854775807": math.MaxInt64,
		"1.00000000000000000000000000": 1, "0.0": 0,
	} {
		if got, reading := lenient(t, in, (*jsonscan.Scanner).LenientInt64); got != want || reading != jsonscan.Read {
			t.Errorf("%s: %d, reading %d; want %d", in, got, reading, want)
		}
	}
	for _, in := range []string{
		"12.5", "1e-3", "1e99", "9223372036854775808", `"12 apples"`, `"0x12"`, `"1,5"`, "true", "{}", "[]", `{"a":[1]}`, "1e99999999999999999999",
	} {
		if got, reading := lenient(t, in, (*jsonscan.Scanner).LenientInt64); got != 0 || reading != jsonscan.Unread {
			t.Errorf("%s: %d, reading %d; want it unread", in, got, reading)
		}
	}
	for _, in := range []string{"null", `""`, `"  "`} {
		if _, reading := lenient(t, in, (*jsonscan.Scanner).LenientInt64); reading != jsonscan.Absent {
			t.Errorf("%s: reading %d; want it absent", in, reading)
		}
	}
}

// TestLenientIsStrict: every integer is read as the strict reader reads it, in any of
// its forms.
func TestLenientIsStrict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.Int64Min(-math.MaxInt64).Draw(r, "n")
		form := rapid.SampledFrom([]string{"%", "%.0", "%.000", "%e0", `"%"`, `"%.0"`}).Draw(r, "form")
		text := strings.ReplaceAll(form, "%", strconv.FormatInt(n, 10))
		got, reading := jsonscan.New([]byte(text)).LenientInt64()
		if got != n || reading != jsonscan.Read {
			r.Errorf("%s is %d, reading %d", text, got, reading)
		}
	})
}

func TestLenientTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 29, 9, 3, 10, 0, time.UTC)
	seconds := strconv.FormatInt(want.Unix(), 10)
	for in, want := range map[string]time.Time{
		seconds: want, seconds + "000": want, `"` + seconds + `"`: want, seconds + ".0": want, "1.79594299e9": want,
		seconds + ".5223253":             want.Add(522 * time.Millisecond),
		`"2026-11-29T09:03:10Z"`:         want,
		`"2026-11-29T10:03:10+01:00"`:    want,
		`"2026-11-29T10:03:10+0100"`:     want,
		`"2026-11-29T10:03:10.250+0100"`: want.Add(250 * time.Millisecond),
		`"2026-11-29T10:03:10+01"`:       want,
		`"2026-11-29 10:03:10+0100"`:     want,
		`"2026-11-29 10:03:10+01:00"`:    want,
		`"2026-11-29 09:03:10"`:          want,
		`"2026-11-29T09:03:10"`:          want,
		`"2026-11-29 09:03:10.123456"`:   want.Add(123 * time.Millisecond),
		`"2026-11-29"`:                   want.Truncate(24 * time.Hour),
		`"2026-12-31T23:59:60Z"`:         time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		if got, reading := lenient(t, in, (*jsonscan.Scanner).LenientTime); !got.Equal(want) || reading != jsonscan.Read {
			t.Errorf("%s: %s, reading %d; want %s", in, got, reading, want)
		}
	}
	for _, in := range []string{"-1", "1e15", `"tomorrow"`, `"29.11.2026"`, `"2026-13-01"`, "true", "{}", `"1969-12-31T23:59:59Z"`, "-0.5"} {
		if got, reading := lenient(t, in, (*jsonscan.Scanner).LenientTime); reading != jsonscan.Unread {
			t.Errorf("%s: %s, reading %d; want it unread", in, got, reading)
		}
	}
	for _, in := range []string{"null", `""`, "0", `"0"`, `"0000-00-00 00:00:00"`} {
		if _, reading := lenient(t, in, (*jsonscan.Scanner).LenientTime); reading != jsonscan.Absent {
			t.Errorf("%s: reading %d; want it absent", in, reading)
		}
	}
}

func TestLenientOthers(t *testing.T) {
	t.Parallel()
	text := func(s *jsonscan.Scanner) (string, jsonscan.Reading) {
		b, reading := s.LenientText()
		return string(b), reading
	}
	object := func(s *jsonscan.Scanner) (string, jsonscan.Reading) { return entered(s, s.LenientObject()) }
	array := func(s *jsonscan.Scanner) (string, jsonscan.Reading) {
		reading := s.LenientArray()
		if reading != jsonscan.Read {
			return "", reading
		}
		for s.NextItem() {
			s.Skip()
		}
		return "entered", reading
	}
	flag := func(s *jsonscan.Scanner) (string, jsonscan.Reading) {
		value, reading := s.LenientBool()
		return strconv.FormatBool(value), reading
	}
	for name, test := range map[string]struct {
		in      string
		read    func(*jsonscan.Scanner) (string, jsonscan.Reading)
		want    string
		reading jsonscan.Reading
	}{
		"text":             {`"a\u00e9"`, text, "aé", jsonscan.Read},
		"number as text":   {"17", text, "17", jsonscan.Read},
		"empty text":       {`""`, text, "", jsonscan.Absent},
		"object as text":   {`{"a":1}`, text, "", jsonscan.Unread},
		"true as text":     {"true", text, "", jsonscan.Unread},
		"object":           {`{"a":1}`, object, "entered", jsonscan.Read},
		"PHP's object":     {"[]", object, "", jsonscan.Absent},
		"array as object":  {"[{}]", object, "", jsonscan.Unread},
		"null as object":   {"null", object, "", jsonscan.Absent},
		"text as object":   {`"x"`, object, "", jsonscan.Unread},
		"empty for object": {`""`, object, "", jsonscan.Absent},
		"array":            {`[1]`, array, "entered", jsonscan.Read},
		"PHP's array":      {"{}", array, "", jsonscan.Absent},
		"object as array":  {`{"0":1}`, array, "", jsonscan.Unread},
		"true":             {"true", flag, "true", jsonscan.Read},
		"one":              {"1", flag, "true", jsonscan.Read},
		"zero in text":     {`"0"`, flag, "false", jsonscan.Read},
		"FALSE":            {`"FALSE"`, flag, "false", jsonscan.Read},
		"yes":              {`"yes"`, flag, "false", jsonscan.Unread},
		"two":              {"2", flag, "false", jsonscan.Unread},
		"no flag":          {"null", flag, "false", jsonscan.Absent},
	} {
		if got, reading := lenient(t, test.in, test.read); got != test.want || reading != test.reading {
			t.Errorf("%s: %q, reading %d; want %q, %d", name, got, reading, test.want, test.reading)
		}
	}
}

// entered passes what was entered.
func entered(s *jsonscan.Scanner, reading jsonscan.Reading) (string, jsonscan.Reading) {
	if reading != jsonscan.Read {
		return "", reading
	}
	if _, more := s.NextKey(); more {
		s.Skip()
		s.NextKey()
	}
	return "entered", reading
}

// TestLenientSyntax: what is not JSON is an error, whoever reads it.
func TestLenientSyntax(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "01", "1.", `"a`, "[1", `{"a"`, "nul", "tru", "\"\xff\""} {
		for name, read := range map[string]func(s *jsonscan.Scanner){
			"int64":  func(s *jsonscan.Scanner) { s.LenientInt64() },
			"time":   func(s *jsonscan.Scanner) { s.LenientTime() },
			"text":   func(s *jsonscan.Scanner) { s.LenientText() },
			"bool":   func(s *jsonscan.Scanner) { s.LenientBool() },
			"object": func(s *jsonscan.Scanner) { s.LenientObject() },
			"array":  func(s *jsonscan.Scanner) { s.LenientArray() },
		} {
			s := jsonscan.New([]byte(in))
			read(s)
			if !errors.Is(s.End(), jsonscan.ErrSyntax) {
				t.Errorf("%s of %q: %v", name, in, s.End())
			}
		}
	}
}
