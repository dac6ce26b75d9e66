package assignor

import (
	"slices"
)

// AcceptableLag is the lag, in changelog offsets, up to which a standby replica counts as
// caught up: an owner replays as many in a fraction of a second.
const AcceptableLag = 50_000

// Replica is the replay progress of an instance's replica of a partition.
type Replica struct {
	// Offset is the changelog position of the replica.
	Offset int64
	// CaughtUp is true if the replica follows the changelog within the acceptable
	// recovery lag.
	CaughtUp bool
}

// behind reports whether a replica is further behind than b.
func (a Replica) behind(b Replica) bool {
	if a.CaughtUp != b.CaughtUp {
		return b.CaughtUp
	}
	return a.Offset < b.Offset
}

// Member is a worker as the group leader sees it.
type Member struct {
	ID string
	// Instance identifies the process, whose workers share one store.
	Instance string
	// Generation is the group generation in which the member owned Owned.
	Generation int32
	Owned      []int32
	// Standbys is the number of standby replicas per partition in the instance's
	// configuration.
	Standbys int
	// Replicas are the replicas in the store of the instance.
	Replicas map[int32]Replica
}

// Assignment is the leader's decision. A partition that moves from one member to
// another is assigned to nobody until its owner has revoked it; the next rebalance
// assigns it.
type Assignment struct {
	// Active are the partitions of each member, by its id.
	Active map[string][]int32
	// Standby are the replicas that each instance keeps. True marks a warm-up replica:
	// the partition moves to that instance once the replica has caught up.
	Standby map[string]map[int32]bool
}

// Assign spreads partitions evenly over members. A partition stays with its owner if
// possible; otherwise it goes to the instance with the most complete standby replica.
// If standbys are configured, a partition does not move to an instance without a
// replica: that instance gets a warm-up replica, and the partition moves once it has
// caught up.
func Assign(partitions int32, members []Member) Assignment {
	a := &assigner{
		members: members, partitions: partitions, owner: owners(partitions, members),
		target: make([]int, partitions), load: make([]int, len(members)), quota: make([]int, len(members)),
	}
	for _, m := range members {
		a.standbys = max(a.standbys, m.Standbys)
	}
	a.setQuotas()
	a.keep()
	a.assignFree()
	return a.finish()
}

// none is the index of no member.
const none = -1

// owners returns each partition's owner, an index into members. If two members claim a
// partition, the later generation wins.
func owners(partitions int32, members []Member) []int {
	out := make([]int, partitions)
	for p := range out {
		out[p] = none
	}
	for i, m := range members {
		for _, p := range m.Owned {
			if p < partitions && (out[p] == none || members[out[p]].Generation < m.Generation) {
				out[p] = i
			}
		}
	}
	return out
}

type assigner struct {
	members    []Member
	partitions int32
	standbys   int
	// owner and target are the current and the new member of each partition, as indexes
	// into members.
	owner, target []int
	// load and quota count partitions by member.
	load, quota []int
}

// setQuotas gives members quotas that differ by at most one, and spreads the larger
// quotas over instances, preferring members that own more.
func (a *assigner) setQuotas() {
	owned := make([]int, len(a.members))
	for _, o := range a.owner {
		if o != none {
			owned[o]++
		}
	}
	each, more := int(a.partitions)/len(a.members), int(a.partitions)%len(a.members)
	workers, larger := map[string]int{}, map[string]int{}
	for i, m := range a.members {
		a.quota[i] = each
		workers[m.Instance]++
	}
	for ; more > 0; more-- {
		best := none
		for i, m := range a.members {
			if a.quota[i] > each {
				continue
			}
			// Compared as fractions of the instance's workers.
			mine := larger[m.Instance]
			if best == none {
				best = i
				continue
			}
			other := a.members[best].Instance
			left, right := mine*workers[other], larger[other]*workers[m.Instance]
			if left < right || left == right && owned[i] > owned[best] {
				best = i
			}
		}
		a.quota[best]++
		larger[a.members[best].Instance]++
	}
}

