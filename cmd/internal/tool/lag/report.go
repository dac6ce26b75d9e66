package lag

import (
	"encoding/json"
	"time"

	"github.com/tributary-hq/tributary/processor/pause"
)

// Verdict is the state of a group in one word.
type Verdict string

// The verdicts, best first.
const (
	// VerdictOK: the group has read up to the end that the log had when the window
	// began.
	VerdictOK Verdict = "ok"
	// VerdictWatching: the window is still too short for another verdict.
	VerdictWatching Verdict = "watching"
	// VerdictUnknown: the group has no committed offset, or its state could not be
	// read.
	VerdictUnknown Verdict = "unknown"
	// VerdictRestoring: the members are restoring their state before they read on.
	VerdictRestoring Verdict = "restoring"
	// VerdictPaused: an operator has paused the stage, and it has members.
	VerdictPaused Verdict = "paused"
	// VerdictCatchingUp: more is read than written.
	VerdictCatchingUp Verdict = "catching up"
	// VerdictFallingBehind: more is written than read.
	VerdictFallingBehind Verdict = "falling behind"
	// VerdictStuck: there are unread records and the position does not move.
	VerdictStuck Verdict = "stuck"
	// VerdictBlocked: everything up to an open transaction is read.
	VerdictBlocked Verdict = "blocked"
	// VerdictNoMembers: the group has no members and its position does not move.
	VerdictNoMembers Verdict = "no members"
	// VerdictBeyondEnd: the position is beyond the end of the log, or of its leader
	// epoch.
	VerdictBeyondEnd Verdict = "beyond the end"
)

// Verdicts returns all of them, best first.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictOK, VerdictWatching, VerdictUnknown, VerdictRestoring, VerdictPaused, VerdictCatchingUp, VerdictFallingBehind, VerdictStuck, VerdictBlocked, VerdictNoMembers, VerdictBeyondEnd,
	}
}

// Span is a duration that is seconds in JSON.
type Span time.Duration

// MarshalJSON implements json.Marshaler.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).Seconds()) }

// Report is the state of all groups at one time.
type Report struct {
	At time.Time `json:"at"`
	// Window is the time that the groups have been watched, at most the configured
	// window.
	Window Span `json:"window_seconds"`
	// Warnings list the brokers or coordinators that did not answer.
	Warnings []string `json:"warnings,omitempty"`
	Groups   []Group  `json:"groups"`
	// Bad is the number of groups whose verdict requires action.
	Bad int `json:"bad"`
}

// Group is the state of one group.
type Group struct {
	Group string `json:"group"`
	// Ours is set if the group is a stage of this configuration.
	Ours bool `json:"ours"`
	// Type is classic, consumer or streams; empty for a group that does not exist.
	Type  string `json:"type,omitempty"`
	State string `json:"state,omitempty"`
	// Members is the number of members, -1 if the broker does not report it.
	Members int     `json:"members"`
	Verdict Verdict `json:"verdict"`
	// Reason explains the verdict in words.
	Reason string `json:"reason"`
	// Bad is set if the verdict requires action.
	Bad bool `json:"bad"`
	Figures
	// Restore is the progress of a restore of state; nil if there is none or no source
	// reports it.
	Restore *Restore `json:"restore,omitempty"`
	// Pause says who has paused the stage; nil if it is not paused.
	Pause      *pause.Pause `json:"pause,omitempty"`
	Partitions []Partition  `json:"partitions"`
}

// Figures are the lag of a partition, or the sum of a group.
type Figures struct {
	// Records is the number of unread offsets up to the last stable offset, an upper
	// bound of the unread records. It is 0 if none of these offsets holds a record.
	Records int64 `json:"records"`
	// Held is how many offsets lie after the last stable offset, behind open
	// transactions.
	Held int64 `json:"held_records"`
	// Lost is how many unread offsets retention has deleted.
	Lost int64 `json:"lost_records"`
	// Beyond is how many offsets the position lies beyond the end of the log, or beyond
	// the end of its leader epoch.
	Beyond int64 `json:"beyond_records"`
	// Age is the age of the oldest unread record, 0 if there is none. A record behind
	// an open transaction counts.
	Age Span `json:"seconds"`
	// In and Out are the offsets written and read per second within the window.
	In  float64 `json:"in_per_second"`
	Out float64 `json:"out_per_second"`
	// CatchUp is the time that reading the rest takes at these rates, nil if it never
	// ends.
	CatchUp *Span `json:"catch_up_seconds"`
}

// Partition is the state of a group in one partition.
type Partition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	// Position is the group's committed offset, -1 if it has committed none.
	Position int64 `json:"position"`
	// Start is the log start offset, Stable the last stable offset, End the high
	// watermark.
	Start  int64 `json:"start"`
	Stable int64 `json:"stable_end"`
	End    int64 `json:"end"`
	Figures
	// Next is the offset of the oldest unread record, -1 if there is none.
	Next  int64  `json:"next_unread"`
	Owner *Owner `json:"owner,omitempty"`
	// Transaction is the open transaction that holds records back, nil if there is
	// none.
	Transaction *Transaction `json:"transaction,omitempty"`
	// Verdict is the state of this partition; the group's verdict is derived from all
	// of them.
	Verdict Verdict `json:"verdict"`
	// Err is the reason why the offsets could not be read.
	Err string `json:"error,omitempty"`
}

// Owner is the member that a partition is assigned to.
type Owner struct {
	MemberID   string `json:"member_id"`
	InstanceID string `json:"instance_id,omitempty"`
	ClientID   string `json:"client_id"`
	Host       string `json:"host"`
}

// Name returns the most readable name of the member.
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

// Transaction is an open transaction that holds records back.
type Transaction struct {
	// ID is the transactional id. It is empty if no coordinator knows the producer:
	// then the transaction hangs and no timeout ends it (KIP-664).
	ID         string `json:"transactional_id,omitempty"`
	ProducerID int64  `json:"producer_id"`
	Epoch      int16  `json:"producer_epoch"`
	// State is the coordinator's state: Ongoing, PrepareCommit, …
	State string `json:"state,omitempty"`
	// Open is the time since the transaction began, or since its last record if the
	// begin is unknown.
	Open Span `json:"open_seconds"`
	// Timeout is the time after which the coordinator aborts it.
	Timeout Span  `json:"timeout_seconds"`
	First   int64 `json:"first_offset"`
}

// Restore is the progress of restoring a stage's state.
type Restore struct {
	Partitions  int     `json:"partitions_left"`
	Offsets     int64   `json:"offsets_left"`
	SecondsLeft float64 `json:"seconds_left"`
}
