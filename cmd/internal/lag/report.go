package lag

import (
	"encoding/json"
	"time"
)

// Verdict says in a word how a group is.
type Verdict string

// The verdicts, best first.
const (
	// VerdictOK: what was there when the window began has been read.
	VerdictOK Verdict = "ok"
	// VerdictWatching: the window is too short yet for another verdict.
	VerdictWatching Verdict = "watching"
	// VerdictUnknown: the group has committed nothing, so nobody knows where it is.
	VerdictUnknown Verdict = "unknown"
	// VerdictRestoring: the members are restoring their state before they read on.
	VerdictRestoring Verdict = "restoring"
	// VerdictCatchingUp: more is read than comes.
	VerdictCatchingUp Verdict = "catching up"
	// VerdictFallingBehind: more comes than is read.
	VerdictFallingBehind Verdict = "falling behind"
	// VerdictStuck: there is something to read and the position does not move.
	VerdictStuck Verdict = "stuck"
	// VerdictBlocked: everything up to an open transaction is read.
	VerdictBlocked Verdict = "blocked"
	// VerdictNoMembers: nobody reads.
	VerdictNoMembers Verdict = "no members"
	// VerdictBeyondEnd: the position is of records that the log has lost.
	VerdictBeyondEnd Verdict = "beyond the end"
)

// Verdicts returns all of them, best first.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictOK, VerdictWatching, VerdictUnknown, VerdictRestoring, VerdictCatchingUp, VerdictFallingBehind, VerdictStuck, VerdictBlocked, VerdictNoMembers, VerdictBeyondEnd,
	}
}

// Span is a duration that is told to programs in seconds.
type Span time.Duration

// MarshalJSON implements json.Marshaler.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).Seconds()) }

// Report is how the groups are.
type Report struct {
	At time.Time `json:"at"`
	// Window is how long the groups have been watched.
	Window Span `json:"window_seconds"`
	// Warnings say what part of the cluster did not answer.
	Warnings []string `json:"warnings,omitempty"`
	Groups   []Group  `json:"groups"`
	// Bad is how many groups have a verdict that somebody should act on.
	Bad int `json:"bad"`
}

// Group is how one group is.
type Group struct {
	Group string `json:"group"`
	// Ours says that the group is a stage of this configuration.
	Ours bool `json:"ours"`
	// Type is classic, consumer, streams, or empty for a group that is not there.
	Type  string `json:"type,omitempty"`
	State string `json:"state,omitempty"`
	// Members is how many there are, -1 if the broker does not tell.
	Members int     `json:"members"`
	Verdict Verdict `json:"verdict"`
	// Reason is the verdict in words.
	Reason string `json:"reason"`
	// Bad says that somebody should act.
	Bad bool `json:"bad"`
	Figures
	// Restore tells how far a restore of state is, nil if nothing tells or there is none.
	Restore    *Restore    `json:"restore,omitempty"`
	Partitions []Partition `json:"partitions"`
}

// Figures are the lag of a partition, or the sum of a group.
type Figures struct {
	// Records is how many offsets are unread, up to the last stable one: at most so
	// many records. It is 0 where none of them is a record.
	Records int64 `json:"records"`
	// Held is how many offsets stand behind open transactions.
	Held int64 `json:"held_records"`
	// Lost is how many unread offsets retention has deleted.
	Lost int64 `json:"lost_records"`
	// Beyond is by how many offsets the position lies beyond what the log has: its end,
	// or the end of the leader epoch that the position is of.
	Beyond int64 `json:"beyond_records"`
	// Age is that of the oldest record that is not read, 0 if there is none. What an
	// open transaction holds back counts.
	Age Span `json:"seconds"`
	// In and Out are offsets a second, written and read in the window.
	In  float64 `json:"in_per_second"`
	Out float64 `json:"out_per_second"`
	// CatchUp is how long reading the rest will take at these rates, nil if it would
	// not end.
	CatchUp *Span `json:"catch_up_seconds"`
}

// Partition is how a group is in one partition.
type Partition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	// Position is the group's committed offset, -1 if it has committed none.
	Position int64 `json:"position"`
	// Start is the first offset there is, Stable the end for readers of committed
	// records, End that of the log.
	Start  int64 `json:"start"`
	Stable int64 `json:"stable_end"`
	End    int64 `json:"end"`
	Figures
	// Next is the offset of the oldest record that is not read, -1 if there is none.
	Next  int64  `json:"next_unread"`
	Owner *Owner `json:"owner,omitempty"`
	// Transaction is what holds records back, nil if nothing does.
	Transaction *Transaction `json:"transaction,omitempty"`
	// Verdict is the partition's own part in the group's.
	Verdict Verdict `json:"verdict"`
	// Err says what could not be found out.
	Err string `json:"error,omitempty"`
}

// Owner is the member that a partition is assigned to.
type Owner struct {
	MemberID   string `json:"member_id"`
	InstanceID string `json:"instance_id,omitempty"`
	ClientID   string `json:"client_id"`
	Host       string `json:"host"`
}

// Name is what a person knows the member by.
func (o *Owner) Name() string {
	switch {
	case o == nil:
		return ""
	case o.InstanceID != "":
		return o.InstanceID
	case o.ClientID != "":
		return o.ClientID
	}
	return o.MemberID
}

// Transaction is an open one that holds records back.
type Transaction struct {
	// ID is the transactional id; empty if no coordinator knows the producer: then
	// the transaction hangs, and no timeout ends it.
	ID         string `json:"transactional_id,omitempty"`
	ProducerID int64  `json:"producer_id"`
	Epoch      int16  `json:"producer_epoch"`
	// State is the coordinator's word: Ongoing, PrepareCommit, …
	State string `json:"state,omitempty"`
	// Open is for how long it has been open.
	Open Span `json:"open_seconds"`
	// Timeout is after how long its coordinator ends it.
	Timeout Span  `json:"timeout_seconds"`
	First   int64 `json:"first_offset"`
}

// Restore is how far the restore of a stage's state is.
type Restore struct {
	Partitions  int     `json:"partitions_left"`
	Offsets     int64   `json:"offsets_left"`
	SecondsLeft float64 `json:"seconds_left"`
}
