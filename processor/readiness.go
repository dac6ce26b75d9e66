package processor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/pause"
)

// Detail is the status that the admin endpoint shows in addition to readiness.
type Detail struct {
	// Restoring is how far the restores of all workers are; nil if none runs.
	Restoring *engine.Progress `json:"restoring,omitempty"`
	Workers   []engine.Status  `json:"workers"`
	// Paused are the configured stages that an operator has paused.
	Paused []pause.Pause `json:"paused,omitempty"`
	// Standbys are the warm copies kept for other processes.
	Standbys []engine.StandbyPartition `json:"standbys,omitempty"`
}

// Detail returns the status of every worker, the progress of restores and the standby
// replicas; it is empty before Start. While Kafka is away no partition counts as ready.
func (p *Processor) Detail() Detail {
	d := Detail{Workers: p.Health()}
	if p.engine == nil {
		return d
	}
	if p.brokers.why() != "" {
		for i := range d.Workers {
			d.Workers[i].Ready = 0
		}
	}
	d.Standbys, d.Paused = p.engine.Standbys(), p.Paused()
	if sum := p.engine.Restoring(); sum.Partitions > 0 {
		d.Restoring = &sum
	}
	return d
}

// Ready says that Kafka answers, every stage has a worker that joined its group, and no
// worker has state to restore or an error.
func (p *Processor) Ready() bool {
	return p.engine != nil && p.brokers.why() == "" && p.workersWhy() == ""
}

// Why describes the problem, the first cause if there are several, else which stages are
// paused: that is no problem. It is empty if there is nothing to say.
func (p *Processor) Why() string {
	if p.engine == nil {
		return "starting"
	}
	return cmp.Or(p.brokers.why(), p.stateDir.why(), p.workersWhy(), p.pausedWhy())
}

// Paused returns the pauses of the stages that this process runs.
func (p *Processor) Paused() []pause.Pause {
	return slices.DeleteFunc(p.pauses.All(), func(x pause.Pause) bool { return !slices.Contains(p.config.stages(), x.Stage) })
}

func (p *Processor) pausedWhy() string {
	var texts []string
	for _, x := range p.Paused() {
		texts = append(texts, fmt.Sprintf("stage %s is %s", x.Stage, &x))
	}
	return strings.Join(texts, "; ")
}

func (p *Processor) workersWhy() string {
	var failed, restoring []string
	joined := map[string]bool{}
	for _, worker := range p.Health() {
		joined[worker.Stage] = joined[worker.Stage] || worker.Joined
		switch {
		case worker.Err != "":
			failed = append(failed, fmt.Sprintf("stage %s: %s", worker.Stage, worker.Err))
		case worker.Restoring > 0:
			restoring = append(restoring, fmt.Sprintf("%s %d", worker.Stage, worker.Restoring))
		}
	}
	// A worker that has not come so far as to name its stage counts for none.
	waiting := slices.DeleteFunc(slices.Clone(p.config.stages()), func(stage string) bool { return joined[stage] })
	switch {
	case len(failed) > 1:
		return fmt.Sprintf("%s (and %d more)", failed[0], len(failed)-1)
	case len(failed) == 1:
		return failed[0]
	case len(restoring) > 0:
		left := ""
		if sum := p.engine.Restoring(); sum.SecondsLeft > 0 {
			left = ", about " + (time.Duration(sum.SecondsLeft) * time.Second).String() + " left"
		}
		return "restoring state, partitions by stage: " + strings.Join(restoring, ", ") + left
	case len(waiting) > 0:
		return "not yet in the group of " + strings.Join(waiting, ", ")
	}
	return ""
}
