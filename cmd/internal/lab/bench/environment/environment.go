package environment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/cmd/internal/tool/topics"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// Environment holds the broker, the registry, the topics and the folder of a bench.
type Environment struct {
	Options  *Options
	Names    schemas.Names
	Brokers  []string
	embedded *embedded.Stack
	registry string
	// endRegistry ends the registry where it is not the embedded stack's.
	endRegistry func()
	Kafka       []kgo.Opt
	client      *kgo.Client
	Admin       *kadm.Client
	dir         string
	// mine says that the prefix was found unused: only then is anything removed.
	mine bool
	// profile applies to the next subprocesses.
	profile Profile
	// SourceRate is how many webhooks a second each source may send; 0 is no limit.
	SourceRate float64
	// subprocesses counts those started, for the names of their files.
	subprocesses int
}

// metadataAge is how often a client may look at the cluster: topics come and go here.
const metadataAge = 50 * time.Millisecond

// Open creates the environment: topics exist and schemas are registered.
func Open(ctx context.Context, o *Options) (p *Environment, err error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	p = &Environment{Options: o, Names: schemas.Names{Prefix: o.Prefix}, Brokers: o.Brokers}
	defer func() { //nolint:contextcheck // a stop has its own time
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if p.dir, err = os.MkdirTemp("", "tributary-bench-"); err != nil {
		return p, fmt.Errorf("make a folder for the state: %w", err)
	}
	if len(o.Brokers) == 0 {
		if p.embedded, err = embedded.Start(); err != nil {
			return p, err
		}
		p.Brokers, p.registry = p.embedded.Brokers(), p.embedded.RegistryURL()
	} else {
		p.registry, p.endRegistry = embedded.Registry()
	}
	if err := p.connect(ctx); err != nil {
		return p, err
	}
	if err := p.unused(ctx); err != nil {
		return p, err
	}
	p.mine = true
	reg, err := registry.New(registry.Config{URLs: []string{p.registry}, Names: p.Names})
	if err != nil {
		return p, err
	}
	if _, err := reg.Register(ctx); err != nil {
		return p, fmt.Errorf("register the schemas: %w", err)
	}
	err = p.createTopics(ctx)
	return p, err
}

// connect makes the clients. How to be let in is said by the same variables as for
// every other command; brokers and prefix are the bench's own.
func (p *Environment) connect(ctx context.Context) error {
	f, err := config.Load("")
	if err != nil {
		return err
	}
	kafka := f.Config.Kafka
	kafka.Brokers, kafka.Prefix, kafka.ClientID = p.Brokers, p.Names.Prefix, "tributary-bench"
	options, err := kafka.Options()
	if err != nil {
		return err
	}
	options = append(options, kgo.MetadataMinAge(metadataAge))
	p.Kafka = slices.Clip(options) // others add to it
	if p.client, err = kgo.NewClient(append(p.Kafka, kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))...); err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	p.Admin = kadm.NewClient(p.client)
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := p.client.Ping(ctx); err != nil {
		return fmt.Errorf("reach Kafka at %v: %w", p.Brokers, err)
	}
	return nil
}

// unused makes sure that nothing has the prefix.
func (p *Environment) unused(ctx context.Context) error {
	have, err := p.owned(ctx)
	if err != nil {
		return err
	}
	if len(have) > 0 {
		return fmt.Errorf("topics begin with %q already, %s among them: a bench touches nothing but its own, so give another --prefix, or none",
			p.Names.Prefix, have[0])
	}
	return nil
}

