package operator

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
)

// sparkWidth is the number of observations in a sparkline.
const sparkWidth = 24

// lagMoment is one observation in a sparkline.
type lagMoment struct{ age, out float64 }

// lagScreen shows reports: first the state of each group, then the partitions of the
// groups that require action.
type lagScreen struct {
	out io.Writer
	// width is that of the terminal, 0 for none.
	width int
	all   bool
	live  bool // drawn in place
	// history has the last observations by group; nil shows no sparklines.
	history map[string][]lagMoment
}

func newLagScreen(g *cli.Globals, all bool) *lagScreen {
	return &lagScreen{out: g.Out, width: g.Width(), all: all}
}

func (s *lagScreen) show(r *lag.Report) {
	var b strings.Builder
	if s.live {
		clearScreen(s.out)
	}
	if s.history != nil {
		fmt.Fprintf(&b, "%s   judged over %s   Ctrl-C ends\n", r.At.Local().Format(time.TimeOnly), time.Duration(r.Window).Round(time.Second))
	}
	if len(r.Groups) == 0 {
		b.WriteString("There is no such group.\n")
	} else {
		b.WriteString(string(s.groups(r)) + "\n")
	}
	for i := range r.Groups {
		if g := &r.Groups[i]; len(g.Partitions) > 0 && (s.all || g.Verdict != lag.VerdictOK && g.Records+g.Held+g.Beyond > 0) {
			terminal.Printf(&b, "\n%s: %s\n%s\n", g.Group, g.Reason, s.partitions(g))
		}
	}
	for _, w := range r.Warnings {
		terminal.Printf(&b, "warning: %s\n", w)
	}
	switch {
	case r.Bad == 1:
		b.WriteString("\n1 group needs somebody.\n")
	case r.Bad > 1:
		fmt.Fprintf(&b, "\n%d groups need somebody.\n", r.Bad)
	}
	_, _ = io.WriteString(s.out, b.String())
}

// clearScreen writes control sequences directly to the terminal, without escaping.
func clearScreen(out io.Writer) { _, _ = io.WriteString(terminal.Unwrap(out), "\x1b[H\x1b[2J") }

func (s *lagScreen) groups(r *lag.Report) terminal.Text {
	columns := []any{"group", "members", "behind", "held", "oldest", "in/s", "out/s", "caught up in"}
	if s.history != nil {
		columns = append(columns, "oldest, lately", "out/s, lately")
	}
	t := terminal.NewTable(append(columns, "verdict")...)
	t.Optional("out/s, lately", "oldest, lately", "held", "members", "caught up in")
	t.Wrap("verdict")
	for i := range r.Groups {
		g := &r.Groups[i]
		row := []any{g.Group, count(g.Members), zero(g.Records), zero(g.Held), oldest(&g.Figures), lag.Rate(g.In), lag.Rate(g.Out), caughtUp(&g.Figures, g.Verdict)}
		if s.history != nil {
			h := slices.Concat(s.history[g.Group], []lagMoment{{age: time.Duration(g.Age).Seconds(), out: g.Out}})
			h = h[max(0, len(h)-sparkWidth):]
			s.history[g.Group] = h
			row = append(row, spark(h, func(m lagMoment) float64 { return m.age }), spark(h, func(m lagMoment) float64 { return m.out }))
		}
		verdict := g.Reason
		if g.Bad {
			verdict = "✗ " + verdict
		}
		t.Row(append(row, verdict)...)
	}
	return t.Render(s.width)
}

// mostPartitions is how many partitions of a group are shown without --all.
const mostPartitions = 12

func (s *lagScreen) partitions(g *lag.Group) terminal.Text {
	t := terminal.NewTable("topic", "partition", "position", "end", "behind", "held", "oldest", "in/s", "out/s", "caught up in", "owner", "host", "verdict")
	t.Optional("host", "held", "end", "position", "caught up in", "out/s", "in/s")
	t.Wrap("verdict")
	shown, left := 0, 0
	for i := range g.Partitions {
		p := &g.Partitions[i]
		if !s.all && p.Verdict == lag.VerdictOK {
			continue
		}
		shown++
		if !s.all && shown > mostPartitions {
			left++
			continue
		}
		position, name, host := "none", p.Owner.Name(), ""
		if p.Position >= 0 {
			position = strconv.FormatInt(p.Position, 10)
		}
		if p.Owner != nil {
			host = p.Owner.Host
		} else {
			name = "-"
		}
		note := string(p.Verdict)
		if p.Err != "" {
			note = p.Err
		}
		t.Row(
			p.Topic, p.Partition, position, p.End, unread(p), zero(p.Held), oldest(&p.Figures), lag.Rate(p.In), lag.Rate(p.Out),
			caughtUp(&p.Figures, p.Verdict), name, host, note,
		)
	}
	rendered := t.Render(s.width)
	if left > 0 {
		rendered += terminal.Text(fmt.Sprintf("\n… and %d partitions more (--all)", left))
	}
	return rendered
}

func count(members int) string {
	if members < 0 {
		return "?"
	}
	return strconv.Itoa(members)
}

func zero(n int64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt(n, 10)
}

// unread returns the number of unread offsets, "?" if the group's position is unknown.
func unread(p *lag.Partition) string {
	if p.Verdict == lag.VerdictUnknown {
		return "?"
	}
	return zero(p.Records)
}

func oldest(f *lag.Figures) string {
	if f.Records+f.Held == 0 {
		return "-"
	}
	return timespan.About(time.Duration(f.Age))
}

func caughtUp(f *lag.Figures, v lag.Verdict) string {
	switch {
	case v == lag.VerdictOK || v == lag.VerdictWatching || v == lag.VerdictUnknown || f.Records == 0:
		return "-"
	case f.CatchUp == nil:
		return "never"
	}
	return timespan.About(time.Duration(*f.CatchUp))
}

// spark draws values as bars of eight heights, scaled to the highest value.
func spark(history []lagMoment, of func(lagMoment) float64) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	highest := 0.0
	for _, m := range history {
		highest = max(highest, of(m))
	}
	out := []rune(strings.Repeat(" ", sparkWidth-len(history)))
	for _, m := range history {
		at := 0
		if highest > 0 {
			at = int(of(m) / highest * float64(len(bars)-1))
		}
		out = append(out, bars[at])
	}
	return string(out)
}
