package acl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tributary-hq/tributary/cmd/internal/tool/deadletter"
	"github.com/tributary-hq/tributary/processor"
	"github.com/tributary-hq/tributary/schemas"
)

// The roles.
const (
	RoleIngest    = "ingest"
	RoleProcessor = "processor"
	RoleAnalytics = "analytics"
	RoleOperator  = "operator"
	RoleTopics    = "topics"
	RoleReset     = "reset"
)

// RoleNames returns the roles in the order in which a record passes them.
func RoleNames() []string {
	return []string{RoleIngest, RoleProcessor, RoleAnalytics, RoleOperator, RoleTopics, RoleReset}
}

// Right is a set of operations on some resources, with its purpose.
type Right struct {
	// Resource is the kind: topic, group, transactional-id or cluster.
	Resource string `json:"resource"`
	// Names are the resource names on the cluster; if Prefixed is set, they are
	// prefixes.
	Names    []string `json:"names"`
	Prefixed bool     `json:"prefixed,omitempty"`
	// Operations are named as by kafka-acls.sh.
	Operations []string `json:"operations"`
	Why        string   `json:"why"`
}

// The kinds of resources, named as by kafka-acls.sh.
const (
	ResourceTopic         = "topic"
	ResourceGroup         = "group"
	ResourceTransactional = "transactional-id"
	ResourceCluster       = "cluster"
)

// The operations used in our rules.
const (
	opRead            = "Read"
	opWrite           = "Write"
	opCreate          = "Create"
	opDelete          = "Delete"
	opDescribe        = "Describe"
	opAlterConfigs    = "AlterConfigs"
	opDescribeConfigs = "DescribeConfigs"
	opIdempotentWrite = "IdempotentWrite"
)

// clusterName is Kafka's resource name of the cluster; anything matches every resource
// of a type.
const (
	clusterName = "kafka-cluster"
	anything    = "*"
)

// operation returns the library's value of an operation; ok is false for an unknown
// word.
func operation(word string) (kadm.ACLOperation, bool) {
	for op, name := range operations() {
		if name == word {
			return op, true
		}
	}
	return 0, false
}

// operations are all that a rule may hold, as kafka-acls.sh writes them.
func operations() map[kadm.ACLOperation]string {
	return map[kadm.ACLOperation]string{
		kadm.OpAll: "All", kadm.OpRead: opRead, kadm.OpWrite: opWrite, kadm.OpCreate: opCreate, kadm.OpDelete: opDelete, kadm.OpAlter: "Alter",
		kadm.OpDescribe: opDescribe, kadm.OpClusterAction: "ClusterAction", kadm.OpDescribeConfigs: opDescribeConfigs,
		kadm.OpAlterConfigs: opAlterConfigs, kadm.OpIdempotentWrite: opIdempotentWrite,
	}
}

// Rights returns the rights of a role, except the groups of analytics: see GroupRight.
// The topics come from the topic table and the stages' own lists, so that a new topic
// is included.
func Rights(role string, names schemas.Names) []Right {
	switch role {
	case RoleIngest:
		return []Right{
			{ResourceTopic, topicsOf(names, isRaw), false, []string{opWrite}, "a record for each webhook"},
			{ResourceCluster, []string{clusterName}, false, []string{opIdempotentWrite}, "no record twice by a retry, on brokers before 2.8"},
		}
	case RoleProcessor:
		return processorRights(names)
	case RoleAnalytics:
		return []Right{{ResourceTopic, topicsOf(names, isOpen), false, []string{opRead}, "facts and snapshots"}}
	case RoleOperator:
		return []Right{
			{ResourceTopic, topicsOf(names, isAny), false, []string{opRead, opDescribeConfigs}, "audit, lag, trace, deadletter, tail"},
			{
				ResourceTopic, sorted(names, append(stageTopics(func(t processor.Topics) []string { return []string{t.Input} }), schemas.InternalReplays, schemas.InternalPauses, schemas.Operations)),
				false,
				[]string{opWrite},
				"dead letters replayed and the notes of it, erasures that were asked for, pauses of stages, acts in the console",
			},
			{ResourceTransactional, []string{deadletter.TransactionalID(names)}, false, []string{opWrite}, "each dead letter replayed once"},
			{ResourceTransactional, []string{anything}, false, []string{opDescribe}, "whose open transaction blocks a group"},
			{ResourceGroup, []string{anything}, false, []string{opDescribe}, "how far each group is, not only ours"},
			{ResourceCluster, []string{clusterName}, false, []string{opDescribe}, "which groups there are"},
		}
	case RoleTopics:
		return []Right{{
			ResourceTopic, topicsOf(names, isAny), false, []string{opCreate, opDescribe, opAlterConfigs}, "topics diff and topics apply",
		}}
	case RoleReset:
		return []Right{
			{
				ResourceTopic, sorted(names, stageTopics(func(t processor.Topics) []string { return []string{t.Changelog} })),
				false,
				[]string{opCreate, opDelete, opWrite, opRead},
				"a changelog deleted and made anew, and what a reset before has left in it",
			},
			{
				ResourceTopic, sorted(names, stageTopics(func(t processor.Topics) []string { return []string{t.Input} })),
				false,
				[]string{opRead},
				"the group's offsets of the input, which Kafka lets nobody set who may not read it",
			},
			{ResourceTopic, topicsOf(names, isAny), false, []string{opDescribe}, "what there is to read again"},
			{ResourceTopic, []string{names.Topic(schemas.Ledger)}, false, []string{opRead}, "what is accounted for already"},
			{ResourceGroup, stageGroups(names), false, []string{opDelete, opRead}, "a stage's group, which begins anew where the stage had come to"},
		}
	}
	return nil
}

