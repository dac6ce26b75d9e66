package verification_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestAnyOrder: random histories, in any order, with any repetition and any timing
// of deadlines, end in the same snapshots, tell the journeys the same in the end,
// and count every repeat.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		records := drawHistory(t, r)
		once := newEnd(t)
		for i := range records {
			once.note(t, once.p.feed(t, records[i]))
		}
		once.finish(t)

		repeats := rapid.SliceOfN(rapid.SampledFrom(records), 0, 8).Draw(r, "repeats")
		mixed := rapid.Permutation(append(append([]stage.Input{}, records...), repeats...)).Draw(r, "order")
		other := newEnd(t)
		for i := range mixed {
			other.p.held = rapid.IntRange(0, 2).Draw(r, "held") == 0
			other.note(t, other.p.feed(t, mixed[i]))
			if rapid.IntRange(0, 4).Draw(r, "advance") == 0 {
				// Ids are remembered for 72 h.
				to := noon(time.Duration(rapid.IntRange(0, 4200).Draw(r, "to")) * time.Minute)
				other.note(t, other.p.advance(t, to))
			}
		}
		other.finish(t)

		arrival := cmpopts.IgnoreFields(avro.VerificationSnapshot{}, "Revision", "ChangedBy", "ProcessedAt", "Late", "LatenessMs")
		decided := cmpopts.IgnoreFields(avro.Phone{}, "Block", "BlockAsOf") // when the number was first seen
		if diff := cmp.Diff(once.snapshots, other.snapshots, arrival, decided); diff != "" {
			r.Errorf("last snapshots (-once +any order):\n%s", diff)
		}
		told := cmpopts.IgnoreFields(avro.JourneyInput{}, "MemberRevision", "ChangedBy")
		if diff := cmp.Diff(once.members, other.members, told); diff != "" {
			r.Errorf("members told to journeys (-once +any order):\n%s", diff)
		}
		if once.duplicates != 0 || other.duplicates != len(repeats) || other.decoded != len(records) || other.buried != 0 {
			r.Errorf("%d records, %d repeats: %d decoded, %d duplicates, %d dead letters",
				len(records), len(repeats), other.decoded, other.duplicates, other.buried)
		}
	})
}

// end is where a history ends.
type end struct {
	p         *pipeline
	snapshots map[string]*avro.VerificationSnapshot
	// members is what a journey was told last of a member.
	members                     map[string]*avro.JourneyInput
	decoded, duplicates, buried int
}

func newEnd(t *testing.T) *end {
	t.Helper()
	return &end{p: newPipeline(t, time.Hour), snapshots: map[string]*avro.VerificationSnapshot{}, members: map[string]*avro.JourneyInput{}}
}

func (e *end) note(t *testing.T, outputs []stage.Output) {
	t.Helper()
	for i := range outputs {
		o := &outputs[i]
		switch {
		case o.Topic == schemas.EnrichedVerifications && o.Value == nil:
			delete(e.snapshots, string(o.Key))
		case o.Topic == schemas.EnrichedVerifications:
			s, _ := decode(t, o).(*avro.VerificationSnapshot)
			if before := e.snapshots[string(o.Key)]; before != nil && s.Revision != before.Revision+1 {
				t.Errorf("%s: revision %d after %d", o.Key, s.Revision, before.Revision)
			}
			e.snapshots[string(o.Key)] = s
		case o.Topic == schemas.InternalJourney:
			e.told(t, o)
		case o.Topic == schemas.Duplicates:
			e.duplicates++
		case strings.HasPrefix(o.Topic, "decoded."):
			e.decoded++
		case strings.HasPrefix(o.Topic, "deadletter."):
			e.buried++
		}
	}
}

func (e *end) told(t *testing.T, o *stage.Output) {
	t.Helper()
	in, _ := decode(t, o).(*avro.JourneyInput)
	name := string(o.Key) + " " + in.MemberID.Value
	if before := e.members[name]; before != nil && in.MemberRevision.Value <= before.MemberRevision.Value {
		t.Errorf("%s: told revision %d after %d", name, in.MemberRevision.Value, before.MemberRevision.Value)
	}
	if in.Kind == avro.JourneyInputKindVerification {
		e.members[name] = in
	}
	if in.Kind == avro.JourneyInputKindRemoval {
		if e.members[name] == nil {
			t.Errorf("%s: removed from a journey that does not know it", name)
		}
		delete(e.members, name)
	}
}

