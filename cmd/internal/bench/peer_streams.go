package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/tributary-hq/tributary/cmd/internal/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Names of the columns.
const (
	nameOurs    = "tributary"
	nameAlike   = "tributary, like for like"
	nameStreams = "kafka streams"
)

// streams measures the processor beside the application in the folder streams: the
// same bodies, the same broker, the same number of partitions.
func (b *peers) streams(ctx context.Context) error {
	folder := b.config.streams()
	work := filepath.Join(b.config.Work, "streams")
	env, err := b.lendBroker(work)
	if err != nil {
		return err
	}
	script := filepath.Join(folder, "run")
	if err := b.script(ctx, env, script, work, "setup"); err != nil {
		return err
	}
	sent, start, err := b.place.copyBodies(ctx, map[string]string{raw.ProviderLOX24: "raw.lox24", raw.ProviderUAPAY: "raw.uapay"})
	if err != nil {
		return err
	}
	b.report.Start = start
	err = b.inTurn(
		func(n int) ([]Run, error) { return b.both(ctx, sent, n) },
		func(n int) ([]Run, error) { return b.theirs(ctx, env, script, work, n) },
	)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		key  string
		more bool
	}{{"records_per_cpu_second", true}, {"records_per_second", true}, {"broker_cpu_us_per_record", false}, {"peak_rss_mb", false}} {
		b.report.compare(nameAlike, nameStreams, f.key, f.more)
		b.report.compare(nameOurs, nameStreams, f.key, f.more)
	}
	return nil
}

// lendBroker tells their script that its broker runs already: ours.
func (b *peers) lendBroker(work string) (env []string, err error) {
	_, port, err := net.SplitHostPort(b.place.o.Brokers[0])
	if err != nil {
		return nil, fmt.Errorf("--brokers: %w", err)
	}
	folder := filepath.Join(work, "broker")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	pid := strconv.Itoa(b.place.o.BrokerPID)
	return []string{"PORT=" + port}, os.WriteFile(filepath.Join(folder, "pid"), []byte(pid+"\n"), 0o600)
}

// both are two runs of the processor: with all it does, and with what the peer does.
// The discarded ones are checked with the model.
func (b *peers) both(ctx context.Context, sent map[string]simulator.Count, n int) ([]Run, error) {
	whole, faults, err := b.place.process(ctx, nameOurs, sent, b.place.checkOf(n))
	if err != nil {
		return nil, err
	}
	b.report.fault(faults...)
	settings := b.place.o.Set
	defer func() { b.place.o.Set = settings }()
	b.place.o.Set = append(slices.Clone(settings), likeForLike+"=true")
	how := b.place.o.Check
	if n > 0 {
		how = CheckNone
	}
	alike, faults, err := b.place.process(ctx, nameAlike, sent, how)
	if err != nil {
		return nil, err
	}
	b.report.fault(faults...)
	return []Run{*whole, *alike}, nil
}

// theirs is a run of the application.
func (b *peers) theirs(ctx context.Context, env []string, script, work string, n int) ([]Run, error) {
	name := "pair-" + strconv.Itoa(n)
	if err := b.script(ctx, env, script, work, "measure", name); err != nil {
		return nil, err
	}
	said, err := lines(filepath.Join(work, "results", name+".json"))
	if err != nil {
		return nil, err
	}
	return streamsRun(said)
}

// streamsRun reads what the script wrote: figures in the first line, the check of its
// outputs in the last.
func streamsRun(said []map[string]any) ([]Run, error) {
	all := map[string]any{}
	for _, line := range said {
		maps.Copy(all, line)
	}
	if all["problems"] != nil {
		return nil, fmt.Errorf("the peer's own answers were wrong: %v", all["problems"])
	}
	records := value(all, "input_done")
	if records == 0 {
		return nil, errors.New("the peer did nothing")
	}
	f := Figures{}
	f.Add("records", records)
	f.Add("seconds", value(all, "seconds"))
	f.Add("records_per_second", value(all, "records_per_s"))
	f.Add("records_per_cpu_second", value(all, "records_per_app_cpu_s"))
	f.Add("cpu_us_per_record", 1e6*value(all, "app_cpu_s")/records)
	f.Add("broker_cpu_us_per_record", 1e6*value(all, "broker_cpu_s")/records)
	const mebi = 1 << 20
	f.Add("peak_rss_mb", value(all, "app_peak_rss_mb")*mebi/1e6)
	f.Add("cpu_seconds", value(all, "app_cpu_s"))
	return []Run{{Name: nameStreams, Figures: f, Checked: "its own"}}, nil
}
