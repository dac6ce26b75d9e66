package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

// Progress shows the progress of a run: as a bar on a terminal, as lines elsewhere.
type Progress struct {
	mu      sync.Mutex
	out     io.Writer
	writer  progress.Writer // nil where there is no terminal
	tracker *progress.Tracker
	ended   bool
}

// NewProgress returns a display on a stream.
func NewProgress(out io.Writer) *Progress {
	out = terminal.Unwrap(out)
	p := &Progress{out: out}
	if !terminal.IsTerminal(out) {
		return p
	}
	p.writer = progress.NewWriter()
	p.writer.SetOutputWriter(out)
	p.writer.SetAutoStop(false)
	p.writer.SetUpdateFrequency(100 * time.Millisecond)
	// 78 columns in all.
	const message, bar = 44, 12
	p.writer.SetMessageLength(message)
	p.writer.SetTrackerLength(bar)
	style := progress.StyleBlocks
	style.Options.TimeInProgressPrecision, style.Options.TimeDonePrecision = time.Second, 100*time.Millisecond
	style.Visibility.Value, style.Visibility.TrackerOverall = false, false
	p.writer.SetStyle(style)
	go p.writer.Render()
	return p
}

// Step begins a part of the work; total is its number of units.
func (p *Progress) Step(name string, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writer == nil {
		_, _ = fmt.Fprintln(p.out, name+" …")
		return
	}
	if p.tracker != nil {
		p.tracker.MarkAsDone()
	}
	p.tracker = &progress.Tracker{Message: name, Total: total}
	p.writer.AppendTracker(p.tracker)
}

// At sets how many units are done.
func (p *Progress) At(done int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tracker != nil {
		p.tracker.SetValue(done)
	}
}

// Done ends the display, with the error of the work or nil; it may be called again.
func (p *Progress) Done(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writer == nil || p.ended {
		return
	}
	p.ended = true
	switch {
	case p.tracker == nil:
	case err != nil:
		p.tracker.MarkAsErrored()
	default:
		p.tracker.MarkAsDone()
	}
	p.writer.Stop()
	const redraw = 150 * time.Millisecond
	<-time.After(redraw) // the writer draws its last lines on its own time
}