// keep leaves each owner the partitions within its quota. Partitions with a caught-up
// replica elsewhere are given up first.
func (a *assigner) keep() {
	var owned []int32
	for p := range a.partitions {
		a.target[p] = none
		if a.owner[p] != none {
			owned = append(owned, p)
		}
	}
	elsewhere := func(p int32) int {
		for i := range a.members {
			if a.members[i].Replicas[p].CaughtUp && !a.together(i, a.owner[p]) {
				return 1
			}
		}
		return 0
	}
	slices.SortStableFunc(owned, func(x, y int32) int { return elsewhere(x) - elsewhere(y) })
	for _, p := range owned {
		a.give(p, a.owner[p])
	}
}

// give assigns a partition to a member if its quota allows.
func (a *assigner) give(p int32, member int) {
	if a.target[p] == none && a.load[member] < a.quota[member] {
		a.target[p] = member
		a.load[member]++
	}
}

func (a *assigner) together(i, j int) bool { return a.members[i].Instance == a.members[j].Instance }

// assignFree assigns the partitions without a member: most complete replicas first, then
// evenly.
func (a *assigner) assignFree() {
	type offer struct {
		p       int32
		member  int
		replica Replica
	}
	var offers []offer
	for p := range a.partitions {
		for i := range a.members {
			if replica, ok := a.members[i].Replicas[p]; ok && a.target[p] == none {
				offers = append(offers, offer{p, i, replica})
			}
		}
	}
	slices.SortStableFunc(offers, func(x, y offer) int {
		switch {
		case y.replica.behind(x.replica):
			return -1
		case x.replica.behind(y.replica):
			return 1
		}
		return 0
	})
	// All workers of an instance share its replicas; the least loaded one gets the
	// partition.
	for _, o := range offers {
		best := none
		for i := range a.members {
			if a.together(i, o.member) && a.load[i] < a.quota[i] && (best == none || a.load[i] < a.load[best]) {
				best = i
			}
		}
		if best != none {
			a.give(o.p, best)
		}
	}
	for p := range a.partitions {
		for a.target[p] == none {
			a.give(p, a.leastLoaded())
		}
	}
}

// leastLoaded returns the member with the most unused quota.
func (a *assigner) leastLoaded() int {
	best := 0
	for i := range a.members {
		if a.quota[i]-a.load[i] > a.quota[best]-a.load[best] {
			best = i
		}
	}
	return best
}

// holder returns the member that can process a partition at once: its owner, or else a
// member of the instance with the most complete replica, or nobody.
func (a *assigner) holder(p int32) int {
	if a.owner[p] != none {
		return a.owner[p]
	}
	best := none
	for i := range a.members {
		replica, ok := a.members[i].Replicas[p]
		if ok && (best == none || a.members[best].Replicas[p].behind(replica) || a.together(best, i) && a.load[i] < a.load[best]) {
			best = i
		}
	}
	return best
}

// lagging reports whether a member's replica is much further behind than another's.
func (a *assigner) lagging(p int32, member, than int) bool {
	replica := a.members[member].Replicas[p]
	return !replica.CaughtUp && replica.Offset+AcceptableLag < a.members[than].Replicas[p].Offset
}

// finish completes the assignment: it postpones moves to instances without a caught-up
// replica, lets owners revoke moving partitions first, and assigns the standby
// replicas.
func (a *assigner) finish() Assignment {
	out := Assignment{Active: map[string][]int32{}, Standby: map[string]map[int32]bool{}}
	for _, m := range a.members {
		out.Active[m.ID], out.Standby[m.Instance] = nil, map[int32]bool{}
	}
	at := make([]string, a.partitions) // the instance that owns the partition after this assignment
	for p := range a.partitions {
		to := a.target[p]
		if now := a.holder(p); a.members[to].Standbys > 0 && now != none && !a.together(now, to) && a.lagging(p, to, now) {
			out.Standby[a.members[to].Instance][p] = true
			a.load[to]--
			a.load[now]++
			to = now
		}
		at[p] = a.members[to].Instance
		if o := a.owner[p]; o == none || o == to {
			out.Active[a.members[to].ID] = append(out.Active[a.members[to].ID], p)
		} else if a.members[to].Standbys > 0 {
			// The partition moves in the next rebalance; until then, its new instance
			// keeps the replica.
			out.Standby[at[p]][p] = false
		}
	}
	a.spread(at, out.Standby)
	return out
}
