package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// PeersConfig says whom we are measured beside. The scripts of a folder are called as
// its README says; they are not a part of this program.
type PeersConfig struct {
	// Folder has a folder streams, a folder ingest, or both; or is one of them.
	Folder string
	// Work is the folder for builds and results.
	Work string
	// Only are the parts of the folder that are measured: streams, ingest.
	Only []string
	// Pairs is how many runs of each, one after the other, count. One more is made
	// first, and thrown away: a cold broker is slower.
	Pairs int
	// Verifications is how large the load of the folder streams is; each makes five
	// records on average.
	Verifications int
	// Ingest are the peers of the folder ingest, as its script names them.
	Ingest []string
	// Duration is that of a run of an ingest.
	Duration time.Duration
	// Connections of the load of ingests.
	Connections []int
}

// DefaultPeersConfig returns the configuration of the published figures.
func DefaultPeersConfig() PeersConfig {
	return PeersConfig{Only: []string{partStreams, partIngest}, Pairs: 7, Verifications: 250_000, Ingest: []string{"linger5"}, Duration: 10 * time.Second, Connections: []int{64, 256}}
}

// Validate reports every fault at once.
func (c *PeersConfig) Validate() error {
	var errs []error
	if c.Pairs < 1 {
		errs = append(errs, fmt.Errorf("--pairs: %d is less than 1", c.Pairs))
	}
	if c.Verifications < 1 {
		errs = append(errs, fmt.Errorf("--verifications: %d is less than 1", c.Verifications))
	}
	for _, part := range c.Only {
		if part != partStreams && part != partIngest {
			errs = append(errs, fmt.Errorf("--only: %q is none of %s, %s", part, partStreams, partIngest))
		}
	}
	if c.streams() == "" && c.ingest() == "" {
		errs = append(errs, fmt.Errorf("%s: neither streams/run nor ingest/measure is in it", c.Folder))
	}
	if c.Work == "" {
		errs = append(errs, errors.New("--work: name a folder for what the peers build and write"))
	}
	return errors.Join(errs...)
}

// The parts of a folder.
const (
	partStreams = "streams"
	partIngest  = "ingest"
)

// streams is the folder of the processor's peer; empty if there is none.
func (c *PeersConfig) streams() string { return c.part(partStreams, "loadgen", "run") }

// ingest is the folder of ingest's peers; empty if there is none.
func (c *PeersConfig) ingest() string { return c.part(partIngest, "cmd", "measure") }

func (c *PeersConfig) part(name, folder, script string) string {
	if !slices.Contains(c.Only, name) {
		return ""
	}
	return holding(c.Folder, name, folder, script)
}

// holding returns the folder, or the one of that name in it, that has a folder and a
// script.
func holding(folder, name, part, script string) string {
	for _, at := range []string{filepath.Join(folder, name), folder} {
		_, first := os.Stat(filepath.Join(at, part))
		_, second := os.Stat(filepath.Join(at, script))
		if first == nil && second == nil {
			if absolute, err := filepath.Abs(at); err == nil {
				return absolute
			}
		}
	}
	return ""
}

// Peers measures beside others, run by run in turn, on one broker.
func Peers(ctx context.Context, o Options, config PeersConfig) (report *Report, err error) {
	if len(o.Brokers) == 0 || o.BrokerPID == 0 {
		return nil, errors.New("--brokers, --broker-pid: peers need a Kafka on this machine; make bench starts one")
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.Work, err = filepath.Abs(config.Work); err != nil {
		return nil, err
	}
	p, err := open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }() //nolint:contextcheck // a stop has its own time
	b := &peers{environment: p, config: config}
	b.report = p.report("peers", o.Now().UTC().Truncate(time.Second), map[string]string{
		"pairs": strconv.Itoa(config.Pairs), "verifications": strconv.Itoa(config.Verifications),
	})
	if b.selectedProfiles, err = o.selectedProfiles(); err != nil {
		return nil, err
	}
	if err := b.measure(ctx); err != nil {
		return nil, err
	}
	b.report.Right = len(b.report.Faults) == 0
	return b.report, nil
}

// peers is a comparison under way.
type peers struct {
	environment      *environment
	config           PeersConfig
	report           *Report
	selectedProfiles []profile
}

// peer is one whose scripts are built.
type peer struct {
	// folder holds the scripts, work their builds and results.
	folder, work string
	env          []string
}

// measure builds all peers first, so that a failing build is reported before an hour of
// measurements.
func (b *peers) measure(ctx context.Context) error {
	streams, err := b.prepareStreams(ctx)
	if err != nil {
		return err
	}
	ingest, err := b.prepareIngest(ctx)
	if err != nil {
		return err
	}
	if streams != nil {
		if err := b.streams(ctx, streams); err != nil {
			return err
		}
	}
	if ingest != nil {
		return b.ingests(ctx, ingest)
	}
	return nil
}

// inTurn makes the pairs: ours first, theirs first, and so on. The first pair is not
// kept.
func (b *peers) inTurn(ours, theirs func(n int) ([]Run, error)) error {
	limit := b.environment.o.budget()
	for n := range b.config.Pairs + 1 {
		order := []func(int) ([]Run, error){ours, theirs}
		if n%2 == 1 {
			order[0], order[1] = order[1], order[0]
		}
		for _, measure := range order {
			runs, err := measure(n)
			if err != nil {
				return err
			}
			if n > 0 {
				b.report.Runs = append(b.report.Runs, runs...)
			}
		}
		if !limit.step() && n > 0 && n < b.config.Pairs {
			b.report.short(n, b.config.Pairs)
			return nil
		}
	}
	return nil
}

// script runs one of theirs. Its environment is ours without our settings.
func (b *peers) script(ctx context.Context, env []string, path string, args ...string) error {
	b.environment.o.Progress.Step(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path)+" "+strings.Join(args, " "), 0)
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the scripts of the folder that the user named
	cmd.Env = append(b.environment.environ(), env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		const most = 4000
		text := said.String()
		return fmt.Errorf("%s %s: %w:\n%s", path, strings.Join(args, " "), err, text[max(0, len(text)-most):])
	}
	return nil
}

// lines reads a file of JSON objects, one a line.
func lines(path string) ([]map[string]any, error) {
	file, err := os.Open(path) //nolint:gosec // what a script of the folder wrote
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var out []map[string]any
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		var object map[string]any
		if err := json.Unmarshal(scanner.Bytes(), &object); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, object)
	}
	return out, nil
}

// value returns a number of a line, or 0 if it is missing.
func value(of map[string]any, key string) float64 {
	n, _ := of[key].(float64)
	return n
}
