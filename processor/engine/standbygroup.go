package engine

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// warmProtocol is the name of our assignor in the group protocol.
const warmProtocol = "tributary-warm-sticky"

// warmBalancer is a cooperative sticky assignor that considers where the state of a
// partition is. Members send their replicas to the leader in the user data of the join;
// the leader sends the replicas to keep in the user data of the assignment.
type warmBalancer struct {
	topic    string
	instance string
	standby  int
	// copies returns the replicas of this instance, keep receives those to keep.
	copies func() map[int32]warmth
	keep   func(map[int32]bool)
}

var _ kgo.GroupBalancer = (*warmBalancer)(nil)

// balancer returns the worker's assignor.
func (w *worker) balancer() kgo.GroupBalancer {
	return &warmBalancer{topic: w.input, instance: w.instance, standby: w.config.Standby, copies: w.standby.copies, keep: w.standby.keep}
}

// ProtocolName implements kgo.GroupBalancer.
func (*warmBalancer) ProtocolName() string { return warmProtocol }

// IsCooperative implements kgo.GroupBalancer.
func (*warmBalancer) IsCooperative() bool { return true }

// JoinGroupMetadata implements kgo.GroupBalancer.
func (b *warmBalancer) JoinGroupMetadata(topics []string, owned map[string][]int32, generation int32) []byte {
	meta := kmsg.NewConsumerMemberMetadata()
	meta.Version = 3
	meta.Topics, meta.Generation = topics, generation
	for _, topic := range slices.Sorted(maps.Keys(owned)) {
		part := kmsg.NewConsumerMemberMetadataOwnedPartition()
		part.Topic, part.Partitions = topic, owned[topic]
		meta.OwnedPartitions = append(meta.OwnedPartitions, part)
	}
	meta.UserData = appendCopies(nil, b.instance, b.standby, b.copies())
	return meta.AppendTo(nil)
}

// ParseSyncAssignment implements kgo.GroupBalancer.
func (b *warmBalancer) ParseSyncAssignment(bytes []byte) (map[string][]int32, error) {
	var parsed kmsg.ConsumerMemberAssignment
	if err := parsed.ReadFrom(bytes); err != nil {
		return nil, fmt.Errorf("read the group's assignment: %w", err)
	}
	out := make(map[string][]int32, len(parsed.Topics))
	for _, topic := range parsed.Topics {
		out[topic.Topic] = topic.Partitions
	}
	b.keep(parseKeep(parsed.UserData))
	return out, nil
}

// MemberBalancer implements kgo.GroupBalancer.
func (b *warmBalancer) MemberBalancer(members []kmsg.JoinGroupResponseMember) (kgo.GroupMemberBalancer, map[string]struct{}, error) {
	balancer, err := kgo.NewConsumerBalancer(b, members)
	if err != nil {
		return nil, nil, fmt.Errorf("read the group's members: %w", err)
	}
	topics := balancer.MemberTopics()
	return balancer, topics, nil
}

// Balance implements kgo.ConsumerBalancerBalance.
func (b *warmBalancer) Balance(balancer *kgo.ConsumerBalancer, topics map[string]int32) kgo.IntoSyncAssignment {
	var members []groupMember
	balancer.EachMember(func(member *kmsg.JoinGroupResponseMember, meta *kmsg.ConsumerMemberMetadata) {
		m := groupMember{ID: member.MemberID, Generation: meta.Generation}
		m.Instance, m.Standby, m.Warm = parseCopies(meta.UserData)
		if m.Instance == "" {
			m.Instance = member.MemberID // another release: treated as a separate process
		}
		for _, owned := range meta.OwnedPartitions {
			if owned.Topic == b.topic {
				m.Owned = append(m.Owned, owned.Partitions...)
			}
		}
		members = append(members, m)
	})
	return syncAssignment{topic: b.topic, members: members, decided: assign(topics[b.topic], members)}
}

// syncAssignment encodes an assignment for the members.
type syncAssignment struct {
	topic   string
	members []groupMember
	decided assignment
}

