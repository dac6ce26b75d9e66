package bench

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
)

// prepareIngest builds the servers in the folder ingest, or those that can be; nil
// without the folder.
func (b *peers) prepareIngest(ctx context.Context) (*peer, error) {
	if b.config.ingest() == "" {
		return nil, nil //nolint:nilnil // nothing to measure is no error
	}
	// The harness is written in Python and generates load with wrk.
	if err := needed("the servers beside ingest", partIngest, "python3", "wrk", "go"); err != nil {
		return nil, err
	}
	folder, err := copySources(b.config.ingest(), filepath.Join(b.config.Work, "peers", partIngest))
	if err != nil {
		return nil, err
	}
	work := filepath.Join(b.config.Work, partIngest)
	them := &peer{folder, work, b.ingestEnv(work)}
	bodies := filepath.Join(work, "bodies.ndjson")
	if _, err := os.Stat(bodies); err != nil {
		if err := os.MkdirAll(work, 0o750); err != nil {
			return nil, err
		}
		if err := b.script(ctx, them.env, filepath.Join(folder, "measure"), work, "setup"); err != nil {
			// A dependency of one peer may be unavailable while the bare server and the
			// tools could be built.
			if _, missing := os.Stat(bodies); missing != nil {
				return nil, unbuilt("the servers beside ingest", partIngest, err)
			}
			b.report.Notes = append(b.report.Notes, "not every server beside ingest could be built; those that --ingest-peers names are needed only")
		}
	}
	return them, sign(ctx, work, ownBodies(work))
}

// ownBodies are those signed with our secret.
func ownBodies(work string) string { return filepath.Join(work, "own-bodies.ndjson") }

// ingests measures ingest beside the servers in the folder ingest: the same load of
// signed webhooks of UAPAY, by the folder's own harness.
func (b *peers) ingests(ctx context.Context, them *peer) error {
	b.environment.use(b.selectedProfiles[0])
	defer b.environment.use(profile{})
	err := b.inTurn(
		func(int) ([]Run, error) { return b.ourIngest(ctx, them) },
		func(int) ([]Run, error) {
			args := append([]string{them.work}, b.config.Ingest...)
			if err := b.script(ctx, them.env, filepath.Join(them.folder, "measure"), args...); err != nil {
				return nil, err
			}
			return b.ingestRuns(them.work)
		},
	)
	if err != nil {
		return err
	}
	b.compareIngest()
	return nil
}

// results is where the harness adds its lines.
func results(work string) string { return filepath.Join(work, "results.jsonl") }

// runFlags are those of the harness.
func (b *peers) runFlags(work string) []string {
	conns := make([]string, len(b.config.Connections))
	for i, n := range b.config.Connections {
		conns[i] = strconv.Itoa(n)
	}
	return []string{
		"--runs", "1", "--conns", strings.Join(conns, ","), "--secs", strconv.Itoa(int(b.config.Duration.Seconds())), "--warm", "3", "--out", results(work),
	}
}

func (b *peers) ingestEnv(work string) []string {
	return []string{
		"BROKERS=" + b.environment.o.Brokers[0], "BROKER_PID=" + strconv.Itoa(b.environment.o.BrokerPID), "RUN_FLAGS=" + strings.Join(b.runFlags(work), " "),
	}
}

// sign makes the bodies with our secret.
func sign(ctx context.Context, work, path string) error {
	a := accounts()
	out, err := exec.CommandContext(ctx, filepath.Join(work, "bin", "gen"), "-n", "1000", "-secret", a.UAPAY.Secret).Output() //nolint:gosec // their tool
	if err != nil {
		return fmt.Errorf("make the bodies of the load: %w", err)
	}
	return os.WriteFile(path, out, 0o600)
}

// ourIngest is a run of ours, by their harness.
func (b *peers) ourIngest(ctx context.Context, them *peer) ([]Run, error) {
	p := b.environment
	path, err := p.writeConfig(0)
	if err != nil {
		return nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	a := accounts()
	args := append([]string{
		nameOurs, "--url", "http://" + address + "/v1/uapay/" + a.UAPAY.Source, "--bodies", ownBodies(them.work),
		"--server", p.program() + " ingest -c " + path, "--topic", p.names.Topic(schemas.RawUAPAY), "--topic-tool", filepath.Join(them.work, "bin", "topic"),
		"--brokers", p.o.Brokers[0], "--broker-pid", strconv.Itoa(p.o.BrokerPID),
	}, b.runFlags(them.work)...)
	env := append(slices.Clone(them.env), settingPrefix+"INGEST__LISTEN="+address)
	if err := b.script(ctx, env, filepath.Join(them.folder, "run"), args...); err != nil {
		return nil, err
	}
	return b.ingestRuns(them.work)
}

// freeAddress finds a port that nobody has at this moment.
func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

// ingestRuns reads the result files of the harness and removes them.
func (b *peers) ingestRuns(work string) ([]Run, error) {
	said, err := lines(results(work))
	if err != nil {
		return nil, err
	}
	var out []Run
	for _, line := range said {
		run, fault := ingestRun(line)
		out = append(out, run)
		if fault != "" && strings.HasPrefix(run.Name, nameOurs) {
			b.report.fault(fault)
		}
	}
	return out, os.Remove(results(work))
}

// ingestRun reads a line of the harness. A 200 without a record is a fault.
func ingestRun(line map[string]any) (run Run, fault string) {
	name, _ := line["name"].(string)
	run = Run{Name: fmt.Sprintf("%s c=%.0f", name, value(line, "conns")), Checked: "counts"}
	f := &run.Figures
	f.Add("requests_per_second", value(line, "rps"))
	f.Add("cpu_us_per_webhook", value(line, "us_server"))
	f.Add("broker_cpu_us_per_webhook", value(line, "us_broker"))
	const milli = 1e3
	f.Add("answer_p50_ms", value(line, "p50_us")/milli)
	f.Add("answer_p99_ms", value(line, "p99_us")/milli)
	f.Add("answer_p99_9_ms", value(line, "p999_us")/milli)
	const mebi = 1 << 20
	f.Add("rss_mb", value(line, "rss_server_mib")*mebi/1e6)
	switch {
	case value(line, "records") < value(line, "ok"):
		fault = fmt.Sprintf("%s: %.0f answers of 200, %.0f records", run.Name, value(line, "ok"), value(line, "records"))
	case value(line, "non2xx") > 0:
		fault = fmt.Sprintf("%s: %.0f answers were not 200", run.Name, value(line, "non2xx"))
	}
	return run, fault
}

// compareIngest adds the ratios, at each count of connections.
func (b *peers) compareIngest() {
	for _, n := range b.config.Connections {
		at := fmt.Sprintf(" c=%d", n)
		for _, name := range b.report.Names() {
			if peer, ok := strings.CutSuffix(name, at); !ok || peer == nameOurs {
				continue
			}
			for _, key := range []string{"cpu_us_per_webhook", "answer_p99_ms", "requests_per_second", "rss_mb"} {
				b.report.compare(nameOurs+at, name, key, key == "requests_per_second")
			}
		}
	}
}
