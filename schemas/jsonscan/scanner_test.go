package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// TestSkip holds the scanner's idea of JSON against cases where decoders differ.
func TestSkip(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   string
		want error
	}{
		"object":                  {`{"a":[1,2.5,-3e+2,true,false,null,"x\u00e9\n"],"b":{}}`, nil},
		"space everywhere":        {" \t\r\n{ \"a\" : [ ] } \n", nil},
		"empty":                   {"", jsonscan.ErrSyntax},
		"two values":              {"{}{}", jsonscan.ErrSyntax},
		"trailing comma":          {"[1,]", jsonscan.ErrSyntax},
		"leading comma":           {"[,1]", jsonscan.ErrSyntax},
		"no comma":                {"[1 2]", jsonscan.ErrSyntax},
		"key without quotes":      {"{a:1}", jsonscan.ErrSyntax},
		"object ends as an array": {"{]", jsonscan.ErrSyntax},
		"leading zero":            {"01", jsonscan.ErrSyntax},
		"plus":                    {"+1", jsonscan.ErrSyntax},
		"dot without digits":      {"1.", jsonscan.ErrSyntax},
		"nan":                     {"NaN", jsonscan.ErrSyntax},
		"cut word":                {"tru", jsonscan.ErrSyntax},
		"cut string":              {`"abc`, jsonscan.ErrSyntax},
		"cut escape":              {`"\u12`, jsonscan.ErrSyntax},
		"raw control":             {"\"a\nb\"", jsonscan.ErrSyntax},
		"not UTF-8":               {"\"\xff\"", jsonscan.ErrSyntax},
		"not UTF-8 after escape":  {"\"\\n\xff\"", jsonscan.ErrSyntax},
		"deep enough":             {strings.Repeat("[", 32) + strings.Repeat("]", 32), nil},
		"too deep":                {strings.Repeat("[", 33) + strings.Repeat("]", 33), jsonscan.ErrSyntax},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := jsonscan.New([]byte(test.in))
			s.Skip()
			if err := s.End(); !errors.Is(err, test.want) {
				t.Errorf("End() = %v, want %v", err, test.want)
			}
		})
	}
}

func TestErrorSaysWhere(t *testing.T) {
	t.Parallel()
	s := jsonscan.New([]byte(`{"data":{"history":[{"status":1},{"status":"secret-value"}]}}`))
	s.BeginObject()
	s.NextKey()
	s.BeginObject()
	s.NextKey()
	for s.BeginArray(); s.NextItem(); {
		s.BeginObject()
		for {
			if _, more := s.NextKey(); !more {
				break
			}
			s.Int64()
		}
	}
	var err *jsonscan.Error
	if !errors.As(s.Err(), &err) {
		t.Fatalf("Err() = %v, want an *Error", s.Err())
	}
	if err.Path != "data.history[1].status" || !errors.Is(err, jsonscan.ErrType) {
		t.Errorf("error at %q of kind %v, want data.history[1].status, ErrType", err.Path, err.Kind)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the error shows a value: %v", err)
	}
}

func TestInt64(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   string
		want int64
		err  error
	}{
		"zero":           {"0", 0, nil},
		"minus zero":     {"-0", 0, nil},
		"largest":        {"9223372036854775807", 9223372036854775807, nil},
		"smallest":       {"-9223372036854775808", -9223372036854775808, nil},
		"one too many":   {"9223372036854775808", 0, jsonscan.ErrRange},
		"a fraction":     {"1.0", 0, jsonscan.ErrType},
		"an exponent":    {"1e3", 0, jsonscan.ErrType},
		"number as text": {`"1"`, 0, jsonscan.ErrType},
		"beyond 2^53":    {"9007199254740993", 9007199254740993, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := jsonscan.New([]byte(test.in))
			got := s.Int64()
			if got != test.want || !errors.Is(s.End(), test.err) {
				t.Errorf("Int64() = %d, %v, want %d, %v", got, s.End(), test.want, test.err)
			}
		})
	}
}

// rebuild reads any value through the scanner into Go's own shapes.
func rebuild(s *jsonscan.Scanner) any {
	switch s.Kind() {
	case jsonscan.Object:
		out := map[string]any{}
		s.BeginObject()
		for {
			key, more := s.NextKey()
			if !more {
				return out
			}
			name := string(key)
			out[name] = rebuild(s)
		}
	case jsonscan.Array:
		out := []any{}
		for s.BeginArray(); s.NextItem(); {
			out = append(out, rebuild(s))
		}
		return out
	case jsonscan.String:
		return s.String()
	case jsonscan.Number:
		return json.Number(s.NumberText())
	case jsonscan.Bool:
		return s.Bool()
	default:
		if !s.Null() {
			s.Skip()
		}
		return nil
	}
}

// FuzzAgainstStandard: whatever the scanner accepts, the standard decoder reads
// the same way; whatever is valid for the standard decoder and UTF-8, shallow
// enough, the scanner accepts.
func FuzzAgainstStandard(f *testing.F) {
	for _, seed := range []string{
		`{"id":"x","n":[1,-2.5e3,true,null],"s":"\ud83d\ude00\u00e9\/"}`, `"\ud83d"`, `[[[]]]`, `{"a":1,"a":2}`, "\"\xff\"", `1e5`, `{"":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := jsonscan.New(data)
		got := rebuild(s)
		if s.End() != nil {
			return
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("the scanner accepts what the standard library refuses: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("value (-standard +scanner):\n%s", diff)
		}
	})
}

func BenchmarkSkip(b *testing.B) {
	body := []byte(`{"id":"f47ac10b-58cc-4372-a567-0e02b2c3d479","api_version":"2022-05-25","name":"verify_code.success","created_at":1735689600,"attempt_total":3,"attempt_number":1,"data":{"id":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","user_id":12345,"phone":"+4915112345678","routing_strategy":[{"channel":"telegram","timeout_sec":30,"sender_id":"LOX24"},{"channel":"sms","timeout_sec":60,"sender_id":"LOX24"}],"status":10,"delivered_channel":"telegram","cost":5,"currency":"EUR","code":"1234","code_length":4,"payload":"session_abc123","created_at":1735689540,"updated_at":1735689600,"history":[{"id":"a1b2c3d4-d5e6-7890-abcd-ef1234567890","channel":"telegram","status":10,"processed_at":1735689570,"external_id":"tg_msg_001"}],"is_code_deleted":false},"notification_task_id":"3378de83-de66-4de8-9d29-2b10d41bb641"}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		s := jsonscan.New(body)
		s.Skip()
		if err := s.End(); err != nil {
			b.Fatal(err)
		}
	}
}
