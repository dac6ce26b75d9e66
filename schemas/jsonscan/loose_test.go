package jsonscan_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// TestLooseFindsFields reads a field of texts that are not JSON elsewhere.
func TestLooseFindsFields(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"JSON":               `{"a":1,"id":"x","b":[]}`,
		"a cut letter":       "{\"a\":\"\xd0\",\"id\":\"x\"}",
		"Latin-1 in a key":   "{\"Gr\xfc\xdfe\":1,\"id\":\"x\"}",
		"a byte order mark":  "\ufeff{\"id\":\"x\"}",
		"a raw tab":          "{\"a\":\"1\t2\",\"id\":\"x\"}",
		"an unknown escape":  `{"a":"\x","id":"x"}`,
		"NaN and 01":         `{"a":NaN,"b":01,"id":"x"}`,
		"depth":              `{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `,"id":"x"}`,
		"brackets in a text": `{"a":["}]\"}"],"id":"x"}`,
		"an escaped key":     `{"\u0069d":"\u0078"}`,
	} {
		s, got := jsonscan.NewLoose([]byte(text)), ""
		for s.BeginObject(); ; {
			key, more := s.NextKey()
			if !more {
				break
			}
			if string(key) == "id" {
				got = s.String()
			} else {
				s.Skip()
			}
		}
		if err := s.End(); err != nil || got != "x" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if !jsonscan.IsObject([]byte(text)) {
			t.Errorf("%s: not taken for an object", name)
		}
	}
}

func TestIsObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "[]", `"{}"`, "{", `{"a":"}`, `{"a":[}`, "{}x", "{}{}", "}", "null", "\x1f\x8b\x08"} {
		if jsonscan.IsObject([]byte(text)) {
			t.Errorf("%q is taken for an object", text)
		}
	}
}

// TestLooseReadsJSON: of valid JSON a loose scanner reads what a strict one reads.
func TestLooseReadsJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := []string{"a", `\"`, `\\`, `\n`, `\u0041`, `\ud83d\ude00`, `\ud83d`, "é", "😀", " ", "{", "]"}
		text := rapid.Custom(func(t *rapid.T) string {
			return `"` + strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "words"), "") + `"`
		})
		value := rapid.OneOf(text, rapid.SampledFrom([]string{"1", "-2.5e3", "true", "null", "[]", `{"b":[{}]}`, "[1, 2]"}))
		space := rapid.SampledFrom([]string{"", " ", "\n\t"})
		var b strings.Builder
		n := rapid.IntRange(0, 5).Draw(t, "members")
		b.WriteString("{")
		for i := range n {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(space.Draw(t, "space") + text.Draw(t, "key") + space.Draw(t, "space") + ":" + value.Draw(t, "value") + space.Draw(t, "space"))
		}
		data := []byte(b.String() + "}")
		if !json.Valid(data) {
			t.Fatalf("%q", data)
		}
		if diff := cmp.Diff(members(t, jsonscan.New(data)), members(t, jsonscan.NewLoose(data))); diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	})
}

// members lists the keys of an object and its values, texts read and others raw.
func members(t *rapid.T, s *jsonscan.Scanner) (out []string) {
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		out = append(out, string(key))
		if s.Kind() == jsonscan.String {
			out = append(out, s.String())
		} else {
			out = append(out, string(s.Raw()))
		}
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	return out
}

// FuzzLoose: a loose scanner ends with an error or a value, and takes every object that
// a strict one takes.
func FuzzLoose(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x\u00e9",{}]}`, "{\"a\":\"\xff\\", "\ufeff{}", `{"\`, `{"a":"\u12`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := jsonscan.New(data)
		object := s.Kind() == jsonscan.Object
		s.Skip()
		if s.End() == nil && object && !jsonscan.IsObject(data) {
			t.Errorf("%q", data)
		}
		loose := jsonscan.NewLoose(data)
		for loose.BeginObject(); ; {
			if _, more := loose.NextKey(); !more {
				break
			}
			if loose.Kind() == jsonscan.String {
				loose.Bytes()
			} else {
				loose.Raw()
			}
		}
		if err := loose.End(); err != nil && !errors.Is(err, jsonscan.ErrSyntax) && !errors.Is(err, jsonscan.ErrType) {
			t.Error(err)
		}
	})
}
