package view_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	g "maragu.dev/gomponents"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/cmd/internal/console/consoletest"
	"github.com/tributary-hq/tributary/cmd/internal/console/view"
)

var update = flag.Bool("update", false, "rewrite the golden fragments")

func render(tb testing.TB, n g.Node) string {
	tb.Helper()
	var b strings.Builder
	if err := n.Render(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// everywhere puts a text into every part that takes texts from outside.
func everywhere(text string) g.Node {
	table := view.Table{
		ID: "table", Caption: "A table", Columns: []view.Column{{Name: "A"}, {Name: "B"}},
		Rows: [][]view.Cell{{view.T(text), view.C(text, view.Code(text))}},
	}
	shell := view.Shell{Title: view.Clean(text), Path: view.At("/case", "id", text), Person: &access.Person{Name: text}, Place: text, Version: text, Live: true}
	return shell.Page(g.Group{
		view.Text(text), view.Code(text), view.Block(text), view.Dotted(text), view.Paragraph(text), view.Badge(view.Bad, text), view.Banner(view.Warn, text),
		view.Command(text), view.Outside(text, "there"), view.Outside("https://example.com/?"+text, "there"), view.Spark([]float64{1, 2}, text), view.Bar(0.5, "", text), view.Trend([][]view.Dot{{{X: 0.5, Y: 1}}}, 1, text),
		table.Render(view.At("/case", "id", text)),
	})
}

// FuzzText: whatever a text is, the page has the elements of the console only, and the text as text.
func FuzzText(f *testing.F) {
	for _, text := range consoletest.Hostile() {
		f.Add(text)
	}
	harmless := len(elements(f, render(f, everywhere("harmless"))))
	f.Fuzz(func(t *testing.T, text string) {
		page := render(t, everywhere(text))
		if faults := consoletest.Check(page); len(faults) > 0 {
			t.Errorf("text %q: %s", text, strings.Join(faults, "\n"))
		}
		// An https address is a link, any other a text. Dots add places to break a line.
		got := len(elements(t, page)) - strings.Count(view.Clean(text), ".")
		if lines := 3; got > harmless+1 || got < harmless-lines {
			t.Errorf("text %q makes %d elements, a harmless one %d", text, got, harmless)
		}
		const room = 60_000
		if len(page) > room {
			t.Errorf("a text of %d bytes makes a page of %d", len(text), len(page))
		}
	})
}

func elements(tb testing.TB, page string) (names []string) {
	tb.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		tb.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			names = append(names, n.Data)
		}
	}
	return names
}

// TestGolden compares the parts of pages with the golden files.
func TestGolden(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 12, 30, 45, 0, time.UTC)
	table := view.Table{
		ID: "groups", Caption: "Groups", Command: "tributary lag", Columns: []view.Column{{Name: "Group"}, {Name: "Unread", Right: true, Help: "Unread offsets."}, {Name: "Owner", Wide: true}},
		Rows: [][]view.Cell{{view.T("lox24"), view.N(1234567), view.T("")}, {view.T("<b>"), view.N(0), view.C("x", view.None())}},
	}
	for name, node := range map[string]g.Node{
		"table": table.Render("/readers?a=1&b=2"), "table-empty": (&view.Table{ID: "none", Caption: "None", Empty: "Nothing is there."}).Render("/"),
		"tiles":  view.Tiles(view.Tile{Name: "Webhooks", Value: "12", Unit: "a second", Help: "What it is.", Level: view.Warn, Chart: view.Spark([]float64{0, 2, 1}, "an hour"), Link: "/flow"}),
		"banner": view.Banner(view.Bad, "Stage lox24 is stuck."), "badge": view.Badge(view.Good, "ok"), "time": g.Group{view.Time(at), view.Time(time.Time{})},
		"trend":      view.Trend([][]view.Dot{{{X: 0, Y: 0}, {X: 0.25, Y: 5}}, {{X: 0.5, Y: 10}}}, 10, "behind"),
		"spark-flat": view.Spark(nil, "nothing"), "columns": view.Columns([][]float64{{1, 2}, {0, 0}, {3, 0}}, []string{"fact", "dup"}, "three minutes"), "bar": view.Bar(0.25, "second", "a quarter"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.ReplaceAll(render(t, node), "><", ">\n<") + "\n"
			path := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || string(want) != got {
				t.Errorf("%s differs (-update rewrites it):\n%s", path, got)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		view.Group(0): "0", view.Group(999): "999", view.Group(1000): "1 000", view.Group(-1234567): "−1 234 567",
		view.Rate(0): "0", view.Rate(0.04): "0.04", view.Rate(3.14): "3.1", view.Rate(12345): "12 345",
		view.Span(0): "0 s", view.Span(76 * time.Millisecond): "76 ms", view.Span(1500 * time.Millisecond): "1.5 s", view.Span(90 * time.Second): "1 min 30 s",
		view.Span(26 * time.Hour): "1 d 02 h", view.Span(3*time.Hour + 5*time.Minute): "3 h 05 min",
		view.Money(1250, "EUR"): "12.50 EUR", view.Money(-5, "UAH"): "−0.05 UAH", view.Money(1234567, "JPY"): "1 234 567 JPY",
		view.At("/case", "id", "a&b=c"): "/case?id=a%26b%3Dc", view.At("//evil.example"): "/", view.At("https://evil.example"): "/",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestCSV: no cell is a formula for a spreadsheet, but a number stays one.
func TestCSV(t *testing.T) {
	t.Parallel()
	table := view.Table{Columns: []view.Column{{Name: "a"}, {Name: "b"}}, Rows: [][]view.Cell{{view.T("=1+1"), view.T("-12.5")}, {view.T("@x"), view.T("-x")}, {view.T(`a,"b`), view.N(-1000)}}}
	var b strings.Builder
	if err := table.CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "a,b\n'=1+1,-12.5\n'@x,'-x\n\"a,\"\"b\",-1000\n"
	if b.String() != want {
		t.Errorf("CSV() = %q, want %q", b.String(), want)
	}
}