// finish releases what is held and moves the clocks behind every deadline, but
// not behind the end of the verifications.
func (e *end) finish(t *testing.T) {
	t.Helper()
	e.p.held = false
	e.note(t, e.p.run(t, nil))
	e.note(t, e.p.advance(t, noon(120*time.Hour)))
}

// drawHistory draws distinct facts of a few verifications, many of which tell
// other than the others and at the same time.
func drawHistory(t *testing.T, r *rapid.T) []stage.Input {
	t.Helper()
	var records []stage.Input
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(r, label) }
	seconds := func(label string) string { return fmt.Sprint(rapid.IntRange(0, 12).Draw(r, label)*10, "s") }
	for n := range rapid.IntRange(1, 8).Draw(r, "events") {
		values := map[string]string{
			"id": fmt.Sprint("event-", n), "v": pick("verification", "v1", "v1", "v2"), "made": seconds("made"),
			"status": pick("status", "0", "5", "5", "10", "20", "100", "7"), "delivered": pick("delivered", "", "telegram", "sms"),
			"cost": pick("cost", "null", "4", "9"), "payload": pick("payload", "", "_", "order-17", "order-18", "+4915112345678"),
			"ordered": pick("ordered", "0s", "0s", "-10s"), "phone": pick("phone", phone, phone, "+380501234567", ""),
		}
		var history []string
		for _, channel := range []string{"telegram", "sms", "voice"} {
			if rapid.Bool().Draw(r, channel) {
				history = append(history, channel+":"+pick("attempt", "0", "5", "10", "20", "100", "3")+"@"+seconds("processed"))
			}
		}
		values["history"] = strings.Join(history, ",")
		if len(history) > 0 && rapid.Bool().Draw(r, "channel object") {
			values["channel"] = history[0]
			values["error"] = pick("error", "", "Timeout", "Blocked")
		}
		if rapid.IntRange(0, 3).Draw(r, "source") == 0 {
			values["source"] = "shop-old"
		}
		name := pick("name", "success", "failed", "channel.sent", "channel.failed", "channel.success", "channel.updated")
		records = append(records, lox24Record(t, noon(time.Duration(rapid.IntRange(0, 200).Draw(r, "received"))*time.Minute), name, values))
	}
	return append(records, drawCalls(t, r)...)
}

// drawCalls draws facts of Unibell calls, each at most once.
func drawCalls(t *testing.T, r *rapid.T) []stage.Input {
	t.Helper()
	var records []stage.Input
	for n := range rapid.IntRange(0, 3).Draw(r, "calls") {
		ref, req := fmt.Sprint("ref-", n), fmt.Sprint("req-", n)
		source := rapid.SampledFrom([]string{"shop-unibell", "shop-deaf"}).Draw(r, "call source")
		made := rapid.SampledFrom([]string{"", "", "yes"}).Draw(r, "made")
		at := func(label string) time.Time {
			return noon(time.Duration(rapid.IntRange(0, 600).Draw(r, label)) * time.Second)
		}
		add := func(kind string, values map[string]string) {
			if rapid.IntRange(0, 3).Draw(r, kind) > 0 {
				values["source"] = source
				records = append(records, unibellRecord(t, at(kind+" at"), kind, values))
			}
		}
		add("request", map[string]string{"ref": ref, "made": made})
		add("answer", map[string]string{"ref": ref, "req": req, "word": "ok"})
		add("answer", map[string]string{"ref": ref, "end": rapid.SampledFrom([]string{"timeout", "refused"}).Draw(r, "end")})
		for _, word := range []string{"NEW", "DELIVERED", "REJECTED", "PUZZLING"} {
			add("status", map[string]string{"ref": ref, "req": req, "word": word})
			add("status", map[string]string{"req": req, "word": word})
		}
	}
	return records
}

// TestDeliveredByEitherOfTwo: two attempts that succeeded at the same time name the same
// channel in either order of their events.
func TestDeliveredByEitherOfTwo(t *testing.T) {
	t.Parallel()
	records := []stage.Input{
		lox24Record(t, noon(time.Minute), "channel.success", map[string]string{"id": "e1", "history": "telegram:10@30s"}),
		lox24Record(t, noon(time.Minute), "channel.success", map[string]string{"id": "e2", "history": "sms:10@30s"}),
	}
	var channels []string
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		e := newEnd(t)
		for _, i := range order {
			e.note(t, e.p.feed(t, records[i]))
		}
		e.finish(t)
		for _, s := range e.snapshots {
			channels = append(channels, s.DeliveredChannelRaw.Value)
		}
	}
	if len(channels) != 2 || channels[0] == "" || channels[0] != channels[1] {
		t.Errorf("channels = %q, want the same one twice", channels)
	}
}
