package processor

import (
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/standard"
)

func newStandard(s *setup) (stage.Stage, error) {
	config := standard.Config{
		Sources: s.sources, Privacy: s.deps.Privacy, Retention: s.config.Retention.Verification, JourneyPartitions: s.partitions[StageJourney],
	}
	return standard.New(config), config.Validate()
}
