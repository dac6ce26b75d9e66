package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/scan"
)

// stretches returns, for topics named without prefix, the offsets from the beginning of
// the span to the ends of the cut.
func (a *auditor) stretches(names ...string) scan.Ranges {
	out := scan.Ranges{}
	for _, name := range names {
		out[name] = map[int32]scan.Range{}
		for p, to := range a.cut.ends[name] {
			out[name][p] = scan.Range{From: max(a.cut.from[name][p], a.cut.starts[name][p]), To: to}
		}
	}
	return out
}

// checkCovered returns an error if no step reads a topic of the table: a topic that was
// not looked at must not count as one without differences.
func (a *auditor) checkCovered() error {
	for _, t := range audited() {
		if !a.covered[t.Name] && !slices.Contains(a.cut.missing, t.Name) {
			return fmt.Errorf("the audit has no step that reads %s", t.Name)
		}
	}
	return nil
}

// each yields every committed record of ranges of topics named without prefix; within a
// partition, in order.
func (a *auditor) each(ctx context.Context, step string, of scan.Ranges, yield func(topic string, r *kgo.Record) error) error {
	ranges := scan.Ranges{}
	for name, parts := range of {
		a.covered[name] = true
		ranges[a.config.Names.Topic(name)] = parts
	}
	config := scan.Config{Kafka: a.config.Kafka, Patience: a.config.Patience, Progress: a.config.Progress, Now: a.config.Now}
	return scan.Each(ctx, config, step, ranges, func(r *kgo.Record) error {
		a.read++
		return yield(strings.TrimPrefix(r.Topic, a.config.Names.Prefix), r)
	})
}
