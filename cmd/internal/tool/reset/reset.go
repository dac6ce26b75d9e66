package reset

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/processor/engine"
)

// Apply carries a plan out. After an error it can be planned and applied again;
// until one succeeds, no processor of the stage works.
func Apply(ctx context.Context, config *Config, p *Plan) error {
	if len(p.Members) > 0 {
		return fmt.Errorf("%w: %s: stop these processors first (a member that is gone counts until its session times out)", ErrMembers, strings.Join(p.Members, ", "))
	}
	client, err := kgo.NewClient(append(slices.Clone(config.Kafka), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	admin := kadm.NewClient(client)
	wanted, err := p.wanted(config)
	if err != nil {
		return err
	}
	if err := p.stand(ctx, admin); err != nil {
		return err
	}
	if err := p.deleteChangelog(ctx, admin); err != nil {
		return err
	}
	if err := p.makeChangelog(ctx, admin, config, wanted); err != nil {
		return err
	}
	if err := p.begin(ctx, client); err != nil {
		return err
	}
	if _, err := admin.DeleteGroup(ctx, p.Group); err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		if errors.Is(err, kerr.NonEmptyGroup) {
			return fmt.Errorf("%w: a processor has joined group %s meanwhile: stop it and run reset again", ErrMembers, p.Group)
		}
		return fmt.Errorf("delete group %s (run reset again): %w", p.Group, err)
	}
	return nil
}

// wanted returns the changelog's settings, with the partition count of the input.
func (p *Plan) wanted(config *Config) (topics.Wanted, error) {
	for _, w := range topics.Want(&config.Topics, config.Names) {
		if w.Name == p.Changelog {
			w.Partitions = int32(len(p.Partitions)) //nolint:gosec // a partition count
			return w, nil
		}
	}
	return topics.Wanted{}, fmt.Errorf("changelog %s is not in the topic table", p.Changelog)
}

// deleteChangelog deletes the changelog and waits until the cluster no longer lists it.
func (p *Plan) deleteChangelog(ctx context.Context, admin *kadm.Client) error {
	responses, err := admin.DeleteTopics(ctx, p.Changelog)
	if err == nil {
		err = responses[p.Changelog].Err
	}
	if err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return fmt.Errorf("delete changelog %s (does the cluster let topics be deleted, delete.topic.enable?): %w", p.Changelog, err)
	}
	return p.until(ctx, admin, "be deleted", func(there bool) bool { return !there })
}

// A topic is deleted and made some time after Kafka has answered: patience is how long that
// may take, again the time between two requests that ask for it.
const (
	patience = 30 * time.Second
	again    = 100 * time.Millisecond
)

func (p *Plan) makeChangelog(ctx context.Context, admin *kadm.Client, config *Config, w topics.Wanted) error {
	configs := map[string]*string{}
	for key, value := range w.Configs {
		configs[key] = &value
	}
	for end := time.Now().Add(patience); ; {
		_, err := admin.CreateTopic(ctx, w.Partitions, config.Topics.ReplicationFactor, configs, w.Name)
		if err == nil {
			break
		}
		// The deletion of the old topic may still be in progress.
		if !errors.Is(err, kerr.TopicAlreadyExists) || time.Now().After(end) {
			return fmt.Errorf("make changelog %s anew (run reset again; no processor of the stage starts without it): %w", p.Changelog, err)
		}
		if err := timespan.Wait(ctx, again); err != nil {
			return err
		}
	}
	return p.until(ctx, admin, "be there", func(there bool) bool { return there })
}

// until waits until the changelog exists, or no longer exists.
func (p *Plan) until(ctx context.Context, admin *kadm.Client, what string, done func(there bool) bool) error {
	for end := time.Now().Add(patience); ; {
		details, err := admin.ListTopics(kadm.WithAuthorizedOps(ctx), p.Changelog)
		if err == nil && done(details.Has(p.Changelog)) {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("changelog %s did not come to %s within %s: run reset again", p.Changelog, what, patience)
		}
		if err := timespan.Wait(ctx, again); err != nil {
			return err
		}
	}
}

// begin writes the Rebuild record that every partition of the new changelog begins
// with.
func (p *Plan) begin(ctx context.Context, client *kgo.Client) error {
	var records []*kgo.Record
	for i := range p.Partitions {
		x := &p.Partitions[i]
		rebuild := engine.Rebuild{Until: x.Committed, Accounted: x.Accounted, Revisions: p.Revisions, Missing: x.Missing}
		key, value := rebuild.ChangelogEntry()
		records = append(records, &kgo.Record{Topic: p.Changelog, Partition: x.Partition, Key: key, Value: value})
	}
	if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return fmt.Errorf("write the beginning of changelog %s (run reset again): %w", p.Changelog, err)
	}
	return nil
}
