package verification_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestChannels: channels, failed attempts and switches of LOX24's routing strategy telegram,
// sms, whatever the order and the repetition of the events, and whichever of them are missing.
func TestChannels(t *testing.T) {
	t.Parallel()
	type way struct {
		First, Last, Delivered string
		Failed, Switches       int32
	}
	event := func(id, name, status, delivered, history string) map[string]string {
		return map[string]string{"id": id, "name": name, "status": status, "delivered": delivered, "history": history, "made": "1s"}
	}
	for name, test := range map[string]struct {
		events []map[string]string
		want   way
	}{
		"no attempt is known": {[]map[string]string{event("e1", "channel.updated", "0", "", "")}, way{}},
		"one attempt":         {[]map[string]string{event("e1", "channel.sent", "5", "", "telegram:5@1s")}, way{First: "TELEGRAM", Last: "TELEGRAM"}},
		"a fallback": {
			[]map[string]string{event("e1", "channel.failed", "5", "", "telegram:20@9s"), event("e2", "success", "10", "sms", "telegram:20@9s,sms:10@20s")},
			way{First: "TELEGRAM", Last: "SMS", Delivered: "SMS", Failed: 1, Switches: 1},
		},
		"failed twice on one channel is no fallback": {
			[]map[string]string{event("e1", "failed", "20", "", "sms/1:20@9s,sms/2:20@20s")}, way{First: "SMS", Last: "SMS", Failed: 2},
		},
		"a fallback before the first has ended": {
			[]map[string]string{event("e1", "channel.sent", "5", "", "telegram:5@9s,sms:5@20s")}, way{First: "TELEGRAM", Last: "SMS", Switches: 1},
		},
		"all fail": {
			[]map[string]string{event("e1", "failed", "20", "", "telegram:20@9s,sms:100@20s")}, way{First: "TELEGRAM", Last: "SMS", Failed: 2, Switches: 1},
		},
		"only the first attempt is known": {
			[]map[string]string{event("e1", "success", "10", "sms", "telegram:20@9s")},
			way{First: "TELEGRAM", Last: "SMS", Delivered: "SMS", Failed: 1, Switches: 1},
		},
		"only the last attempt is known": {
			[]map[string]string{event("e1", "success", "10", "telegram", "sms:20@9s")},
			way{First: "TELEGRAM", Last: "SMS", Delivered: "TELEGRAM", Failed: 1, Switches: 1},
		},
		"no attempt of the delivered channel is known": {
			[]map[string]string{event("e1", "success", "10", "sms", "")}, way{First: "SMS", Last: "SMS", Delivered: "SMS"},
		},
		"a channel outside the strategy comes last": {
			[]map[string]string{event("e1", "success", "10", "Viber", "telegram:20@9s,sms:20@12s")},
			way{First: "TELEGRAM", Last: "UNKNOWN", Delivered: "UNKNOWN", Failed: 2, Switches: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(4) {
				records := make([]stage.Input, 0, 2*len(test.events))
				for i, values := range append(test.events, test.events...) {
					records = append(records, lox24Record(t, noon(time.Duration(i)*time.Second), values["name"], values))
				}
				rand.New(rand.NewPCG(seed, 0)).Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
				e := newEnd(t)
				for i := range records {
					e.note(t, e.p.feed(t, records[i]))
				}
				for _, s := range e.snapshots {
					got := way{string(s.FirstChannel.Value), string(s.LastChannel.Value), string(s.DeliveredChannel.Value), s.FailedAttempts, s.ChannelSwitches}
					if diff := cmp.Diff(test.want, got); diff != "" {
						t.Errorf("seed %d (-want +got):\n%s", seed, diff)
					}
				}
				for name, in := range e.members {
					m := &in.Verification.Value
					got := way{string(m.FirstChannel.Value), string(m.LastChannel.Value), string(m.DeliveredChannel.Value), m.FailedAttempts, m.ChannelSwitches}
					if diff := cmp.Diff(test.want, got); diff != "" || !strings.HasPrefix(name, "order-17 ") {
						t.Errorf("seed %d: member %s (-want +got):\n%s", seed, name, diff)
					}
				}
			}
		})
	}
}

// TestCustomer: the customer of a verification is its newest phone, and a correction of the
// correlation id changes its journey alone.
func TestCustomer(t *testing.T) {
	t.Parallel()
	const other = "+380501234567"
	first := lox24Record(t, noon(time.Minute), "channel.sent", map[string]string{"id": "e1", "made": "1s", "payload": "order-1"})
	second := lox24Record(t, noon(time.Second), "channel.sent", map[string]string{"id": "e2", "made": "2s", "payload": "order-2", "phone": other})
	newest := pseudonyms(t).Phone(other, noon(0))
	for name, order := range map[string][]stage.Input{"in order": {first, second, first}, "the newer first": {second, first, second}} {
		e := newEnd(t)
		for i := range order {
			e.note(t, e.p.feed(t, order[i]))
		}
		for _, s := range e.snapshots {
			want := newest.Pseudonyms[0].KeyID + ":" + newest.Pseudonyms[0].HMAC
			if s.CustomerID != avro.Some(want) || s.Country != newest.Country || s.JourneyID != avro.Some("order-2") {
				t.Errorf("%s: customer %s of %s in journey %s, want %s of UA in order-2", name, s.CustomerID.Value, s.Country.Value, s.JourneyID.Value, want)
			}
		}
		if len(e.snapshots) != 1 || len(e.members) != 1 {
			t.Errorf("%s: %d verifications, %d members", name, len(e.snapshots), len(e.members))
		}
	}
}
