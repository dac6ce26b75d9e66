package terminal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

var update = flag.Bool("update", false, "rewrite the golden tables")

func TestLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"plain":                  {"lox24:a1b2-Ж-é-日本 ✗ …", "lox24:a1b2-Ж-é-日本 ✗ …"},
		"escape sequence":        {"a\x1b[2Jb", `a\u001b[2Jb`},
		"title":                  {"\x1b]0;owned\x07", `\u001b]0;owned\u0007`},
		"line breaks and tab":    {"a\r\nb\tc", `a\u000d\u000ab\u0009c`},
		"C1 control":             {"a\u009b31m", `a\u009b31m`},
		"C1 control as a byte":   {"a\x9b31m", `a\x9b31m`},
		"bidirectional override": {"a\u202egnp", `a\u202egnp`},
		"isolate":                {"\u2066x\u2069", `\u2066x\u2069`},
		"no width":               {"a\u200bb\u200dc\ufeff", `a\u200bb\u200dc\ufeff`},
		"soft hyphen":            {"a\u00adb", `a\u00adb`},
		"separators":             {"a\u2028b\u2029", `a\u2028b\u2029`},
		"filler":                 {"a\u3164b\u034f", `a\u3164b\u034f`},
		"variation selector":     {"a\ufe0f", `a\ufe0f`},
		"tag":                    {"a\U000e0041", `a\udb40\udc41`},
		"replacement character":  {"a\ufffd", "a\ufffd"},
		"delete":                 {"a\x7f", `a\u007f`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := terminal.Line(test.text); got != test.want {
				t.Errorf("Line(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

// TestWriterKeepsJSON: what passes through a Writer is without control characters, and
// means the same to a program.
func TestWriterKeepsJSON(t *testing.T) {
	t.Parallel()
	want := map[string]string{"id": "a\x1b[2J\u202e\u009b\U000e0041\u2028\x7f", "name": "Ж"}
	var out bytes.Buffer
	if err := json.NewEncoder(terminal.NewWriter(&out)).Encode(want); err != nil {
		t.Fatal(err)
	}
	steers := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if strings.ContainsFunc(out.String(), steers) {
		t.Errorf("written: %q", out.String())
	}
	got := map[string]string{}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got["id"] != want["id"] || got["name"] != want["name"] {
		t.Errorf("read back: %q, %v, want %q", got, err, want)
	}
}

func TestPrintf(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	terminal.Printf(&out, "%s|%v|%d|%s", "a\nb", errors.New("c\nd"), 3, terminal.Text("e\nf"))
	if got, want := out.String(), `a\u000ab|c\u000ad|3|e`+"\nf"; got != want {
		t.Errorf("Printf() = %q, want %q", got, want)
	}
}

// TestTable: no id can add a row, and columns stay aligned.
func TestTable(t *testing.T) {
	t.Parallel()
	table := terminal.NewTable("key", "of")
	table.Row("a\nforged", 1)
	table.Row(terminal.Stack{"x\x1b[8m", "y"}, 22)
	table.Footer("all\r", 23)
	const want = "KEY            OF\n" +
		`a\u000aforged   1` + "\n" +
		`x\u001b[8m     22` + "\n" +
		"y\n" +
		`all\u000d      23`
	if got := string(table.Render(0)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSeparatorFits: a line between rows is as wide as the widest of them.
func TestSeparatorFits(t *testing.T) {
	t.Parallel()
	table := terminal.NewTable("role", "which")
	table.Row("ingest", "raw topics")
	table.Separate()
	table.Row("processor", "raw topics")
	want := "ROLE       WHICH\ningest     raw topics\n---------------------\nprocessor  raw topics"
	if got := string(table.Render(80)); got != want {
		t.Errorf("Render() =\n%s\nwant\n%s", got, want)
	}
}

// TestTableFits renders a wide table at usual widths: no line is wider, the columns go in the order of
// their importance, sentences are wrapped, and ids that begin alike stay different.
func TestTableFits(t *testing.T) {
	t.Parallel()
	table := terminal.NewTable("topic", "key", "partition", "offset", "cause", "detail")
	table.Optional("partition", "offset")
	table.Wrap("detail")
	for i := range 2 {
		table.Row("deadletter.lox24.v1", fmt.Sprintf("lox24:3378de83-de66-4de8-9d29-2b10d41bb64%d", i), 1, 17, "unknown_source",
			"the source shop-17 is not in this processor's configuration, revision 3 of it was in force at ingest")
	}
	for _, width := range []int{40, 80, 120, 200} {
		text := string(table.Render(width))
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("width %d: a line of %d columns: %s", width, n, line)
			}
		}
		golden := filepath.Join("testdata", fmt.Sprintf("table-%d.txt", width))
		if *update {
			if err := os.WriteFile(golden, []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != text+"\n" {
			t.Errorf("width %d (%v):\n%s\nwant\n%s", width, err, text, want)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	text := "short\n  an indented line of words that is too long\nno end"
	want := "short\n  an indented line of\n    words that is too\n    long\nno end"
	if got := string(terminal.Wrap(text, 24)); got != want {
		t.Errorf("Wrap:\n%q\nwant\n%q", got, want)
	}
}
