package feed

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/processor/engine"
)

// States are the partitions of the stages, as the processors report them.
type States struct {
	At time.Time `json:"at"`
	// Asked is set if the configuration names a process to ask, Known if a processor has
	// answered.
	Asked bool `json:"asked"`
	Known bool `json:"known"`
	// Away lists the processes that did not answer, with the reason.
	Away []string `json:"away,omitempty"`
	// Partitions are those owned, Standbys the standby replicas, by stage and partition.
	Partitions []OwnedPartition   `json:"partitions"`
	Standbys   []StandbyPartition `json:"standbys"`
}

// OwnedPartition is a partition that a processor owns.
type OwnedPartition struct {
	Stage string `json:"stage"`
	// Process is the address of the processor's ops port; empty: this process.
	Process string `json:"process,omitempty"`
	engine.Partition
}

// StandbyPartition is a standby replica in a processor.
type StandbyPartition struct {
	Process string `json:"process,omitempty"`
	engine.StandbyPartition
}

// states asks every process. A process that does not answer is no error: the others are shown.
func (f *Feed) states(ctx context.Context) (*States, error) {
	out := &States{At: f.Now().UTC(), Asked: len(f.config.Processes) > 0, Partitions: []OwnedPartition{}, Standbys: []StandbyPartition{}}
	details, errs := make([]*processor.Detail, len(f.config.Processes)), make([]error, len(f.config.Processes))
	var group sync.WaitGroup
	for i := range f.config.Processes {
		group.Go(func() { details[i], errs[i] = f.config.Processes[i].state(ctx) })
	}
	group.Wait()
	for i, err := range errs {
		switch {
		case err != nil:
			out.Away = append(out.Away, err.Error())
		case details[i] != nil:
			out.add(f.config.Processes[i].Address, details[i])
		}
	}
	slices.SortFunc(out.Partitions, func(a, b OwnedPartition) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Partition.Partition, b.Partition.Partition), cmp.Compare(a.Process, b.Process))
	})
	slices.SortFunc(out.Standbys, func(a, b StandbyPartition) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Process, b.Process))
	})
	return out, nil
}

func (s *States) add(process string, d *processor.Detail) {
	s.Known = true
	for i := range d.Workers {
		for _, p := range d.Workers[i].Partitions {
			s.Partitions = append(s.Partitions, OwnedPartition{Stage: d.Workers[i].Stage, Process: process, Partition: p})
		}
	}
	for _, p := range d.Standbys {
		s.Standbys = append(s.Standbys, StandbyPartition{Process: process, StandbyPartition: p})
	}
}

// restores sums the restores by the stages' groups.
func (s *States) restores(group func(stage string) string) map[string]lag.Restore {
	out := map[string]lag.Restore{}
	for i := range s.Partitions {
		p := &s.Partitions[i]
		if p.State != engine.PartitionRestoring {
			continue
		}
		sum := out[group(p.Stage)]
		sum.Partitions++
		sum.Offsets += p.Left
		sum.SecondsLeft = max(sum.SecondsLeft, p.SecondsLeft)
		out[group(p.Stage)] = sum
	}
	return out
}

// state returns the status of a processor, nil of a process that is none.
func (p *Process) state(ctx context.Context) (_ *processor.Detail, err error) {
	if p.State != nil {
		detail := p.State()
		return &detail, nil
	}
	if p.Address == "" {
		return nil, nil
	}
	const patience, most = 2 * time.Second, 8 << 20
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// A processor that restores answers 503.
	answer, err := ask(ctx, p.Address, "/readyz")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	var ready struct {
		Processor *struct {
			Detail processor.Detail `json:"detail"`
		} `json:"processor"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, most)).Decode(&ready); err != nil {
		return nil, fmt.Errorf("read /readyz of %s: %w", p.Address, err)
	}
	if ready.Processor == nil {
		return nil, nil
	}
	return &ready.Processor.Detail, nil
}
