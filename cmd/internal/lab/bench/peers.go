package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
)

// PeersConfig is the configuration of Peers. The peers' sources are in deploy/bench/peers.
type PeersConfig struct {
	// Sources is the folder of the peers' sources.
	Sources string
	// Work is the folder for builds.
	Work string
	// Only are the comparisons to make: streams, latency, ingest.
	Only []string
	// Pairs is how many pairs of runs count. One more is made first and discarded: a cold
	// broker is slower.
	Pairs int
	// Webhooks is about how many the processors get.
	Webhooks int64
	// Duration is that of a run of an ingest, and of one that measures latency.
	Duration time.Duration
	// Rate is the number of webhooks per second where latency is measured.
	Rate float64
	// Connections is a run for each count.
	Connections []int
}

// The comparisons.
const (
	peerStreams = "streams"
	peerLatency = "latency"
	peerIngest  = "ingest"
)

// Names of the columns.
const (
	nameStreams = "kafka streams"
	nameBare    = "bare server"
)

// DefaultPeersConfig returns the configuration of the published figures.
func DefaultPeersConfig() PeersConfig {
	return PeersConfig{
		Sources: "deploy/bench/peers", Work: "bin/bench", Only: []string{peerStreams, peerLatency, peerIngest}, Pairs: 7, Webhooks: 1_000_000, Rate: 2000,
		Duration: 10 * time.Second, Connections: []int{64, 256},
	}
}

// Validate reports every fault at once.
func (c *PeersConfig) Validate() error {
	var errs []error
	if c.Pairs < 1 {
		errs = append(errs, fmt.Errorf("--pairs: %d is less than 1", c.Pairs))
	}
	if c.Webhooks < 1 {
		errs = append(errs, fmt.Errorf("--webhooks: %d is less than 1", c.Webhooks))
	}
	if !(c.Rate > 0) {
		errs = append(errs, fmt.Errorf("--rate: %v is not more than zero", c.Rate))
	}
	for _, part := range c.Only {
		if part != peerStreams && part != peerLatency && part != peerIngest {
			errs = append(errs, fmt.Errorf("--only: %q is none of %s, %s, %s", part, peerStreams, peerLatency, peerIngest))
		}
	}
	if _, err := os.Stat(filepath.Join(c.Sources, "streams", "pom.xml")); err != nil {
		errs = append(errs, fmt.Errorf("--sources: %s does not have the peers' sources; run it in the root of the checkout", c.Sources))
	}
	if c.Work == "" {
		errs = append(errs, errors.New("--work: name a folder for the builds"))
	}
	return errors.Join(errs...)
}

// Peers compares the processor with a Kafka Streams application that does the same job, and
// ingest with a bare Go server. Runs are in pairs on one broker.
func Peers(ctx context.Context, o environment.Options, config PeersConfig) (report *result.Report, err error) {
	if len(o.Brokers) == 0 || o.BrokerPID == 0 {
		return nil, errors.New("--brokers, --broker-pid: peers need a Kafka on this machine; make bench starts one")
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.Work, err = filepath.Abs(config.Work); err != nil {
		return nil, fmt.Errorf("--work: %w", err)
	}
	p, err := environment.Open(ctx, &o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }() //nolint:contextcheck // a stop has its own time
	b := &peers{environment: p, config: config}
	b.report = p.NewReport("peers", o.Now().UTC().Truncate(time.Second), map[string]string{
		"pairs": strconv.Itoa(config.Pairs), "webhooks": strconv.FormatInt(config.Webhooks, 10),
	})
	if b.selectedProfiles, err = o.SelectedProfiles(); err != nil {
		return nil, err
	}
	if err := b.measure(ctx); err != nil {
		return nil, err
	}
	b.report.Right = len(b.report.Faults) == 0
	return b.report, nil
}

// peers is a comparison in progress.
type peers struct {
	environment      *environment.Environment
	config           PeersConfig
	report           *result.Report
	selectedProfiles []environment.Profile
}

// measure builds all peers first, so that a failing build is reported before an hour of
// measurements.
func (b *peers) measure(ctx context.Context) error {
	streams, ingest, latency := slices.Contains(b.config.Only, peerStreams), slices.Contains(b.config.Only, peerIngest), slices.Contains(b.config.Only, peerLatency)
	if streams || latency {
		if err := b.buildStreams(ctx); err != nil {
			return err
		}
	}
	if ingest {
		if err := b.build(ctx, "go", "build", "-trimpath", "-o", b.bareServer(), "./"+filepath.Join(b.config.Sources, "ingest")); err != nil {
			return err
		}
	}
	if streams {
		if err := b.streams(ctx); err != nil {
			return err
		}
	}
	if latency {
		if err := b.latencies(ctx); err != nil {
			return err
		}
	}
	if ingest {
		return b.ingests(ctx)
	}
	return nil
}

// build runs a build tool.
func (b *peers) build(ctx context.Context, tool string, args ...string) error {
	b.environment.Options.Progress.Step("building with "+tool, 0)
	if _, err := exec.LookPath(tool); err != nil {
		return fmt.Errorf("%s is missing (Java 17, Maven and Go are needed; --only leaves a peer out): %w", tool, err)
	}
	text, err := exec.CommandContext(ctx, tool, args...).CombinedOutput() //nolint:gosec // our own sources
	if err != nil {
		const most = 4000
		return fmt.Errorf("%s %v: %w:\n%s", tool, args, err, text[max(0, len(text)-most):])
	}
	return nil
}

func (b *peers) bareServer() string { return filepath.Join(b.config.Work, "bareserver") }

// inPairs runs the pairs: ours first, theirs first, and so on. The first pair is discarded.
func (b *peers) inPairs(ours, theirs func(n int) ([]result.Run, error)) error {
	limit := b.environment.Options.Budget()
	for n := range b.config.Pairs + 1 {
		order := []func(int) ([]result.Run, error){ours, theirs}
		if n%2 == 1 {
			slices.Reverse(order)
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
		if !limit.Step() && n > 0 && n < b.config.Pairs {
			b.report.Short(n, b.config.Pairs)
			return nil
		}
	}
	return nil
}
