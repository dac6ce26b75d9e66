package assignor

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// userDataVersion is the first byte of both kinds of user data. Data of another version is
// ignored: the member then has, or keeps, no replicas.
//
//	join        version | instance (uvarint length, bytes) | standby | count | (partition, offset, caught)*
//	assignment  version | count | (partition, moves)*
//
// All numbers are uvarints.
const userDataVersion = 1

// AppendJoin appends the user data with which a member joins.
func AppendJoin(dst []byte, instance string, standbys int, replicas map[int32]Replica) []byte {
	dst = append(dst, userDataVersion)
	dst = binary.AppendUvarint(dst, uint64(len(instance)))
	dst = append(dst, instance...)
	dst = binary.AppendUvarint(dst, uint64(standbys)) //nolint:gosec // a small count
	dst = binary.AppendUvarint(dst, uint64(len(replicas)))
	for _, p := range slices.Sorted(maps.Keys(replicas)) {
		dst = binary.AppendUvarint(dst, uint64(p))                  //nolint:gosec // a partition
		dst = binary.AppendUvarint(dst, uint64(replicas[p].Offset)) //nolint:gosec // an offset
		dst = binary.AppendUvarint(dst, flag(replicas[p].CaughtUp))
	}
	return dst
}

// ParseJoin reads the user data of a member. The instance is empty if the data has
// another version.
func ParseJoin(b []byte) (instance string, standbys int, replicas map[int32]Replica) {
	if len(b) == 0 || b[0] != userDataVersion {
		return "", 0, nil
	}
	r := uvarints{b: b[1:]}
	if n := r.next(); n <= uint64(len(r.b)) {
		instance, r.b = string(r.b[:n]), r.b[n:]
	}
	standbys = int(min(r.next(), 1<<10))
	replicas = map[int32]Replica{}
	for n := r.next(); n > 0 && !r.cut; n-- {
		p, w := int32(r.next()), Replica{Offset: int64(r.next()), CaughtUp: r.next() == 1} //nolint:gosec // written from these types
		if !r.cut {
			replicas[p] = w
		}
	}
	return instance, standbys, replicas
}

// AppendKeep appends the user data of an assignment: the replicas to keep.
func AppendKeep(dst []byte, keep map[int32]bool) []byte {
	dst = append(dst, userDataVersion)
	dst = binary.AppendUvarint(dst, uint64(len(keep)))
	for _, p := range slices.Sorted(maps.Keys(keep)) {
		dst = binary.AppendUvarint(dst, uint64(p)) //nolint:gosec // a partition
		dst = binary.AppendUvarint(dst, flag(keep[p]))
	}
	return dst
}

// ParseKeep reads the user data of an assignment.
func ParseKeep(b []byte) map[int32]bool {
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

// encodedAssignment encodes an assignment for the members.
type encodedAssignment struct {
	topic   string
	members []Member
	decided Assignment
}

// IntoSyncAssignment implements kgo.IntoSyncAssignment.
func (s encodedAssignment) IntoSyncAssignment() []kmsg.SyncGroupRequestGroupAssignment {
	out := make([]kmsg.SyncGroupRequestGroupAssignment, 0, len(s.members))
	for _, m := range s.members {
		topic := kmsg.NewConsumerMemberAssignmentTopic()
		topic.Topic, topic.Partitions = s.topic, s.decided.Active[m.ID]
		member := kmsg.NewConsumerMemberAssignment()
		member.Topics = append(member.Topics, topic)
		member.UserData = AppendKeep(nil, s.decided.Standby[m.Instance])
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
