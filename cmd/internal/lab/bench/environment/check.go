package environment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/model"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit"
)

// unsure is the interval before now in which a deadline may or may not have been
// emitted.
const unsure = 5 * time.Minute

// Check compares the output topics of a run with the expected result and returns the
// differences; none means that the answers are right.
func (p *Environment) Check(ctx context.Context, how string, sent map[string]simulator.Count) ([]string, error) {
	if how == CheckNone {
		return nil, nil
	}
	var faults []string
	if how == CheckModel {
		wrong, err := p.checkModel(ctx, sent)
		if err != nil {
			return nil, err
		}
		faults = append(faults, wrong...)
	}
	wrong, err := p.checkAudit(ctx, sent)
	return append(faults, wrong...), err
}

// checkModel reads all topics and compares them with the naive model.
func (p *Environment) checkModel(ctx context.Context, sent map[string]simulator.Count) ([]string, error) {
	c, sources := p.SettingsOfModel()
	topics := model.NewTopics(p.Names, model.New(demo.ModelSettings(&c, sources, PhoneKeys()), simulator.Digest), nil)
	client, err := kgo.NewClient(append(topics.Options(), p.Kafka...)...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	total := Accepted(sent)
	p.Options.Progress.Step("comparing with the model", total)
	// The topics count as read to their end once no record has arrived for this long. A
	// difference found then may still be an expiry that is about to be emitted.
	const quiet = time.Second
	for last, judged := time.Now(), time.Now(); ; {
		bounded, cancel := context.WithTimeout(ctx, quiet/4)
		n, err := topics.Poll(bounded, client)
		cancel()
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("read the topics to check them: %w", err)
		}
		if n > 0 {
			last = time.Now()
		}
		sum := topics.Total()
		p.Options.Progress.At(sum.Raw)
		late := time.Since(last) > p.Options.Patience
		if !late && (sum.Raw < total || time.Since(last) < quiet || judged.After(last)) {
			continue
		}
		judged = time.Now()
		now := p.Options.Now()
		result := topics.Result(now.Add(-unsure), now)
		faults := demo.Faults(sent, &result)
		if len(faults) == 0 || late {
			return faults, nil
		}
	}
}

// checkAudit proves from the topics that every record had its effect once.
func (p *Environment) checkAudit(ctx context.Context, sent map[string]simulator.Count) ([]string, error) {
	return p.CheckRows(ctx, Accepted(sent))
}

// CheckRows is checkAudit for so many records.
func (p *Environment) CheckRows(ctx context.Context, total int64) ([]string, error) {
	const listed = 10
	report, err := audit.Run(ctx, audit.Config{Kafka: p.Kafka, Names: p.Names, Limit: listed, Progress: p.Options.Progress})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return AuditFaults(report, total), nil
}

// AuditFaults returns the faults in an audit report over total accepted records.
func AuditFaults(report *audit.Report, total int64) []string {
	var faults []string
	var rows int64
	for i := range report.Accounts {
		rows += report.Accounts[i].Raw
	}
	if rows != total {
		faults = append(faults, fmt.Sprintf("%d records were accepted, %d are in the raw topics", total, rows))
	}
	if report.Waiting > 0 {
		faults = append(faults, fmt.Sprintf("%d raw records were not processed", report.Waiting))
	}
	if !report.AddsUp {
		faults = append(faults, fmt.Sprintf("the audit found %d differences", report.Differences))
		for _, d := range report.Listed {
			faults = append(faults, fmt.Sprintf("%s: %s partition %d offset %d, key %s: missing %s, there %s, expected %d, applied %d",
				d.Kind, d.Topic, d.Partition, d.Offset, d.Key, d.Missing, d.There, d.Expected, d.Applied))
		}
	}
	return faults
}
