package assignor

import (
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Protocol returns the name of the assignor in the group protocol.
func Protocol(namespace string) string { return namespace + "-warm-sticky" }

// Balancer is a cooperative sticky assignor that considers where the state of a
// partition is. Members send their replicas to the leader in the user data of the join;
// the leader sends the replicas to keep in the user data of the assignment.
type Balancer struct {
	// Namespace begins the name of the protocol.
	Namespace string
	// Topic is the topic whose partitions are assigned.
	Topic string
	// Instance identifies the process, whose members share one store.
	Instance string
	// Standbys is the number of standby replicas per partition.
	Standbys int
	// Replicas returns the replicas in the store of this instance.
	Replicas func() map[int32]Replica
	// Keep receives the replicas that this instance should keep: see Assignment.Standby.
	Keep func(map[int32]bool)
}

var _ kgo.GroupBalancer = (*Balancer)(nil)

// ProtocolName implements kgo.GroupBalancer.
func (b *Balancer) ProtocolName() string { return Protocol(b.Namespace) }

// IsCooperative implements kgo.GroupBalancer.
func (*Balancer) IsCooperative() bool { return true }

// JoinGroupMetadata implements kgo.GroupBalancer.
func (b *Balancer) JoinGroupMetadata(topics []string, owned map[string][]int32, generation int32) []byte {
	meta := kmsg.NewConsumerMemberMetadata()
	meta.Version = 3
	meta.Topics, meta.Generation = topics, generation
	for _, topic := range slices.Sorted(maps.Keys(owned)) {
		part := kmsg.NewConsumerMemberMetadataOwnedPartition()
		part.Topic, part.Partitions = topic, owned[topic]
		meta.OwnedPartitions = append(meta.OwnedPartitions, part)
	}
	meta.UserData = AppendJoin(nil, b.Instance, b.Standbys, b.Replicas())
	return meta.AppendTo(nil)
}

// ParseSyncAssignment implements kgo.GroupBalancer.
func (b *Balancer) ParseSyncAssignment(bytes []byte) (map[string][]int32, error) {
	var parsed kmsg.ConsumerMemberAssignment
	if err := parsed.ReadFrom(bytes); err != nil {
		return nil, fmt.Errorf("read the group's assignment: %w", err)
	}
	out := make(map[string][]int32, len(parsed.Topics))
	for _, topic := range parsed.Topics {
		out[topic.Topic] = topic.Partitions
	}
	b.Keep(ParseKeep(parsed.UserData))
	return out, nil
}

// MemberBalancer implements kgo.GroupBalancer.
func (b *Balancer) MemberBalancer(members []kmsg.JoinGroupResponseMember) (kgo.GroupMemberBalancer, map[string]struct{}, error) {
	balancer, err := kgo.NewConsumerBalancer(b, members)
	if err != nil {
		return nil, nil, fmt.Errorf("read the group's members: %w", err)
	}
	topics := balancer.MemberTopics()
	return balancer, topics, nil
}

// Balance implements kgo.ConsumerBalancerBalance.
func (b *Balancer) Balance(balancer *kgo.ConsumerBalancer, topics map[string]int32) kgo.IntoSyncAssignment {
	var members []Member
	balancer.EachMember(func(member *kmsg.JoinGroupResponseMember, meta *kmsg.ConsumerMemberMetadata) {
		m := Member{ID: member.MemberID, Generation: meta.Generation}
		m.Instance, m.Standbys, m.Replicas = ParseJoin(meta.UserData)
		if m.Instance == "" {
			m.Instance = member.MemberID // another release: treated as a separate process
		}
		for _, owned := range meta.OwnedPartitions {
			if owned.Topic == b.Topic {
				m.Owned = append(m.Owned, owned.Partitions...)
			}
		}
		members = append(members, m)
	})
	return encodedAssignment{topic: b.Topic, members: members, decided: Assign(topics[b.Topic], members)}
}
