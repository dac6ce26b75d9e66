package lag_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/cmd/internal/tool/lag"
)

// commitOf sets the group's position, with the leader epoch of the record before it.
func (r *rig) commitOf(at int64, epoch int32) {
	r.t.Helper()
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, at, epoch)
	if err := r.admin.CommitAllOffsets(r.t.Context(), group, offsets); err != nil {
		r.t.Fatal(err)
	}
}

// epochsEnd lets the broker say where the log of the first leader epoch ends.
func (r *rig) epochsEnd(at int64) {
	r.cluster.ControlKey(int16(kmsg.OffsetForLeaderEpoch), func(kreq kmsg.Request) (kmsg.Response, error, bool) {
		r.cluster.KeepControl()
		req, _ := kreq.(*kmsg.OffsetForLeaderEpochRequest)
		resp := kmsg.NewPtrOffsetForLeaderEpochResponse()
		resp.Version = req.Version
		for _, rt := range req.Topics {
			topic := kmsg.NewOffsetForLeaderEpochResponseTopic()
			topic.Topic = rt.Topic
			for _, rp := range rt.Partitions {
				part := kmsg.NewOffsetForLeaderEpochResponseTopicPartition()
				part.Partition, part.LeaderEpoch, part.EndOffset = rp.Partition, rp.LeaderEpoch, at
				topic.Partitions = append(topic.Partitions, part)
			}
			resp.Topics = append(resp.Topics, topic)
		}
		return resp, nil, true
	})
}

// TestBeyondTheEnd: a position of records that the log has lost is a verdict of its own,
// at once, also after the log has grown past it or was made anew.
func TestBeyondTheEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		epoch   int32
		at, end int64 // end of the position's epoch, -1: as the broker has it
		beyond  int64
		reason  string
	}{
		"the log ends before it":     {-1, 12, -1, 9, "beyond the end: its offset 12 of facts/0 is of records that the log does not have; for the group it ends at 3"},
		"the log has grown past it":  {0, 3, 1, 2, "its offset 3 of facts/0 is of records that the log does not have; for the group it ends at 1"},
		"the topic was made anew":    {7, 2, -1, 2, "for the group it ends at 0"},
		"all is as it should be":     {0, 3, -1, 0, "ok"},
		"the epoch goes on past it":  {0, 3, 3, 0, "ok"},
		"the epochs are unknown":     {-1, 3, 1, 0, "ok"},
		"at the end of a former one": {0, 3, 9, 0, "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, own())
			r.write(r.client, 3, 0)
			r.commitOf(test.at, test.epoch)
			if test.end >= 0 {
				r.epochsEnd(test.end)
			}
			g := r.look(0)
			if g.Beyond != test.beyond || g.Partitions[0].Beyond != test.beyond {
				t.Errorf("beyond = %d, want %d", g.Beyond, test.beyond)
			}
			if test.beyond == 0 {
				if g.Verdict == lag.VerdictBeyondEnd {
					t.Errorf("group is %s: %s", g.Verdict, g.Reason)
				}
				return
			}
			if g.Verdict != lag.VerdictBeyondEnd || !strings.Contains(g.Reason, test.reason) {
				t.Errorf("group is %s: %q, want %q", g.Verdict, g.Reason, test.reason)
			}
			if !g.Bad || g.Partitions[0].Verdict != lag.VerdictBeyondEnd {
				t.Errorf("group = %+v", g)
			}
		})
	}
}
