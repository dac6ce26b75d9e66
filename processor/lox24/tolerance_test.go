package lox24_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/tolerance"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestOtherForms: a field in another form of one meaning is read; one without is left
// empty and counted, and the fact is emitted.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	history := `[{"id":"h1","channel":"telegram","status":10,"processed_at":1735689570,"external_id":"x"}]`
	channel := func(text string) []byte { return body(`"is_code_deleted"`, `"channel":`+text+`,"is_code_deleted"`) }
	tests := map[string]struct {
		body   []byte
		check  func(c *avro.LOX24VerifyCode) bool
		unread string
	}{
		"cost 5.0":                {body(`"cost":5`, `"cost":5.0`), func(c *avro.LOX24VerifyCode) bool { return c.CostMinor == avro.Some[int64](5) }, ""},
		"cost as text":            {body(`"cost":5`, `"cost":"5"`), func(c *avro.LOX24VerifyCode) bool { return c.CostMinor == avro.Some[int64](5) }, ""},
		"cost as decimal":         {body(`"cost":5`, `"cost":5.5`), func(c *avro.LOX24VerifyCode) bool { return !c.CostMinor.Set }, "data.cost"},
		"cost beyond 64 bits":     {body(`"cost":5`, `"cost":99999999999999999999`), func(c *avro.LOX24VerifyCode) bool { return !c.CostMinor.Set }, "data.cost"},
		"user_id as text":         {body(`"user_id":12345`, `"user_id":"12345"`), func(c *avro.LOX24VerifyCode) bool { return c.UserID == avro.Some[int64](12345) }, ""},
		"user_id in words":        {body(`"user_id":12345`, `"user_id":"me"`), func(c *avro.LOX24VerifyCode) bool { return !c.UserID.Set }, "data.user_id"},
		"updated_at empty":        {body(`"updated_at":1735689600`, `"updated_at":""`), func(c *avro.LOX24VerifyCode) bool { return !c.UpdatedAt.Set }, ""},
		"updated_at before 1970":  {body(`"updated_at":1735689600`, `"updated_at":-1`), func(c *avro.LOX24VerifyCode) bool { return !c.UpdatedAt.Set }, "data.updated_at"},
		"updated_at as ISO":       {body(`"updated_at":1735689600`, `"updated_at":"2025-01-01T01:00:00+0100"`), func(c *avro.LOX24VerifyCode) bool { return c.UpdatedAt.Value.Unix() == 1735689600 }, ""},
		"created_at in ms":        {body(`"created_at":1735689540`, `"created_at":1735689540123`), func(c *avro.LOX24VerifyCode) bool { return c.CreatedAt.UnixMilli() == 1735689540123 }, ""},
		"history as PHP's object": {body(history, `{}`), func(c *avro.LOX24VerifyCode) bool { return len(c.History) == 0 }, ""},
		"history in words":        {body(history, `"none"`), func(c *avro.LOX24VerifyCode) bool { return len(c.History) == 0 }, "data.history"},
		"history of words":        {body(history, `["none",`+history[1:]), func(c *avro.LOX24VerifyCode) bool { return len(c.History) == 1 }, "data.history"},
		"history status as text": {body(`"status":10,"processed_at"`, `"status":"10","processed_at"`), func(c *avro.LOX24VerifyCode) bool {
			return c.History[0].Status == avro.AttemptStatusSuccess
		}, ""},
		"channel as PHP's array": {channel("[]"), func(c *avro.LOX24VerifyCode) bool { return !c.Attempt.Set }, ""},
		"channel in words":       {channel(`"sms"`), func(c *avro.LOX24VerifyCode) bool { return !c.Attempt.Set }, "data.channel"},
		"strategy as object":     {body(`[{"channel":"telegram","timeout_sec":30,"sender_id":"LOX24"}]`, `{}`), func(c *avro.LOX24VerifyCode) bool { return len(c.RoutingStrategy) == 0 }, ""},
		"payload a number":       {body(`"order-17"`, `17`), func(c *avro.LOX24VerifyCode) bool { return slices.Equal(c.CorrelationIDs, []string{"17"}) }, ""},
		"payload an object":      {body(`"order-17"`, `{"order":17}`), func(c *avro.LOX24VerifyCode) bool { return len(c.CorrelationIDs) == 0 }, "data.payload"},
		"attempt_number as text": {body(`"attempt_number":1`, `"attempt_number":"1"`), func(c *avro.LOX24VerifyCode) bool { return c.AttemptNumber == avro.Some[int32](1) }, ""},
		"two equal totals":       {body(`"attempt_total":3`, `"attempt_total":3,"attempts_total":3`), func(c *avro.LOX24VerifyCode) bool { return c.AttemptTotal == avro.Some[int32](3) }, ""},
		"one total null":         {body(`"attempt_total":3`, `"attempt_total":null,"attempts_total":3`), func(c *avro.LOX24VerifyCode) bool { return c.AttemptTotal == avro.Some[int32](3) }, ""},
		"two other totals":       {body(`"attempt_total":3`, `"attempt_total":3,"attempts_total":4`), func(c *avro.LOX24VerifyCode) bool { return !c.AttemptTotal.Set }, "attempt_total"},
		"two costs":              {body(`"cost":5`, `"cost":5,"cost":7`), func(c *avro.LOX24VerifyCode) bool { return c.CostMinor == avro.Some[int64](7) }, "data.cost"},
		"two equal costs":        {body(`"cost":5`, `"cost":5,"cost":5`), func(c *avro.LOX24VerifyCode) bool { return c.CostMinor == avro.Some[int64](5) }, "data.cost"},
		"two attempt numbers":    {body(`"attempt_number":1`, `"attempt_number":1,"attempt_number":2`), func(c *avro.LOX24VerifyCode) bool { return c.AttemptNumber == avro.Some[int32](2) }, "attempt_number"},
		"two external ids":       {body(`"external_id":"x"`, `"external_id":"x","external_id":"y"`), func(c *avro.LOX24VerifyCode) bool { return c.History[0].ExternalID == avro.Some("y") }, "data.history.external_id"},
		"deleted 1":              {body(`"is_code_deleted":false`, `"is_code_deleted":1`), func(c *avro.LOX24VerifyCode) bool { return c.IsCodeDeleted == avro.Some(true) }, ""},
		"code_length too large":  {body(`"code_length":6`, `"code_length":9999999999`), func(c *avro.LOX24VerifyCode) bool { return !c.CodeLength.Set }, "data.code_length"},
		"currency empty":         {body(`"EUR"`, `""`), func(c *avro.LOX24VerifyCode) bool { return !c.Currency.Set }, ""},
		"channel in capitals": {body("telegram", "Telegram"), func(c *avro.LOX24VerifyCode) bool {
			return c.DeliveredChannel == avro.Some(avro.ChannelTelegram) && c.History[0].Channel == avro.ChannelTelegram
		}, ""},
		"payload half a letter": {body("order-17", `order \ud800`), func(c *avro.LOX24VerifyCode) bool { return len(c.CorrelationIDs) == 0 }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := feed(t, test.body, "shop"); !test.check(got) {
				t.Errorf("decoded %+v", got)
			}
			want := []stage.Count{}
			if test.unread != "" {
				want = append(want, stage.Count{Name: tolerance.CounterUnread, Label: test.unread, N: 1})
			}
			if diff := cmp.Diff(want, counted(t, test.body)); diff != "" {
				t.Errorf("counted (-want +got):\n%s", diff)
			}
		})
	}
}

