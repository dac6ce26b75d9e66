package bench

import (
	"context"
	"math"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/result"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// system is the program that makes journeys of raw records in a measurement of latency.
type system interface {
	// process starts it; it reads when process returns.
	process(ctx context.Context, configPath string) (*environment.Subprocess, error)
	// journeys returns the full name of its topic of journeys, origin the raw record that
	// changed one.
	journeys() string
	origin(record *kgo.Record) (origin, error)
	// counters returns its metrics, nil if it has none.
	counters(ctx context.Context, c *environment.Subprocess) (map[string]float64, error)
	// finish checks the answers and adds the figures that only this system has.
	finish(ctx context.Context, run *result.Run, c *environment.Subprocess, sent map[string]simulator.Count) ([]string, error)
}

// ours is the processor.
type ours struct{ environment *environment.Environment }

func (s ours) process(ctx context.Context, configPath string) (*environment.Subprocess, error) {
	c, err := s.environment.Launch("processor", configPath)
	if err != nil {
		return nil, err
	}
	return c, untilReady(ctx, c)
}

func (s ours) journeys() string { return s.environment.Names.Topic(schemas.EnrichedJourneys) }

func (s ours) origin(record *kgo.Record) (origin, error) {
	_, body, err := wire.Parse(record.Value)
	if err != nil {
		return origin{}, nil //nolint:nilerr // a tombstone
	}
	var snapshot avro.JourneySnapshot
	if err := snapshot.DecodeAvro(body); err != nil {
		return origin{}, err
	}
	c := &snapshot.ChangedBy
	if !c.Topic.Set || !c.Offset.Set {
		return origin{}, nil
	}
	prefix := s.environment.Names.Prefix
	return origin{at: place3{prefix + strings.TrimPrefix(c.Topic.Value, prefix), c.Partition.Value, c.Offset.Value}}, nil
}

func (ours) counters(ctx context.Context, c *environment.Subprocess) (map[string]float64, error) {
	return c.Metrics(ctx)
}

func (s ours) finish(ctx context.Context, run *result.Run, c *environment.Subprocess, sent map[string]simulator.Count) ([]string, error) {
	if err := s.environment.Markers(ctx, &run.Figures, c); err != nil {
		return nil, err
	}
	return s.environment.Check(ctx, run.Checked, sent)
}

// theirs is the Kafka Streams application. Its records have the timestamp of the raw record
// that they follow from.
type theirs struct{ *peers }

func (s theirs) process(ctx context.Context, _ string) (*environment.Subprocess, error) {
	c, err := s.startStreams(ctx, math.MaxInt64)
	if err != nil {
		return nil, err
	}
	_, err = c.Says(ctx, saidRunning)
	return c, err
}

func (s theirs) journeys() string { return s.environment.Names.Prefix + peerJourneys }

func (theirs) origin(record *kgo.Record) (origin, error) {
	return origin{received: record.Timestamp}, nil
}

func (theirs) counters(context.Context, *environment.Subprocess) (map[string]float64, error) {
	return nil, nil //nolint:nilnil // it has none
}

func (s theirs) finish(ctx context.Context, run *result.Run, _ *environment.Subprocess, _ map[string]simulator.Count) ([]string, error) {
	if run.Checked == environment.CheckNone {
		return nil, nil
	}
	run.Checked = environment.CheckModel
	return s.checkPeer(ctx)
}
