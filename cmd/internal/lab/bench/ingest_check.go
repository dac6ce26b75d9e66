package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/bench/environment"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// checkedBytes is how ingest's answers are checked, always.
const checkedBytes = "every record, byte for byte"

// stored is the content of a raw topic: the number of records and the sum of their body
// digests.
type stored struct {
	records int64
	digest  uint64
}

// check holds the raw topics against the answers: as many records as were answered
// 200, byte for byte.
func (b *ingestBench) check(ctx context.Context) error {
	for provider, v := range b.sent {
		var want stored
		for i, n := range v.Acked {
			want.records += n * v.Requests[i].Items
			want.digest += uint64(n) * v.Requests[i].Digest //nolint:gosec // a sum that may wrap
		}
		have, err := readStored(ctx, b.environment, "raw."+provider+".v1", want.records)
		if err != nil {
			return err
		}
		if provider == raw.ProviderVoximplant {
			have.digest = 0 // a batch is stored callback by callback
		}
		b.report.Fault(compareStored(provider, want, have)...)
	}
	return nil
}

// compareStored returns the differences between the expected and the actual content of
// a raw topic.
func compareStored(provider string, want, have stored) []string {
	switch {
	case want.records != have.records:
		return []string{fmt.Sprintf("%s: %d records were answered 200, %d are in the raw topic", provider, want.records, have.records)}
	case want.digest != have.digest:
		return []string{provider + ": the bodies in the raw topic are not those that were sent"}
	}
	return nil
}

// stored reads a topic to its end.
func readStored(ctx context.Context, p *environment.Environment, topic string, total int64) (stored, error) {
	p.Options.Progress.Step("reading "+topic, total)
	var out stored
	name := p.Names.Topic(topic)
	listed, err := p.Admin.ListEndOffsets(ctx, name)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return out, fmt.Errorf("look at the end of %s: %w", name, err)
	}
	var end int64
	for _, o := range listed[name] {
		end += o.Offset
	}
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.ConsumeTopics(name), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}, p.Kafka...)...)
	if err != nil {
		return out, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	const patience = 30 * time.Second
	for last := time.Now(); out.records < end; {
		bounded, cancel := context.WithTimeout(ctx, time.Second)
		fetches := client.PollFetches(bounded)
		cancel()
		fetches.EachRecord(func(r *kgo.Record) {
			out.records++
			out.digest += simulator.Digest(r.Value)
			last = time.Now()
		})
		p.Options.Progress.At(out.records)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if time.Since(last) > patience {
			return out, errors.New("the raw topic cannot be read to its end: " + name)
		}
	}
	return out, nil
}