// counted is what the decoder of a body went on without.
func counted(t *testing.T, body []byte) []stage.Count {
	t.Helper()
	m := newMemory(t)
	for range 2 { // a repeat is not counted again
		if _, err := m.Feed(record(body, "shop")); err != nil {
			t.Fatal(err)
		}
	}
	return slices.DeleteFunc(append([]stage.Count{}, m.Counts()...), func(c stage.Count) bool {
		return c.Name != tolerance.CounterUnread && c.Name != tolerance.CounterUnknown
	})
}

// TestUnknownEvent: an event of another name is decoded with the names of its fields
// and no values, once however often it comes, and its name is counted.
func TestUnknownEvent(t *testing.T) {
	t.Parallel()
	text := []byte(`{"id":"event-9","api_version":"2022-05-25","name":"phone.subscribe","created_at":1735689600,"attempt_number":2,"new":{"a":1},` +
		`"data":{"id":"v1","phone":"+4915112345678","score":77,"4915112345678":true,"score2":null},"notification_task_id":"task-1"}`)
	m := newMemory(t)
	outputs, err := m.Feed(record(text, "shop"), record(text, "shop"))
	if err != nil {
		t.Fatal(err)
	}
	outputs = slices.DeleteFunc(outputs, func(o stage.Output) bool { return o.Topic == schemas.InternalJourney }) // the clock
	if len(outputs) != 2 || outputs[0].Topic != schemas.DecodedLOX24UnknownEvent || outputs[1].Topic != schemas.Duplicates {
		t.Fatalf("%d outputs, want the decoded event and a duplicate", len(outputs))
	}
	_, b, err := wire.Parse(outputs[0].Value)
	if err != nil {
		t.Fatal(err)
	}
	var got avro.LOX24UnknownEvent
	if err := got.DecodeAvro(b); err != nil {
		t.Fatal(err)
	}
	got.Origin, got.ReceivedAt = avro.Origin{}, time.Time{}
	want := avro.LOX24UnknownEvent{
		EventID: "event-9", APIVersion: "2022-05-25", EventRaw: "phone.subscribe", EventCreatedAt: avro.Some(time.Unix(1735689600, 0).UTC()),
		AttemptNumber: avro.Some[int32](2), NotificationTaskID: avro.Some("task-1"), EntityID: "lox24:key",
		UnknownFields: []string{"data.id", "data.phone", "data.score", "data.score2", "new"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
	if strings.Contains(string(outputs[0].Value), "15112345678") {
		t.Error("a value leaves")
	}
	if diff := cmp.Diff([]stage.Count{{Name: tolerance.CounterUnknown, Label: "event/phone.subscribe", N: 1}}, counted(t, text)); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	if _, err := m.AdvanceTo(0, received().Add(config(t).Retention+time.Hour)); err != nil || m.Entries(0) != 0 {
		t.Errorf("entries are left: %v\n%s", err, m.Dump(0))
	}
}

// TestEventComesAgain: an event is one fact however late it comes again. One with a time
// is stale after the span; an unknown event without one is remembered for longer.
func TestEventComesAgain(t *testing.T) {
	t.Parallel()
	const plain = `{"id":"event-9","api_version":"2022-05-25","name":"phone.subscribe","data":{"id":"v1"}}`
	tests := map[string]struct {
		body []byte
		want map[string]int
	}{
		"a verification's": {body(), map[string]int{schemas.DecodedLOX24VerifyCode: 1, schemas.DeadLetterLOX24: 2}},
		"unknown, dated": {
			[]byte(strings.Replace(plain, `"data"`, `"created_at":1735689600,"data"`, 1)), map[string]int{schemas.DecodedLOX24UnknownEvent: 1, schemas.Duplicates: 2},
		},
		"unknown, without a time": {[]byte(plain), map[string]int{schemas.DecodedLOX24UnknownEvent: 1, schemas.Duplicates: 2}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, got := newMemory(t), map[string]int{}
			for _, hours := range []int{0, 80, 170} {
				outputs, err := m.Feed(recordAt(received().Add(time.Duration(hours)*time.Hour), test.body, "shop"))
				if err != nil {
					t.Fatal(err)
				}
				for i := range outputs {
					if topic := outputs[i].Topic; test.want[topic] > 0 || topic == schemas.Duplicates || topic == schemas.DeadLetterLOX24 {
						got[topic]++
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("records of each topic (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUnknownValues: a status or channel of another name is counted by it.
func TestUnknownValues(t *testing.T) {
	t.Parallel()
	got := counted(t, body("telegram", "pigeon", `"status":10,"delivered`, `"status":21,"delivered`))
	want := []stage.Count{
		{Name: tolerance.CounterUnknown, Label: "channel/pigeon", N: 1}, {Name: tolerance.CounterUnknown, Label: "status/21", N: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
}

// TestSnapshotIsAsItsDocsSay: a status that ends counts more than a later one in
// progress, and the deadline stays when there is an outcome.
func TestSnapshotIsAsItsDocsSay(t *testing.T) {
	t.Parallel()
	failed := body("verify_code.success", "verify_code.failed", `"status":10,"delivered`, `"status":20,"delivered`, `"currency":"EUR"`, `"currency":null`)
	later := body(`"event-1"`, `"event-2"`, "verify_code.success", "verify_code.channel.updated", `"created_at":1735689600`, `"created_at":1735689620`,
		`"status":10,"delivered`, `"status":5,"delivered`, `"cost":5`, `"cost":7`)
	for name, order := range map[string][][]byte{"in order": {failed, later}, "the later first": {later, failed}} {
		m := newMemory(t)
		var got avro.VerificationSnapshot
		for _, b := range order {
			outputs, err := m.Feed(record(b, "shop"))
			if err != nil {
				t.Fatal(err)
			}
			for i := range outputs {
				if outputs[i].Topic != schemas.EnrichedVerifications {
					continue
				}
				if err := got.DecodeAvro(outputs[i].Value[wire.HeaderSize:]); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got.StatusRaw != avro.Some("20") || got.Outcome != avro.VerificationOutcomeFailed || got.CostMinor != avro.Some[int64](7) {
			t.Errorf("%s: status_raw %v, outcome %s, cost %v; want 20, FAILED, 7", name, got.StatusRaw, got.Outcome, got.CostMinor)
		}
		if got.Deadline != avro.Some(received().Add(time.Hour)) || !got.OutcomeAt.Set || got.Late {
			t.Errorf("%s: deadline %v, outcome_at %v; want an hour after the first receipt", name, got.Deadline, got.OutcomeAt)
		}
	}
}
