package sim

import (
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
)

// group is the one consumer group: the classic protocol, cooperative, with static
// members.
type group struct {
	generation int32
	members    map[string]*member
	list       []*member
	made       int
	partitions int32
	// preparing says that members are awaited, until deadline.
	preparing bool
	deadline  int64
	leader    string
	// shuffle makes the next assignment one that minds nobody's partitions.
	shuffle bool
}

type member struct {
	id, instance string
	session      *Session
	seen         int64
	joined       bool
	assigned     map[int32]bool
}

// check is the fencing of an offset commit.
func (g *group) check(generation int32, memberID, instance string) error {
	if generation < 0 && memberID == "" {
		return nil // a commit that belongs to no member
	}
	if m := g.byInstance(instance); m != nil && m.id != memberID {
		return kerr.FencedInstanceID
	}
	if g.members[memberID] == nil {
		return kerr.UnknownMemberID
	}
	if generation != g.generation {
		return kerr.IllegalGeneration
	}
	return nil
}

func (g *group) byInstance(instance string) *member {
	for _, m := range g.members {
		if m.instance == instance {
			return m
		}
	}
	return nil
}

// sorted returns the members as a slice that does not change when they do.
func (g *group) sorted() []*member { return g.list }

func (g *group) add(m *member) {
	g.members[m.id] = m
	g.list = append(slices.Clone(g.list), m)
}

func (g *group) remove(m *member) {
	delete(g.members, m.id)
	g.list = slices.DeleteFunc(slices.Clone(g.list), func(other *member) bool { return other == m })
}

// join takes a member in. One with a known instance id takes the place of the member
// before, whose id is fenced from then on, and moves nothing.
func (c *Cluster) join(s *Session) {
	g := &c.group
	g.made++
	m := &member{
		id: fmt.Sprintf("%s-%d", s.id, g.made), instance: s.id, session: s, seen: c.world.now, joined: true, assigned: map[int32]bool{},
	}
	s.member = m.id
	old := g.byInstance(s.id)
	if old != nil {
		m.assigned = old.assigned
		g.remove(old)
		g.thrownOut(c, old, kerr.FencedInstanceID)
	}
	g.add(m)
	c.world.Logf("broker     %s joins, in place of another: %v", m.id, old != nil)
	leads := g.leader == "" || old != nil && g.leader == old.id
	if leads {
		g.leader = m.id
	}
	if old != nil && !g.preparing && g.generation > 0 {
		c.sync(m)
		if leads && len(c.orphans()) > 0 {
			c.trigger() // a leader's client sees that the assignment is not its own
		}
		return
	}
	c.trigger()
}

// orphans are the partitions that no member has.
func (c *Cluster) orphans() (out []int32) {
	owned := map[int32]bool{}
	for _, m := range c.group.members {
		for p := range m.assigned {
			owned[p] = true
		}
	}
	for p := range c.group.partitions {
		if !owned[p] {
			out = append(out, p)
		}
	}
	return out
}

// thrownOut lets a client hear, when it next asks, that it is no member any more.
func (*group) thrownOut(c *Cluster, m *member, why error) {
	s := m.session
	c.world.After(int64(c.world.Chance(300)), func() { s.lose(why) })
}

// Rebalance begins one for no reason, in which partitions move.
func (c *Cluster) Rebalance() {
	c.group.shuffle = true
	c.trigger()
}

// trigger begins a rebalance. Each member hears of it with its next heartbeat.
func (c *Cluster) trigger() {
	g := &c.group
	if g.preparing || len(g.members) == 0 {
		return
	}
	g.preparing, g.deadline = true, c.world.now+c.SessionTimeout
	for _, m := range g.sorted() {
		m.joined = false
		c.rejoin(m)
	}
}

// rejoin makes a member join again when chance has it, and its host runs.
func (c *Cluster) rejoin(m *member) {
	c.world.After(max(int64(c.world.Chance(100)), m.session.later()), func() {
		switch {
		case c.group.members[m.id] != m || m.session.over():
		case m.session.host.frozen > c.world.now || m.session.locked:
			c.rejoin(m)
		default:
			m.joined = true
			m.session.rejoining = false
			c.complete()
		}
	})
}

