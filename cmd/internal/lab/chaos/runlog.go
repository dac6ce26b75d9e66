package chaos

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

// runLog is the readable log of a run, with its findings and recovery times.
type runLog struct {
	out   io.Writer
	began time.Time

	mu       sync.Mutex
	findings []string
	rows     map[kind]*times
	order    []kind
	// prepared counts transactions that were prepared when their coordinator was
	// killed, coordinators the kills, and struck the kills with such a transaction.
	prepared, coordinators, struck int
}

// times are the recovery times of a kind of fault.
type times struct {
	first, all []time.Duration
}

func newRunLog(out io.Writer) *runLog {
	return &runLog{out: out, began: time.Now(), rows: map[kind]*times{}}
}

// sayf writes a line with the time since the start of the run.
func (d *runLog) sayf(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, _ = fmt.Fprintf(d.out, "%7.1fs  %s\n", time.Since(d.began).Seconds(), fmt.Sprintf(format, args...))
}

// findf records a violation of a promise.
func (d *runLog) findf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	d.mu.Lock()
	d.findings = append(d.findings, text)
	d.mu.Unlock()
	d.sayf("WRONG: %s", text)
}

// recovered records the recovery time of a fault: until the next committed output, and
// until everything accepted before it was committed. Negative means not applicable.
func (d *runLog) recovered(k kind, first, all time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.rows[k]
	if t == nil {
		t = &times{}
		d.rows[k] = t
		d.order = append(d.order, k)
	}
	t.first = append(t.first, first)
	t.all = append(t.all, all)
}

// table prints the recovery times.
func (d *runLog) table() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.order) == 0 {
		return
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"fault", "times", "next output: median", "max", "all committed: median", "max"})
	for _, k := range d.order {
		r := d.rows[k]
		first, all := slices.Sorted(slices.Values(r.first)), slices.Sorted(slices.Values(r.all))
		t.AppendRow(table.Row{k, len(first), seconds(first[len(first)/2]), seconds(first[len(first)-1]), seconds(all[len(all)/2]), seconds(all[len(all)-1])})
	}
	_, _ = fmt.Fprintf(d.out, "\n%s\n", t.Render())
}

func seconds(t time.Duration) string {
	if t < 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f s", t.Seconds())
}
