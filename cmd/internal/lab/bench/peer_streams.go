package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Names of the columns.
const (
	nameOurs    = "tributary"
	nameStreams = "kafka streams"
)

// prepareStreams builds the application in the folder streams, and has it fill its
// topics; nil without the folder.
func (b *peers) prepareStreams(ctx context.Context) (*peer, error) {
	if b.config.streams() == "" {
		return nil, nil //nolint:nilnil // nothing to measure is no error
	}
	if err := needed(nameStreams, partStreams, "java", "mvn", "go"); err != nil {
		return nil, err
	}
	folder, err := copySources(b.config.streams(), filepath.Join(b.config.Work, "peers", partStreams))
	if err != nil {
		return nil, err
	}
	work := filepath.Join(b.config.Work, partStreams)
	env, err := b.lendBroker(work)
	if err != nil {
		return nil, err
	}
	// The load generator's default start time is fixed. At some date its records would
	// be older than the retention of an entity, and the processor would rightly drop
	// the state.
	base := b.environment.o.Now().Add(-loadAge - time.Duration(b.config.Verifications)*time.Second/loadgenRate)
	env = append(env, fmt.Sprintf("LOAD=-verifications %d -base %d %s", b.config.Verifications, base.Unix(), os.Getenv("LOAD")))
	if err := b.script(ctx, env, filepath.Join(folder, "run"), work, "setup"); err != nil {
		return nil, unbuilt(nameStreams, partStreams, err)
	}
	return &peer{folder, work, env}, nil
}

// loadgenRate is how many verifications it begins in a second of its time.
const loadgenRate = 500

// streams measures the processor beside the application in the folder streams: the
// same bodies, the same broker, the same number of partitions.
func (b *peers) streams(ctx context.Context, them *peer) error {
	sent, start, err := b.environment.copyBodies(ctx, map[string]string{raw.ProviderLOX24: "raw.lox24", raw.ProviderUAPAY: "raw.uapay"})
	if err != nil {
		return err
	}
	b.report.Start = start
	err = b.inTurn(
		func(n int) ([]Run, error) { return b.ours(ctx, sent, n) },
		func(n int) ([]Run, error) { return b.theirs(ctx, them, n) },
	)
	if err != nil {
		return err
	}
	for _, v := range b.selectedProfiles {
		b.report.compareProcessor(v.title(), nameStreams)
	}
	return nil
}

// lendBroker tells their script that its broker runs already: ours.
func (b *peers) lendBroker(work string) (env []string, err error) {
	_, port, err := net.SplitHostPort(b.environment.o.Brokers[0])
	if err != nil {
		return nil, fmt.Errorf("--brokers: %w", err)
	}
	folder := filepath.Join(work, "broker")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	pid := strconv.Itoa(b.environment.o.BrokerPID)
	return []string{"PORT=" + port}, os.WriteFile(filepath.Join(folder, "pid"), []byte(pid+"\n"), 0o600)
}

// ours are runs of the processor, one of each profile, in another order each time. The
// discarded ones are checked with the model.
func (b *peers) ours(ctx context.Context, sent map[string]simulator.Count, n int) ([]Run, error) {
	defer b.environment.use(profile{})
	var out []Run
	for i := range b.selectedProfiles {
		v := b.selectedProfiles[(n+i)%len(b.selectedProfiles)]
		b.environment.use(v)
		run, faults, err := b.environment.process(ctx, v.title(), sent, b.environment.checkOf(n))
		if err != nil {
			return nil, err
		}
		for _, fault := range faults {
			b.report.fault(v.title() + ": " + fault)
		}
		out = append(out, *run)
	}
	return out, nil
}

// theirs is a run of the application.
func (b *peers) theirs(ctx context.Context, them *peer, n int) ([]Run, error) {
	name := "pair-" + strconv.Itoa(n)
	if err := b.script(ctx, them.env, filepath.Join(them.folder, "run"), them.work, "measure", name); err != nil {
		return nil, err
	}
	said, err := lines(filepath.Join(them.work, "results", name+".json"))
	if err != nil {
		return nil, err
	}
	return streamsRun(said)
}

// streamsRun reads the output of the script: the figures are in the first line, the
// check of the output topics in the last.
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