// IntoSyncAssignment implements kgo.IntoSyncAssignment.
func (s syncAssignment) IntoSyncAssignment() []kmsg.SyncGroupRequestGroupAssignment {
	out := make([]kmsg.SyncGroupRequestGroupAssignment, 0, len(s.members))
	for _, m := range s.members {
		topic := kmsg.NewConsumerMemberAssignmentTopic()
		topic.Topic, topic.Partitions = s.topic, s.decided.Active[m.ID]
		member := kmsg.NewConsumerMemberAssignment()
		member.Topics = append(member.Topics, topic)
		member.UserData = appendKeep(nil, s.decided.Standby[m.Instance])
		to := kmsg.NewSyncGroupRequestGroupAssignment()
		to.MemberID, to.MemberAssignment = m.ID, member.AppendTo(nil)
		out = append(out, to)
	}
	slices.SortFunc(out, func(x, y kmsg.SyncGroupRequestGroupAssignment) int {
		if x.MemberID < y.MemberID {
			return -1
		}
		return 1
	})
	return out
}

// userDataVersion is the first byte of both kinds of user data. Data of another version is
// ignored: the member then has, or keeps, no replicas.
//
//	join        version | instance (uvarint length, bytes) | standby | count | (partition, offset, caught)*
//	assignment  version | count | (partition, moves)*
//
// All numbers are uvarints.
const userDataVersion = 1

func appendCopies(dst []byte, instance string, standby int, copies map[int32]warmth) []byte {
	dst = append(dst, userDataVersion)
	dst = binary.AppendUvarint(dst, uint64(len(instance)))
	dst = append(dst, instance...)
	dst = binary.AppendUvarint(dst, uint64(standby)) //nolint:gosec // a small count
	dst = binary.AppendUvarint(dst, uint64(len(copies)))
	for _, p := range slices.Sorted(maps.Keys(copies)) {
		dst = binary.AppendUvarint(dst, uint64(p))                //nolint:gosec // a partition
		dst = binary.AppendUvarint(dst, uint64(copies[p].Offset)) //nolint:gosec // an offset
		dst = binary.AppendUvarint(dst, flag(copies[p].Caught))
	}
	return dst
}

func parseCopies(b []byte) (instance string, standby int, copies map[int32]warmth) {
	if len(b) == 0 || b[0] != userDataVersion {
		return "", 0, nil
	}
	r := uvarints{b: b[1:]}
	if n := r.next(); n <= uint64(len(r.b)) {
		instance, r.b = string(r.b[:n]), r.b[n:]
	}
	standby = int(min(r.next(), 1<<10))
	copies = map[int32]warmth{}
	for n := r.next(); n > 0 && !r.cut; n-- {
		p, w := int32(r.next()), warmth{Offset: int64(r.next()), Caught: r.next() == 1} //nolint:gosec // written from these types
		if !r.cut {
			copies[p] = w
		}
	}
	return instance, standby, copies
}

func appendKeep(dst []byte, keep map[int32]bool) []byte {
	dst = append(dst, userDataVersion)
	dst = binary.AppendUvarint(dst, uint64(len(keep)))
	for _, p := range slices.Sorted(maps.Keys(keep)) {
		dst = binary.AppendUvarint(dst, uint64(p)) //nolint:gosec // a partition
		dst = binary.AppendUvarint(dst, flag(keep[p]))
	}
	return dst
}

func parseKeep(b []byte) map[int32]bool {
	keep := map[int32]bool{}
	if len(b) == 0 || b[0] != userDataVersion {
		return keep
	}
	r := uvarints{b: b[1:]}
	for n := r.next(); n > 0 && !r.cut; n-- {
		p, moves := int32(r.next()), r.next() == 1 //nolint:gosec // written from an int32
		if !r.cut {
			keep[p] = moves
		}
	}
	return keep
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// uvarints reads a sequence of uvarints. After the end, next returns 0 and cut is true.
type uvarints struct {
	b   []byte
	cut bool
}

func (r *uvarints) next() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.cut, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}
