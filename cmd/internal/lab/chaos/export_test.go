package chaos

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// Plan returns a schedule as text, a line for each injection.
func Plan(scenario string, seed uint64, few bool) []string {
	var out []string
	for _, s := range plan(scenario, seed, few) {
		out = append(out, s.String())
	}
	return out
}

// Counts returns how often each kind is in a schedule, and how often it should be.
func Counts(scenario string, seed uint64, few bool) (got, want map[string]int) {
	got, want = map[string]int{}, map[string]int{}
	for _, s := range plan(scenario, seed, few) {
		for _, f := range s.faults {
			got[string(f.kind)]++
		}
	}
	for _, c := range counts(scenario) {
		n := c.all
		if few {
			n = c.few
		}
		if n > 0 {
			want[string(c.kind)] = n
		}
	}
	return got, want
}

// Clashes returns injections whose faults are of one process.
func Clashes(scenario string, seed uint64) []string {
	var out []string
	for _, s := range plan(scenario, seed, false) {
		if len(s.faults) > 1 && !meet(s.faults[0], s.faults[1]) {
			out = append(out, s.String())
		}
	}
	return out
}

// OwnerOf finds the processor in a transactional id.
func OwnerOf(id string) int { return ownerOf(id) }

// Said is a line that a process said, its exit code, and what waiting came to.
func Said(ctx context.Context, dir, script, pattern string) (found string, code int, err error) {
	p, err := launch("script", dir+"/log", nil, "sh", "-c", script)
	if err != nil {
		return "", 0, err
	}
	found, err = p.says(ctx, pattern)
	p.kill()
	return found, p.code, err
}

// Testify sends n webhooks to an address and returns tries and receipts of each.
func Testify(ctx context.Context, address string, n int) (tries, receipts []int) {
	w := newChecker(address, 1000)
	sending, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.run(sending, ctx, rand.New(rand.NewPCG(1, 2)))
	}()
	for {
		w.mu.Lock()
		enough, changed := len(w.sent) >= n, w.changed
		w.mu.Unlock()
		if enough {
			break
		}
		<-changed
	}
	stop()
	<-done
	for _, t := range w.sent {
		tries = append(tries, t.tries)
		receipts = append(receipts, len(t.receipts))
	}
	return tries, receipts
}

// Tell prints a table of recovery times.
func Tell(out io.Writer, rows map[string][]time.Duration) {
	d := newRunLog(out)
	for k, times := range rows {
		for _, t := range times {
			d.recovered(kind(k), t, -1)
		}
	}
	d.findf("something %s", "odd")
	d.table()
	if len(d.findings) != 1 {
		_, _ = fmt.Fprintln(out, "a finding is missing")
	}
}
