package engine

import (
	"cmp"
	"slices"
)

// warmth is the replay progress of an instance's replica of a partition.
type warmth struct {
	// Offset is the changelog position of the replica.
	Offset int64
	// Caught is true if the replica follows the changelog within the acceptable
	// recovery lag.
	Caught bool
}

// less reports whether a replica is further behind than b.
func (a warmth) less(b warmth) bool {
	if a.Caught != b.Caught {
		return b.Caught
	}
	return a.Offset < b.Offset
}

// groupMember is a worker as the group leader sees it.
type groupMember struct {
	ID string
	// Instance identifies the process, whose workers share one store.
	Instance string
	// Generation is the group generation in which the member owned Owned.
	Generation int32
	Owned      []int32
	// Standby is the number of standby replicas per partition in the instance's
	// configuration.
	Standby int
	// Warm are the replicas in the store of the instance.
	Warm map[int32]warmth
}

// assignment is the leader's decision. A partition that moves from one member to
// another is assigned to nobody until its owner has revoked it; the next rebalance
// assigns it.
type assignment struct {
	// Active are the partitions of each member, by its id.
	Active map[string][]int32
	// Standby are the replicas that each instance keeps. True marks a warm-up replica:
	// the partition moves to that instance once the replica has caught up.
	Standby map[string]map[int32]bool
}

// assign spreads partitions evenly over members. A partition stays with its owner if
// possible; otherwise it goes to the instance with the most complete standby replica.
// If standbys are configured, a partition does not move to an instance without a
// replica: that instance gets a warm-up replica, and the partition moves once it has
// caught up.
func assign(partitions int32, members []groupMember) assignment {
	a := &assigner{
		members: members, partitions: partitions, owner: owners(partitions, members),
		target: make([]int, partitions), load: make([]int, len(members)), quota: make([]int, len(members)),
	}
	for _, m := range members {
		a.standby = max(a.standby, m.Standby)
	}
	a.setQuotas()
	a.keep()
	a.place()
	return a.settle()
}

// nobody is the index of no member.
const nobody = -1

// owners returns each partition's owner, an index into members. If two members claim a
// partition, the later generation wins.
func owners(partitions int32, members []groupMember) []int {
	out := make([]int, partitions)
	for p := range out {
		out[p] = nobody
	}
	for i, m := range members {
		for _, p := range m.Owned {
			if p < partitions && (out[p] == nobody || members[out[p]].Generation < m.Generation) {
				out[p] = i
			}
		}
	}
	return out
}