// owned returns the topics that have the prefix.
func (p *Environment) owned(ctx context.Context) ([]string, error) {
	listed, err := p.Admin.ListTopics(kadm.WithAuthorizedOps(ctx))
	if err != nil {
		return nil, fmt.Errorf("list the topics: %w", err)
	}
	var out []string
	for name := range listed {
		if strings.HasPrefix(name, p.Names.Prefix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// wanted returns the topic configuration of a bench.
func (p *Environment) wanted() topics.Config {
	// Copied bodies may be of long ago, and their records with them: a broker would
	// delete them under the bench's hands.
	const ever = 100 * 365 * 24 * time.Hour
	retention := map[string]time.Duration{}
	for _, row := range schemas.Table() {
		if row.Delete {
			retention[row.Name] = ever
		}
	}
	return topics.Config{Partitions: p.Options.Partitions, ReplicationFactor: -1, Retention: retention}
}

func (p *Environment) createTopics(ctx context.Context) error {
	c := p.wanted()
	changes, err := topics.Diff(ctx, p.Admin, topics.Want(&c, p.Names))
	if err == nil {
		err = topics.Apply(ctx, p.Admin, c.ReplicationFactor, changes, nil)
	}
	if err != nil {
		return fmt.Errorf("make the topics: %w", err)
	}
	return nil
}

// Renew makes all but the raw topics anew, and forgets the groups: the next run
// begins with an empty state and the same input.
func (p *Environment) Renew(ctx context.Context) error {
	if err := p.removeGroups(ctx); err != nil {
		return err
	}
	have, err := p.owned(ctx)
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(have, func(name string) bool { return strings.HasPrefix(name, p.Names.Topic("raw.")) })
	if err := p.removeTopics(ctx, gone); err != nil {
		return err
	}
	return p.createTopics(ctx)
}

// RenewAll makes all topics anew.
func (p *Environment) RenewAll(ctx context.Context) error {
	if err := p.removeGroups(ctx); err != nil {
		return err
	}
	have, err := p.owned(ctx)
	if err != nil {
		return err
	}
	if err := p.removeTopics(ctx, have); err != nil {
		return err
	}
	return p.createTopics(ctx)
}

// removeTopics deletes topics and waits until the cluster does not know them.
func (p *Environment) removeTopics(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	if _, err := p.Admin.DeleteTopics(ctx, names...); err != nil {
		return fmt.Errorf("delete the bench's topics: %w", err)
	}
	for {
		have, err := p.owned(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(have, func(name string) bool { return slices.Contains(names, name) }) {
			return nil
		}
		if err := timespan.Wait(ctx, metadataAge); err != nil {
			return err
		}
	}
}

// groups are those of the stages.
func (p *Environment) groups() map[string]string {
	out := map[string]string{}
	for _, stage := range processor.StageNames() {
		if t, ok := processor.TopicsOf(stage); ok {
			out[p.Names.Group(stage)] = p.Names.Topic(t.Input)
		}
	}
	return out
}

// removeGroups deletes the stages' groups. Static members are removed first: their
// process has ended, but the group would wait for the session timeout.
func (p *Environment) removeGroups(ctx context.Context) error {
	listed, err := p.Admin.ListGroups(ctx)
	if err != nil {
		return fmt.Errorf("list the groups: %w", err)
	}
	for _, group := range listed.Groups() {
		if !strings.HasPrefix(group, p.Names.Prefix) {
			continue
		}
		described, err := p.Admin.DescribeGroups(ctx, group)
		if err != nil {
			return fmt.Errorf("look at group %s: %w", group, err)
		}
		var members []string
		for i := range described[group].Members {
			if id := described[group].Members[i].InstanceID; id != nil {
				members = append(members, *id)
			}
		}
		if len(members) > 0 {
			if _, err := p.Admin.LeaveGroup(ctx, kadm.LeaveGroup(group).InstanceIDs(members...)); err != nil {
				return fmt.Errorf("end the members of group %s: %w", group, err)
			}
		}
		if _, err := p.Admin.DeleteGroup(ctx, group); err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
			return fmt.Errorf("delete group %s: %w", group, err)
		}
	}
	return nil
}

// Close ends and removes everything that the bench created.
func (p *Environment) Close() error {
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var errs []error
	if p.mine && p.embedded == nil && !p.Options.Keep {
		errs = append(errs, p.removeGroups(ctx))
		have, err := p.owned(ctx)
		errs = append(errs, err, p.removeTopics(ctx, have))
	}
	if p.client != nil {
		p.client.Close()
	}
	if p.endRegistry != nil {
		p.endRegistry()
	}
	if p.embedded != nil {
		errs = append(errs, p.embedded.Close())
	}
	if p.dir != "" {
		errs = append(errs, os.RemoveAll(p.dir))
	}
	return errors.Join(errs...)
}

// StateDir is where the processor of this environment keeps its state.
func (p *Environment) StateDir() string { return filepath.Join(p.dir, "state") }

// Wipe deletes the state.
func (p *Environment) Wipe() error { return os.RemoveAll(p.StateDir()) }
