package lag

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// place is a partition of a topic.
type place struct {
	topic     string
	partition int32
}

// members is the coordinator's description of a group.
type members struct {
	kind, state string
	count       int // -1 if the broker does not tell
	owners      map[place]*Owner
	// topics are the subscribed topics; nil if no member reports any.
	topics map[string]bool
	err    error
}

// The types of groups, as the broker spells them.
const (
	typeClassic  = "classic"
	typeConsumer = "consumer"
	typeShare    = "share"
)

// listGroups returns the type of each group whose name matches a pattern.
func listGroups(ctx context.Context, client *kgo.Client, patterns []string) (map[string]*members, error) {
	resp, err := kmsg.NewPtrListGroupsRequest().RequestWith(ctx, client)
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	if err != nil {
		return nil, fmt.Errorf("list the groups: %w", err)
	}
	out := map[string]*members{}
	for i := range resp.Groups {
		g := &resp.Groups[i]
		// A share group has no position: its records are acknowledged one by one.
		if g.GroupType == typeShare || !matches(patterns, g.Group) {
			continue
		}
		kind := g.GroupType
		if kind == "" {
			kind = typeClassic
		}
		out[g.Group] = &members{kind: kind, state: g.GroupState, count: -1, owners: map[place]*Owner{}}
	}
	return out, nil
}

// matches reports whether a pattern fits a name. The pattern * is every group: in path.Match it is none
// with a slash.
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, name)
		return p == name || p == "*" || ok && err == nil
	})
}

// describe fills in the members, with one request for each coordinator and group type.
func describe(ctx context.Context, admin *kadm.Client, groups map[string]*members) error {
	var classic, newer []string
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		switch groups[name].kind {
		case typeClassic:
			classic = append(classic, name)
		case typeConsumer:
			newer = append(newer, name)
		}
	}
	var errs []error
	if len(classic) > 0 {
		described, err := admin.DescribeGroups(ctx, classic...)
		errs = append(errs, err)
		for name := range described {
			describeClassic(groups[name], described[name])
		}
	}
	if len(newer) > 0 {
		described, err := admin.DescribeConsumerGroups(ctx, newer...)
		errs = append(errs, err)
		for name := range described {
			describeNewer(groups[name], described[name])
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("describe the groups: %w", err)
	}
	return nil
}

func describeClassic(m *members, d kadm.DescribedGroup) {
	if m.err = d.Err; m.err != nil {
		return
	}
	m.state, m.count = d.State, len(d.Members)
	for i := range d.Members {
		member := &d.Members[i]
		owner := &Owner{MemberID: member.MemberID, ClientID: member.ClientID, Host: host(member.ClientHost)}
		if member.InstanceID != nil {
			owner.InstanceID = *member.InstanceID
		}
		if join, ok := member.Join.AsConsumer(); ok {
			m.subscribe(join.Topics...)
		}
		if assigned, ok := member.Assigned.AsConsumer(); ok {
			for _, t := range assigned.Topics {
				m.own(owner, t.Topic, t.Partitions...)
			}
		}
	}
}

func describeNewer(m *members, d kadm.DescribedConsumerGroup) {
	if m.err = d.Err; m.err != nil {
		return
	}
	m.state, m.count = d.State, len(d.Members)
	for i := range d.Members {
		member := &d.Members[i]
		owner := &Owner{MemberID: member.MemberID, ClientID: member.ClientID, Host: host(member.ClientHost)}
		if member.InstanceID != nil {
			owner.InstanceID = *member.InstanceID
		}
		m.subscribe(member.SubscribedTopics...)
		for topic, partitions := range member.Assignment {
			m.own(owner, topic, slices.Collect(maps.Keys(partitions))...)
		}
	}
}

// host strips the slash that Java puts before an address.
func host(h string) string {
	return strings.TrimPrefix(h, "/")
}

func (m *members) subscribe(topics ...string) {
	if m.topics == nil {
		m.topics = map[string]bool{}
	}
	for _, t := range topics {
		if t != "" { // of a topic that was deleted
			m.topics[t] = true
		}
	}
}

func (m *members) own(owner *Owner, topic string, partitions ...int32) {
	m.subscribe(topic)
	if topic == "" {
		return
	}
	for _, p := range partitions {
		m.owners[place{topic, p}] = owner
	}
}

// positions returns the committed offsets of a group; -1 for a partition that is
// assigned or expected but has no committed offset. Offsets of topics that no member
// subscribes to any more are left out.
func positions(m *members, fetched kadm.OffsetResponses, expected []place) map[place]int64 {
	out := map[place]int64{}
	for _, at := range expected {
		out[at] = -1
	}
	for at := range m.owners {
		out[at] = -1
	}
	fetched.Each(func(o kadm.OffsetResponse) {
		if o.Err != nil || o.At < 0 {
			return
		}
		at := place{o.Topic, o.Partition}
		if _, wanted := out[at]; wanted || len(m.topics) == 0 || m.topics[o.Topic] {
			out[at] = o.At
		}
	})
	return out
}