type assigner struct {
	members    []groupMember
	partitions int32
	standby    int
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
		if o != nobody {
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
		best := nobody
		for i, m := range a.members {
			if a.quota[i] > each {
				continue
			}
			// Compared as fractions of the instance's workers.
			mine := larger[m.Instance]
			if best == nobody {
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
		a.target[p] = nobody
		if a.owner[p] != nobody {
			owned = append(owned, p)
		}
	}
	elsewhere := func(p int32) int {
		for i := range a.members {
			if a.members[i].Warm[p].Caught && !a.together(i, a.owner[p]) {
				return 1
			}
		}
		return 0
	}
	slices.SortStableFunc(owned, func(x, y int32) int { return elsewhere(x) - elsewhere(y) })
	for _, p := range owned {
		a.put(p, a.owner[p])
	}
}

// put assigns a partition to a member if its quota allows.
func (a *assigner) put(p int32, member int) {
	if a.target[p] == nobody && a.load[member] < a.quota[member] {
		a.target[p] = member
		a.load[member]++
	}
}

func (a *assigner) together(i, j int) bool { return a.members[i].Instance == a.members[j].Instance }

// place assigns the partitions without a member: most complete replicas first, then
// evenly.
func (a *assigner) place() {
	type offer struct {
		p      int32
		member int
		warm   warmth
	}
	var offers []offer
	for p := range a.partitions {
		for i := range a.members {
			if warm, ok := a.members[i].Warm[p]; ok && a.target[p] == nobody {
				offers = append(offers, offer{p, i, warm})
			}
		}
	}
	slices.SortStableFunc(offers, func(x, y offer) int {
		switch {
		case y.warm.less(x.warm):
			return -1
		case x.warm.less(y.warm):
			return 1
		}
		return 0
	})
	// All workers of an instance share its replicas; the least loaded one gets the
	// partition.
	for _, o := range offers {
		best := nobody
		for i := range a.members {
			if a.together(i, o.member) && a.load[i] < a.quota[i] && (best == nobody || a.load[i] < a.load[best]) {
				best = i
			}
		}
		if best != nobody {
			a.put(o.p, best)
		}
	}
	for p := range a.partitions {
		for a.target[p] == nobody {
			a.put(p, a.emptiest())
		}
	}
}

// emptiest returns the member with the most unused quota.
func (a *assigner) emptiest() int {
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
	if a.owner[p] != nobody {
		return a.owner[p]
	}
	best := nobody
	for i := range a.members {
		warm, ok := a.members[i].Warm[p]
		if ok && (best == nobody || a.members[best].Warm[p].less(warm) || a.together(best, i) && a.load[i] < a.load[best]) {
			best = i
		}
	}
	return best
}

// cold reports whether a member's replica is much further behind than another's.
func (a *assigner) cold(p int32, member, than int) bool {
	warm := a.members[member].Warm[p]
	return !warm.Caught && warm.Offset+standbySlack < a.members[than].Warm[p].Offset
}

// settle completes the assignment: it postpones moves to instances without a caught-up
// replica, lets owners revoke moving partitions first, and assigns the standby
// replicas.
func (a *assigner) settle() assignment {
	out := assignment{Active: map[string][]int32{}, Standby: map[string]map[int32]bool{}}
	for _, m := range a.members {
		out.Active[m.ID], out.Standby[m.Instance] = nil, map[int32]bool{}
	}
	at := make([]string, a.partitions) // the instance that owns the partition after this assignment
	for p := range a.partitions {
		to := a.target[p]
		if now := a.holder(p); a.members[to].Standby > 0 && now != nobody && !a.together(now, to) && a.cold(p, to, now) {
			out.Standby[a.members[to].Instance][p] = true
			a.load[to]--
			a.load[now]++
			to = now
		}
		at[p] = a.members[to].Instance
		if o := a.owner[p]; o == nobody || o == to {
			out.Active[a.members[to].ID] = append(out.Active[a.members[to].ID], p)
		} else if a.members[to].Standby > 0 {
			// The partition moves in the next rebalance; until then, its new instance
			// keeps the replica.
			out.Standby[at[p]][p] = false
		}
	}
	a.spread(at, out.Standby)
	return out
}

// spread assigns standby replicas: existing replicas first, within an even share; then
// so that the partitions of one instance have their standbys on all others, which share
// its work when it dies.
func (a *assigner) spread(at []string, standby map[string]map[int32]bool) {
	var instances []string
	warm := map[string]map[int32]warmth{}
	for _, m := range a.members {
		if _, known := warm[m.Instance]; !known && m.Standby > 0 {
			instances, warm[m.Instance] = append(instances, m.Instance), m.Warm
		}
	}
	wanted := min(a.standby, len(instances))
	if wanted == 0 {
		return
	}
	share := (int(a.partitions)*wanted + len(instances) - 1) / len(instances)
	pairs := map[[2]string]int{}
	for p := range a.partitions {
		rank := slices.Clone(instances)
		slices.SortStableFunc(rank, func(x, y string) int {
			wx, wy := warm[x][p], warm[y][p]
			if len(standby[x]) >= share {
				wx = warmth{}
			}
			if len(standby[y]) >= share {
				wy = warmth{}
			}
			switch {
			case wy.less(wx):
				return -1
			case wx.less(wy):
				return 1
			}
			return cmp.Or(pairs[[2]string{at[p], x}]-pairs[[2]string{at[p], y}], len(standby[x])-len(standby[y]))
		})
		left := wanted
		for _, instance := range rank {
			if _, has := standby[instance][p]; has && instance != at[p] {
				left--
			}
		}
		for _, instance := range rank {
			if _, has := standby[instance][p]; has || left <= 0 || instance == at[p] {
				continue
			}
			standby[instance][p] = false
			pairs[[2]string{at[p], instance}]++
			left--
		}
	}
}
