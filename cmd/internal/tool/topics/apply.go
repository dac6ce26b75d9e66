package topics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Change is one difference between the cluster and the wanted configuration.
type Change struct {
	Topic string `json:"topic"`
	// Kind is create, config, partitions or refused.
	Kind string `json:"kind"`
	// Key, Have and Want are of a config or the partition count.
	Key  string `json:"key,omitempty"`
	Have string `json:"have,omitempty"`
	Want string `json:"want,omitempty"`
	// Hint is the remedy for a refused change, or a warning about a changelog that is made anew.
	Hint string `json:"hint,omitempty"`

	wanted Wanted
}

// The kinds of changes.
const (
	KindCreate = "create"
	KindConfig = "config"
	// KindPartitions adds partitions to a topic whose family is empty.
	KindPartitions = "partitions"
	KindRefused    = "refused"
)

// Diff compares the cluster with the wanted configuration.
func Diff(ctx context.Context, admin *kadm.Client, wanted []Wanted) ([]Change, error) {
	names := make([]string, len(wanted))
	for i := range wanted {
		names[i] = wanted[i].Name
	}
	listed, err := list(ctx, admin, names)
	if err != nil {
		return nil, fmt.Errorf("list the topics: %w", err)
	}
	var existing []string
	for _, t := range listed {
		if t.Err == nil {
			existing = append(existing, t.Topic)
		} else if !errors.Is(t.Err, kerr.UnknownTopicOrPartition) {
			return nil, fmt.Errorf("look at topic %s: %w", t.Topic, t.Err)
		}
	}
	have := map[string]map[string]string{}
	if len(existing) > 0 {
		described, err := admin.DescribeTopicConfigs(ctx, existing...)
		if err != nil {
			return nil, fmt.Errorf("describe the topics: %w", err)
		}
		for _, rc := range described {
			if errors.Is(rc.Err, kerr.UnknownTopicOrPartition) {
				continue // deleted since it was listed
			}
			if rc.Err != nil {
				return nil, fmt.Errorf("describe topic %s: %w", rc.Name, rc.Err)
			}
			have[rc.Name] = map[string]string{}
			for _, c := range rc.Configs {
				have[rc.Name][c.Key] = c.MaybeValue()
			}
		}
	}
	var out []Change
	for _, w := range wanted {
		configs, exists := have[w.Name]
		if !exists {
			out = append(out, Change{Topic: w.Name, Kind: KindCreate, wanted: w})
			continue
		}
		out = append(out, differences(w, configs, len(listed[w.Name].Partitions))...)
	}
	return out, errors.Join(judgePartitions(ctx, admin, wanted, existing, out), noteState(ctx, admin, out))
}

func differences(w Wanted, have map[string]string, partitions int) []Change {
	var out []Change
	if n := int(w.Partitions); n != partitions {
		out = append(out, Change{
			Topic: w.Name, Kind: KindRefused, Key: keyPartitions, Have: strconv.Itoa(partitions), Want: strconv.Itoa(n), wanted: w,
		})
	}
	for _, key := range slices.Sorted(maps.Keys(w.Configs)) {
		if value, known := have[key]; !known || value != w.Configs[key] {
			out = append(out, Change{Topic: w.Name, Kind: KindConfig, Key: key, Have: value, Want: w.Configs[key], wanted: w})
		}
	}
	return out
}

// Apply carries changes out, all but refused ones, and returns an error that names
// every topic it could not change. done is called after each change; nil means not.
func Apply(ctx context.Context, admin *kadm.Client, replication int16, changes []Change, done func(*Change)) error {
	if done == nil {
		done = func(*Change) {}
	}
	var errs []error
	var created []string
	refused := map[string][]string{} // the topics that a broker does not create, by its reason
	alter := map[string][]kadm.AlterConfig{}
	for i := range changes {
		c := &changes[i]
		switch c.Kind {
		case KindCreate:
			configs := map[string]*string{}
			for k, v := range c.wanted.Configs {
				configs[k] = &v
			}
			if _, err := admin.CreateTopic(ctx, c.wanted.Partitions, replication, configs, c.Topic); err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
				if refused[err.Error()] = append(refused[err.Error()], c.Topic); len(refused[err.Error()]) == 1 {
					errs = append(errs, err)
				}
				continue
			}
			created = append(created, c.Topic)
			done(c)
		case KindPartitions:
			if err := addPartitions(ctx, admin, c); err != nil {
				errs = append(errs, err)
				continue
			}
			done(c)
		case KindConfig:
			alter[c.Topic] = append(alter[c.Topic], kadm.AlterConfig{Op: kadm.SetConfig, Name: c.Key, Value: new(c.Want)})
		}
	}
	for i, err := range errs {
		if of := refused[err.Error()]; len(of) > 0 {
			errs[i] = fmt.Errorf("create %s: %w", strings.Join(of, ", "), err)
		}
	}
	for _, topic := range slices.Sorted(maps.Keys(alter)) {
		if err := alterConfigs(ctx, admin, topic, alter[topic]); err != nil {
			errs = append(errs, err)
			continue
		}
		for i := range changes {
			if c := &changes[i]; c.Kind == KindConfig && c.Topic == topic {
				done(c)
			}
		}
	}
	return errors.Join(append(errs, visible(ctx, admin, created))...)
}

func addPartitions(ctx context.Context, admin *kadm.Client, c *Change) error {
	responses, err := admin.UpdatePartitions(ctx, int(c.wanted.Partitions), c.Topic)
	if err == nil {
		err = responses.Error()
	}
	if err != nil {
		return fmt.Errorf("add partitions to %s: %w", c.Topic, err)
	}
	return nil
}

func alterConfigs(ctx context.Context, admin *kadm.Client, topic string, configs []kadm.AlterConfig) error {
	responses, err := admin.AlterTopicConfigs(ctx, configs, topic)
	for _, r := range responses {
		err = errors.Join(err, r.Err)
	}
	if err != nil {
		return fmt.Errorf("alter %s: %w", topic, err)
	}
	return nil
}

// list reads topics from the cluster instead of the client's metadata cache, which is
// outdated for seconds after a topic is created or deleted. Asking for authorized
// operations bypasses that cache.
func list(ctx context.Context, admin *kadm.Client, names []string) (kadm.TopicDetails, error) {
	return admin.ListTopics(kadm.WithAuthorizedOps(ctx), names...)
}

// visible waits until created topics appear in the brokers' metadata, which happens
// shortly after their creation.
func visible(ctx context.Context, admin *kadm.Client, names []string) error {
	for len(names) > 0 {
		listed, err := list(ctx, admin, names)
		if err != nil {
			return fmt.Errorf("look at the created topics: %w", err)
		}
		if listed.Error() == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("wait for the created topics: %w", ctx.Err())
		}
	}
	return nil
}