func processorRights(names schemas.Names) []Right {
	groups := stageGroups(names)
	ids := make([]string, len(groups))
	for i := range groups {
		ids[i] = groups[i] + "." // the dot keeps stages apart whose names begin alike
	}
	changelogs := stageTopics(func(t processor.Topics) []string { return []string{t.Changelog} })
	return []Right{
		{
			ResourceTopic, sorted(names, append(stageTopics(func(t processor.Topics) []string { return []string{t.Input} }), changelogs...)),
			false,
			[]string{opRead},
			"what the stages consume, and their state",
		},
		{ResourceTopic, []string{names.Topic(schemas.InternalPauses)}, false, []string{opRead}, "which stages are paused"},
		{
			ResourceTopic, sorted(names, append(stageTopics(func(t processor.Topics) []string { return append(t.Outputs, t.DeadLetter) }), changelogs...)),
			false,
			[]string{opWrite},
			"what the stages emit, and their state",
		},
		{
			ResourceTopic, sorted(names, stageTopics(func(t processor.Topics) []string { return append(t.Outputs, t.DeadLetter) })),
			false,
			[]string{opRead},
			"whether a broker has left a transaction of theirs open there, and how others ended",
		},
		{ResourceGroup, groups, false, []string{opRead}, "the stages' groups"},
		{ResourceTransactional, ids, true, []string{opWrite}, "its transactions, and ending those of a dead process"},
	}
}

func stageGroups(names schemas.Names) []string {
	var out []string
	for _, stage := range processor.StageNames() {
		out = append(out, names.Group(stage))
	}
	return out
}

// GroupRight is an analytics principal's right to groups of its own.
func GroupRight(c *Config, principal string, names schemas.Names) Right {
	return Right{ResourceGroup, []string{c.groupPrefix(principal, names)}, true, []string{opRead}, "groups of its own"}
}

func isRaw(t *schemas.Topic) bool {
	return slices.Contains(schemas.RawTopics(), t.Name)
}

func isOpen(t *schemas.Topic) bool { return t.Access == schemas.AccessOpen }

func isAny(*schemas.Topic) bool { return true }

// topicsOf returns the topics of the table that match, by their names on the cluster.
func topicsOf(names schemas.Names, meant func(*schemas.Topic) bool) []string {
	var out []string
	for _, t := range schemas.Table() {
		if meant(&t) {
			out = append(out, t.Name)
		}
	}
	return sorted(names, out)
}

// stageTopics returns topics of all stages, without prefix.
func stageTopics(pick func(processor.Topics) []string) []string {
	var out []string
	for _, stage := range processor.StageNames() {
		topics, _ := processor.TopicsOf(stage)
		out = append(out, pick(topics)...)
	}
	return out
}

func sorted(names schemas.Names, topics []string) []string {
	out := make([]string, len(topics))
	for i, t := range topics {
		out[i] = names.Topic(t)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Summary shortens a list of topics for display: if all topics with the same beginning
// are in it, they become one line.
func Summary(topics []string, names schemas.Names) []string {
	every := map[string]int{}
	for _, t := range schemas.Table() {
		every[beginning(t.Name)]++
	}
	has := map[string]int{}
	for _, topic := range topics {
		has[beginning(strings.TrimPrefix(topic, names.Prefix))]++
	}
	var out []string
	for _, topic := range topics {
		name := strings.TrimPrefix(topic, names.Prefix)
		if begins := beginning(name); every[begins] > 1 && has[begins] == every[begins] {
			topic = fmt.Sprintf("%s.… (all %d)", names.Topic(begins), every[begins])
		}
		out = append(out, topic)
	}
	return slices.Compact(out)
}

// beginning is the first word of a topic's name, of a changelog the first two.
func beginning(name string) string {
	if strings.HasPrefix(name, "internal.changelog.") {
		return "internal.changelog"
	}
	word, _, _ := strings.Cut(name, ".")
	return word
}
