package insights

import (
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/processor/insights/rollup"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/watermark"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Name is the stage's name: of its consumer group, its topics, its metrics.
const Name = schemas.FamilyInsights

// Stage is the insights stage, a stage.Stage.
type Stage struct {
	config    Config
	detectors *detectors
	pumping   *pumping.Detector
	rollup    rollup.Config
	// events and batches are pools for reuse.
	events, batches sync.Pool
}

// New returns the stage; the settings must be valid.
func New(config Config) *Stage {
	return &Stage{
		config: config, detectors: newDetectors(&config), pumping: pumping.New(config.Pumping, config.BlockK, []byte(pumpingPrefix)),
		rollup: rollup.Config{
			Retention: config.Retention, DayRetention: config.DayRetention, MaxBlocks: config.MaxBlocks,
			Blocks: block.Rule{K: config.BlockK, Retention: config.Retention}, Rates: config.Rates,
		},
	}
}

// event is a decoded input.
type event struct{ avro.InsightsInput }

// Decode decodes an input.
func (s *Stage) Decode(in *stage.Input) (stage.Event, error) {
	e, ok := s.events.Get().(*event)
	if !ok {
		e = &event{}
	}
	return e, read(in, &e.InsightsInput)
}

// Recycle implements stage.Recycler.
func (s *Stage) Recycle(used stage.Event) {
	if e, ok := used.(*event); ok {
		s.events.Put(e)
	}
}

// Apply handles a watermark or a record of another kind.
func (s *Stage) Apply(tx stage.Tx, in *stage.Input, decoded stage.Event) error {
	e, ok := decoded.(*event)
	if !ok {
		return fmt.Errorf("insights: an event of type %T", decoded)
	}
	switch e.Kind {
	case avro.InsightsInputKindClock:
		return watermark.Observe(tx, s.config.Upstreams, e.UpstreamStage.Value, e.UpstreamPartition.Value, e.Clock.Value)
	case avro.InsightsInputKindAccount:
		return s.detectors.applyAccount(tx, &e.Account.Value)
	case avro.InsightsInputKindProvider:
		return s.detectors.applyProvider(tx, &e.ProviderCounts.Value)
	default:
		return s.keep(tx, in, &e.Funnel.Value)
	}
}

// OnTimer emits the rows that changed, or removes an entry whose time is over.
func (s *Stage) OnTimer(tx stage.Tx, key []byte) error {
	if s.pumping.IsEntry(key) {
		return s.evaluatePumping(tx, key)
	}
	switch {
	case string(key) == emissionKey:
		return s.emit(tx)
	case block.IsEntry(key):
		return s.rollup.Blocks.OnTimer(tx, key)
	case rollup.IsEntry(key):
		return s.rollup.OnTimer(tx, key)
	default:
		return s.detectors.onTimer(tx, key)
	}
}

// ReportWatermark sends the watermark of an upstream stage's partition to every partition of
// the insights stage's input; none if there are no partitions.
func ReportWatermark(tx stage.Tx, stageName string, partition, partitions int32, at time.Time) error {
	return entity.EmitWatermark(tx, schemas.InternalInsights, stageName, partitions, &avro.InsightsInput{
		Kind: avro.InsightsInputKindClock, UpstreamStage: avro.Some(stageName), UpstreamPartition: avro.Some(partition), Clock: avro.Some(at),
	})
}
