package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

// progressBar shows the progress of a run: as a bar on a terminal, as lines elsewhere.
type progressBar struct {
	mu      sync.Mutex
	out     io.Writer
	writer  progress.Writer // nil where there is no terminal
	tracker *progress.Tracker
	ended   bool
}

func newProgress(out io.Writer) *progressBar {
	out = terminal.Unwrap(out)
	p := &progressBar{out: out}
	if !isTerminal(out) {
		return p
	}
	p.writer = progress.NewWriter()
	p.writer.SetOutputWriter(out)
	p.writer.SetAutoStop(false)
	p.writer.SetUpdateFrequency(100 * time.Millisecond)
	p.writer.SetStyle(progress.StyleBlocks)
	p.writer.SetMessageLength(50)
	go p.writer.Render()
	return p
}

func isTerminal(w io.Writer) bool {
	f, ok := terminal.Unwrap(w).(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Step begins a part of the work.
func (p *progressBar) Step(name string, total int64) {
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

// At says how many units are done.
func (p *progressBar) At(done int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tracker != nil {
		p.tracker.SetValue(done)
	}
}

// done ends the display; it may be called again.
func (p *progressBar) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writer == nil || p.ended {
		return
	}
	p.ended = true
	if p.tracker != nil {
		p.tracker.MarkAsDone()
	}
	p.writer.Stop()
	const redraw = 150 * time.Millisecond
	<-time.After(redraw) // the writer draws its last lines on its own time
}