// complete ends a rebalance once every member has joined.
func (c *Cluster) complete() {
	g := &c.group
	if !g.preparing {
		return
	}
	for _, m := range g.members {
		if !m.joined {
			return
		}
	}
	g.preparing = false
	g.generation++
	members := g.sorted()
	c.world.Logf("broker     generation %d of %d members", g.generation, len(members))
	if len(members) == 0 {
		return
	}
	if g.members[g.leader] == nil {
		g.leader = members[0].id
	}
	target := c.target(members)
	claims := map[int32]*member{}
	for _, m := range members {
		for p := range m.session.owned {
			claims[p] = m
		}
	}
	for _, m := range members {
		m.assigned = map[int32]bool{}
	}
	for p := range g.partitions {
		m := target[p]
		if claims[p] == nil || claims[p] == m {
			m.assigned[p] = true
		}
	}
	for _, m := range members {
		c.sync(m)
	}
}

// target is who is to have each partition: mostly as it is, in even shares.
func (c *Cluster) target(members []*member) map[int32]*member {
	g := &c.group
	target, load := map[int32]*member{}, map[*member]int32{}
	share := (g.partitions + int32(len(members)) - 1) / int32(len(members)) //nolint:gosec // a few members
	sticky := c.world.Chance(4) > 0 && !g.shuffle
	g.shuffle = false
	for p := range g.partitions {
		for _, m := range members {
			if sticky && m.session.owned[p] && load[m] < share {
				target[p] = m
				load[m]++
			}
		}
	}
	for p := range g.partitions {
		if target[p] != nil {
			continue
		}
		m := members[c.world.Chance(len(members))]
		for load[m] >= share {
			m = members[c.world.Chance(len(members))]
		}
		target[p] = m
		load[m]++
	}
	return target
}

// sync brings a member its assignment, some time.
func (c *Cluster) sync(m *member) {
	generation, assigned := c.group.generation, maps.Clone(m.assigned)
	var deliver func()
	deliver = func() {
		switch {
		case c.group.members[m.id] != m || c.group.generation != generation || m.session.over():
		case m.session.host.frozen > c.world.now || m.session.locked:
			c.world.After(m.session.later(), deliver)
		default:
			m.session.synced(generation, assigned)
		}
	}
	c.world.After(int64(c.world.Chance(30)), deliver)
}

// leave takes a member out.
func (c *Cluster) leave(id string) {
	m := c.group.members[id]
	if m == nil {
		return
	}
	c.group.remove(m)
	if c.group.preparing {
		c.complete()
		return
	}
	c.trigger()
}

// tick throws members out that were not heard of, and ends a rebalance that some do
// not join.
func (g *group) tick(c *Cluster) {
	now := c.world.now
	for _, m := range g.sorted() {
		if !m.session.over() && m.session.host.frozen <= now {
			m.seen = now
			continue
		}
		if now > m.seen+c.SessionTimeout {
			c.world.Logf("broker     %s was not heard of", m.id)
			g.thrownOut(c, m, kerr.UnknownMemberID)
			c.leave(m.id)
		}
	}
	if g.preparing && now > g.deadline {
		for _, m := range g.sorted() {
			if !m.joined {
				c.world.Logf("broker     %s did not join in time", m.id)
				g.remove(m)
				g.thrownOut(c, m, kerr.UnknownMemberID)
			}
		}
		c.complete()
	}
}

func (g *group) nextTime(c *Cluster) int64 {
	next := int64(-1)
	for _, m := range g.members {
		if at := m.seen + c.SessionTimeout + 1; (m.session.over() || m.session.host.frozen > c.world.now) && (next < 0 || at < next) {
			next = at
		}
	}
	if g.preparing && (next < 0 || g.deadline+1 < next) {
		next = g.deadline + 1
	}
	return next
}

// Partitions sets how many partitions the group's topic has.
func (c *Cluster) Partitions(n int32) { c.group.partitions = n }
