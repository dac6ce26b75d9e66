package lox24_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/lox24"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// received is when the records of these tests are received.
func received() time.Time { return time.Date(2025, 1, 1, 0, 1, 0, 0, time.UTC) }

func config(tb testing.TB) lox24.Config {
	tb.Helper()
	p := stagetest.Pseudonyms(tb, strings.Repeat("k", 32))
	c := lox24.DefaultConfig()
	c.Privacy = p
	c.Sources = source.NewSet([]source.Source{
		{ID: "shop", Provider: "lox24"},
		{ID: "open", Provider: "lox24", Expose: []string{"error", "sender_id", "callback_data", "text"}, PayloadFields: []string{"/lang", "/phone"}},
	})
	if err := c.Validate(); err != nil {
		tb.Fatal(err)
	}
	return c
}

func record(body []byte, sourceID string) stage.Input { return recordAt(received(), body, sourceID) }

func recordAt(at time.Time, body []byte, sourceID string) stage.Input {
	e := raw.Envelope{
		Source: sourceID, Provider: raw.ProviderLOX24, Assurance: raw.AssuranceSharedSecret, SecretID: "first", RequestID: "request-1",
		ReceivedAt: at, Kind: raw.KindWebhook, ContentType: "application/json",
	}
	return stage.Input{Topic: schemas.RawLOX24, Key: []byte("lox24:key"), Value: body, Headers: raw.Append[stage.Header](nil, &e)}
}

func newStage(tb testing.TB) *lox24.Stage {
	tb.Helper()
	return lox24.New(config(tb))
}

func newMemory(tb testing.TB) *enginetest.Driver {
	tb.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: lox24.Name, Stage: newStage(tb), DeadLetter: schemas.DeadLetterLOX24,
		Outputs: []string{
			schemas.DecodedLOX24VerifyCode, schemas.DecodedLOX24SMS, schemas.DecodedLOX24UnknownEvent, schemas.EnrichedVerifications, schemas.FactsAttempts,
			schemas.Duplicates, schemas.InternalJourney,
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// feed returns the decoded verify_code of a body.
func feed(tb testing.TB, body []byte, sourceID string) *avro.LOX24VerifyCode {
	tb.Helper()
	outputs, err := newMemory(tb).Feed(record(body, sourceID))
	if err != nil {
		tb.Fatal(err)
	}
	for i := range outputs {
		if outputs[i].Topic != schemas.DecodedLOX24VerifyCode {
			continue
		}
		_, b, err := wire.Parse(outputs[i].Value)
		if err != nil {
			tb.Fatal(err)
		}
		code := &avro.LOX24VerifyCode{}
		if err := code.DecodeAvro(b); err != nil {
			tb.Fatal(err)
		}
		return code
	}
	tb.Fatalf("no decoded record, but %d others", len(outputs))
	return nil
}

func seed(tb testing.TB, name string) []byte {
	tb.Helper()
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// TestSeed decodes the examples of the provider's documentation whole.
func TestSeed(t *testing.T) {
	t.Parallel()
	got := feed(t, seed(t, "channel_failed"), "shop")
	at := func(unix int64) time.Time { return time.Unix(unix, 0).UTC() }
	if got.Phone.Value.Country.Value != "DE" || len(got.Phone.Value.Pseudonyms) != 1 {
		t.Errorf("phone = %+v, want a pseudonym of a German number", got.Phone)
	}
	got.Phone = avro.Optional[avro.Phone]{}
	want := &avro.LOX24VerifyCode{
		Origin: avro.Origin{
			Source: "shop", Provider: "lox24", Assurance: avro.AssuranceSharedSecret, SecretID: "first", RequestID: "request-1",
			Topic: schemas.RawLOX24,
		},
		ReceivedAt: received(),
		EventID:    "e5f6a7b8-9c0d-4e1f-2a3b-4c5d6e7f8a9b", APIVersion: "2022-05-25", EventRaw: "verify_code.channel.failed",
		Event: avro.LOX24VerifyCodeEventChannelFailed, EventCreatedAt: at(1735689630), AttemptTotal: avro.Some[int32](3),
		AttemptNumber: avro.Some[int32](1), NotificationTaskID: avro.Some("77dcf296-fc00-4fc0-9b6d-6f54e85ff975"),
		VerificationID: "lox24:a1b2c3d4-e5f6-7890-abcd-ef1234567890", ProviderID: "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
		UserID: avro.Some[int64](12345),
		RoutingStrategy: []avro.LOX24RoutingStep{
			{ChannelRaw: "telegram", Channel: avro.ChannelTelegram, TimeoutSec: avro.Some[int32](30)},
			{ChannelRaw: "sms", Channel: avro.ChannelSMS, TimeoutSec: avro.Some[int32](60)},
		},
		StatusRaw: 5, Status: avro.AttemptStatusInProgress, CostMinor: avro.Some[int64](5), Currency: avro.Some("EUR"),
		CodeLength: avro.Some[int32](4), CorrelationIDs: []string{"session_abc123"}, PayloadFields: map[string]string{},
		CreatedAt: at(1735689540), UpdatedAt: avro.Some(at(1735689630)),
		History: []avro.LOX24HistoryEntry{{
			ID: "a1b2c3d4-d5e6-7890-abcd-ef1234567890", ChannelRaw: "telegram", Channel: avro.ChannelTelegram, StatusRaw: 20,
			Status: avro.AttemptStatusFailed, StatusAt: avro.Some(at(1735689575)), ExternalID: avro.Some("tg_msg_001"),
		}},
		IsCodeDeleted: avro.Some(false),
		Attempt: avro.Some(avro.LOX24Attempt{
			ID: "a1b2c3d4-d5e6-7890-abcd-ef1234567890", ChannelRaw: "telegram", Channel: avro.ChannelTelegram, StatusRaw: 20,
			Status: avro.AttemptStatusFailed, StatusAt: avro.Some(at(1735689575)), ExternalID: avro.Some("tg_msg_001"),
			CostMinor: avro.Some[int64](5),
		}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
}

// body is a small event, with changes made to its text.
func body(changes ...string) []byte {
	text := `{"id":"event-1","api_version":"2022-05-25","name":"verify_code.success","created_at":1735689600,"attempt_total":3,"attempt_number":1,` +
		`"data":{"id":"v1","user_id":12345,"phone":"+4915112345678","routing_strategy":[{"channel":"telegram","timeout_sec":30,"sender_id":"LOX24"}],` +
		`"status":10,"delivered_channel":"telegram","cost":5,"currency":"EUR","code":"739125","code_length":6,"payload":"order-17",` +
		`"created_at":1735689540,"updated_at":1735689600,"history":[{"id":"h1","channel":"telegram","status":10,"processed_at":1735689570,"external_id":"x"}],` +
		`"is_code_deleted":false},"notification_task_id":"task-1"}`
	return []byte(strings.NewReplacer(changes...).Replace(text))
}

// TestTolerant: what the provider leaves open is taken either way.
func TestTolerant(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body  []byte
		check func(c *avro.LOX24VerifyCode) bool
	}{
		"attempts_total":       {body(`"attempt_total"`, `"attempts_total"`), func(c *avro.LOX24VerifyCode) bool { return c.AttemptTotal == avro.Some[int32](3) }},
		"no attempt_total":     {body(`"attempt_total":3,`, ""), func(c *avro.LOX24VerifyCode) bool { return !c.AttemptTotal.Set }},
		"voice":                {body("telegram", "voice"), func(c *avro.LOX24VerifyCode) bool { return c.History[0].Channel == avro.ChannelVoice }},
		"a channel of its own": {body("telegram", "pigeon"), func(c *avro.LOX24VerifyCode) bool { return c.DeliveredChannel == avro.Some(avro.ChannelUnknown) }},
		"timeout null":         {body(`"timeout_sec":30,"sender_id":"LOX24"`, `"timeout_sec":null,"sender_id":null,"template":null`), func(c *avro.LOX24VerifyCode) bool { return !c.RoutingStrategy[0].TimeoutSec.Set }},
		"history null":         {body(`"history":[{"id":"h1","channel":"telegram","status":10,"processed_at":1735689570,"external_id":"x"}]`, `"history":null`), func(c *avro.LOX24VerifyCode) bool { return len(c.History) == 0 }},
		"history entry null": {body(`"processed_at":1735689570,"external_id":"x"`, `"processed_at":null,"external_id":null`), func(c *avro.LOX24VerifyCode) bool {
			return !c.History[0].StatusAt.Set && !c.History[0].ExternalID.Set
		}},
		"code deleted":   {body(`"code":"739125",`, "", `"is_code_deleted":false`, `"is_code_deleted":true`), func(c *avro.LOX24VerifyCode) bool { return c.IsCodeDeleted == avro.Some(true) }},
		"no phone":       {body(`"phone":"+4915112345678",`, ""), func(c *avro.LOX24VerifyCode) bool { return !c.Phone.Set }},
		"unknown status": {body(`"status":10,"delivered`, `"status":15,"delivered`), func(c *avro.LOX24VerifyCode) bool { return c.StatusRaw == 15 && c.Status == avro.AttemptStatusUnknown }},
		"unknown fields": {body(`"cost":5`, `"cost":5,"new":{"a":[1,{"code":"739125"}]}`), func(c *avro.LOX24VerifyCode) bool { return c.CostMinor == avro.Some[int64](5) }},
		"escaped key":    {body(`"payload"`, `"payl\u006fad"`), func(c *avro.LOX24VerifyCode) bool { return len(c.CorrelationIDs) == 1 }},
		"data first": {
			[]byte(`{"data":{"id":"v1","status":10,"created_at":1735689540},"created_at":1735689600,"name":"verify_code.success","id":"event-1","api_version":"2022-05-25"}`),
			func(c *avro.LOX24VerifyCode) bool {
				return c.ProviderID == "v1" && c.Event == avro.LOX24VerifyCodeEventSuccess
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := feed(t, test.body, "shop"); !test.check(got) {
				t.Errorf("decoded %+v", got)
			}
		})
	}
}

// TestExpose: free text and fields of the payload leave only where the source
// allows them, and a phone number there as a pseudonym.
func TestExpose(t *testing.T) {
	t.Parallel()
	b := body(`"order-17"`, `"{\"lang\":\"de\",\"phone\":\"+4915112345678\",\"name\":\"Ann\"}"`,
		`"is_code_deleted"`, `"channel":{"id":"h1","channel":"telegram","status":10,"processed_at":null,"external_id":null,"error":"Timeout","cost":null},"is_code_deleted"`)
	closed, open := feed(t, b, "shop"), feed(t, b, "open")
	if len(closed.PayloadFields) != 0 || closed.RoutingStrategy[0].SenderID.Set || closed.Attempt.Value.Error.Set {
		t.Errorf("a source that exposes nothing: %+v", closed)
	}
	if open.PayloadFields["/lang"] != "de" || !strings.HasPrefix(open.PayloadFields["/phone"], "phone:k1:") || len(open.PayloadFields) != 2 {
		t.Errorf("payload_fields = %v", open.PayloadFields)
	}
	if open.RoutingStrategy[0].SenderID.Value != "LOX24" || open.Attempt.Value.Error.Value != "Timeout" {
		t.Errorf("exposed fields are missing: %+v", open)
	}
}

// TestRefused: what can never be handled says why, where, and nothing of the
// record.
func TestRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   []byte
		cause  stage.Cause
		detail string
	}{
		"not JSON":              {[]byte(`739125`), stage.CauseSchemaMismatch, "the body"},
		"empty":                 {nil, stage.CauseUndecodable, "not valid JSON"},
		"not UTF-8":             {body("order-17", "\xff739125"), stage.CauseUndecodable, "not valid JSON"},
		"trailing":              {append(body(), "{}"...), stage.CauseUndecodable, "not valid JSON"},
		"nested deeply":         {body(`"cost":5`, `"new":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)), stage.CauseUndecodable, "not valid JSON"},
		"two ids":               {body(`"id":"event-1"`, `"id":"event-1","id":"event-2"`), stage.CauseUndecodable, "id: "},
		"two payloads":          {body(`"payload":"order-17"`, `"payload":"order-17","payload":"order-18"`), stage.CauseUndecodable, "data.payload: "},
		"two phones":            {body(`"phone":`, `"phone":"+4915100000000","phone":`), stage.CauseUndecodable, "data.phone: "},
		"two statuses":          {body(`"status":10,"delivered`, `"status":10,"status":20,"delivered`), stage.CauseUndecodable, "data.status: "},
		"two attempts' ids":     {body(`{"id":"h1"`, `{"id":"h1","id":"h2"`), stage.CauseUndecodable, "data.history.id: "},
		"no name":               {body(`"name":"verify_code.success",`, ""), stage.CauseSchemaMismatch, "name"},
		"no id":                 {body(`"id":"event-1",`, ""), stage.CauseSchemaMismatch, "id: "},
		"blank data.id":         {body(`"id":"v1"`, `"id":" "`), stage.CauseSchemaMismatch, "data.id: "},
		"data.id with zero":     {body(`"id":"v1"`, `"id":"a\u0000b"`), stage.CauseSchemaMismatch, "data.id: "},
		"no data":               {[]byte(`{"id":"e","api_version":"2022-05-25","name":"verify_code.success","created_at":1}`), stage.CauseSchemaMismatch, "data: missing"},
		"data in words":         {[]byte(`{"id":"e","api_version":"2022-05-25","name":"verify_code.success","created_at":1,"data":"x","x":{"status":1}}`), stage.CauseSchemaMismatch, "data: missing"},
		"no status":             {body(`"status":10,"delivered`, `"delivered`), stage.CauseSchemaMismatch, "data.status: missing"},
		"no created_at":         {body(`"created_at":1735689540,`, ``), stage.CauseSchemaMismatch, "data.created_at: missing"},
		"unknown version":       {body("2022-05-25", "2031-01-01"), stage.CauseUnknownType, "api_version: "},
		"event id half":         {body(`"id":"event-1"`, `"id":"event-\ud800"`), stage.CauseSchemaMismatch, "id: "},
		"data.id half":          {body(`"id":"v1"`, `"id":"v-\ud800"`), stage.CauseSchemaMismatch, "data.id: "},
		"data.id with escape":   {body(`"id":"v1"`, `"id":"v\u009b31m"`), stage.CauseSchemaMismatch, "data.id: "},
		"data.id bidirectional": {body(`"id":"v1"`, `"id":"v\u202e1"`), stage.CauseSchemaMismatch, "data.id: "},
		"status as words":       {body(`"status":10,"delivered`, `"status":"739125 ok","delivered`), stage.CauseSchemaMismatch, "data.status: "},
		"created_at in words":   {body(`"created_at":1735689600`, `"created_at":"739125 ago"`), stage.CauseSchemaMismatch, "created_at: "},
		"name with spaces":      {body("verify_code.success", "order-17 4915112345678"), stage.CauseSchemaMismatch, "name: "},
		"byte order mark":       {append([]byte("\xef\xbb\xbf"), body()...), stage.CauseUndecodable, "byte order mark"},
		"a cut letter":          {body("order-17", "\xd0\x9e\xd0"), stage.CauseUndecodable, "not UTF-8"},
		"a raw tab":             {body("order-17", "order\t17"), stage.CauseUndecodable, "control character"},
		"endless history":       {body(`"history":[`, `"history":[`+strings.Repeat(`{"id":"x"},`, 100)), stage.CauseOutOfRange, "data.history: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := record(test.body, "shop")
			_, err := lox24.New(config(t)).Decode(&in)
			var permanent *stage.PermanentError
			if !errors.As(err, &permanent) {
				t.Fatalf("Decode() = %v, want a permanent error", err)
			}
			if permanent.Cause != test.cause || !strings.Contains(permanent.Detail, test.detail) {
				t.Errorf("Decode() = %v, want %s at %q", err, test.cause, test.detail)
			}
			for _, secret := range []string{"739125", "4915112345678", "order-17"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells a value: %v", err)
				}
			}
		})
	}
}

// TestHeaders: a record that ingest did not write is no event.
func TestHeaders(t *testing.T) {
	t.Parallel()
	bare, other := record(body(), "shop"), record(body(), "shop")
	bare.Headers = nil
	for i := range other.Headers {
		if other.Headers[i].Key == raw.HeaderKind {
			other.Headers[i].Value = []byte("postcard")
		}
	}
	for cause, in := range map[stage.Cause]stage.Input{stage.CauseUndecodable: bare, stage.CauseUnknownType: other} {
		_, err := lox24.New(config(t)).Decode(&in)
		var permanent *stage.PermanentError
		if !errors.As(err, &permanent) || permanent.Cause != cause {
			t.Errorf("Decode() = %v, want %s", err, cause)
		}
	}
}

// TestNothingIsLeft: when all is over there is no state, of a verification with
// more ids than its own entry holds, nor of an SMS.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for n := range 130 {
		id := `"event-` + strings.Repeat("x", n) + `"`
		if _, err := m.Feed(record(body(`"event-1"`, id), "shop")); err != nil {
			t.Fatal(err)
		}
	}
	sms := []byte(`{"id":"e","api_version":"2022-05-25","name":"sms.delivery","created_at":1735689600,"data":{"id":"v1","dlr_code":3,"status_code":77}}`)
	if _, err := m.Feed(record(sms, "shop")); err != nil {
		t.Fatal(err)
	}
	if n := m.Entries(0); n != 1+30+1+8 {
		t.Errorf("%d entries, want the verification's, 30 ids', the SMS's and 8 of the number's levels", n)
	}
	out, err := m.AdvanceTo(0, received().Add(30*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if m.Entries(0) != 0 {
		t.Errorf("entries are left:\n%s", m.Dump(0))
	}
	tombstones := 0
	for i := range out {
		if out[i].Topic == schemas.EnrichedVerifications && out[i].Value == nil {
			tombstones++
		}
	}
	if tombstones != 1 {
		t.Errorf("%d tombstones, want 1", tombstones)
	}
}

func TestValidateReportsAll(t *testing.T) {
	t.Parallel()
	err := (&lox24.Config{}).Validate()
	for _, want := range []string{"span", "grace", "min_wait", "retention", "journey_partitions", "sources"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() = %v, want it to name %s", err, want)
		}
	}
}

// FuzzDecode: any body is an event that can be written, or a permanent error that
// tells nothing of it.
func FuzzDecode(f *testing.F) {
	f.Add(seed(f, "success"))
	f.Add(seed(f, "channel_failed"))
	f.Add(body())
	f.Add([]byte(`{"id":"e","api_version":"2022-05-25","name":"phone.subscribe","created_at":"1","data":[{}],"x":1}`))
	f.Add([]byte(`{"id":"e","api_version":"2022-05-25","name":"sms.incoming","created_at":1,"data":{"id":"v1","to":"+1","from":"2","text":null,"received_at":1,"msg_uuid":null}}`))
	c := config(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := enginetest.NewDriver(enginetest.DriverConfig{
			Topics: contract.TestTopics, Namespace: contract.Namespace,
			Name: lox24.Name, Stage: lox24.New(c), DeadLetter: schemas.DeadLetterLOX24,
			Outputs: []string{
				schemas.DecodedLOX24VerifyCode, schemas.DecodedLOX24SMS, schemas.DecodedLOX24UnknownEvent, schemas.EnrichedVerifications, schemas.FactsAttempts,
				schemas.Duplicates, schemas.InternalJourney,
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		outputs, err := m.Feed(record(b, "open"))
		if err != nil {
			t.Fatalf("a transient error for a record: %v", err)
		}
		ends := 0
		for i := range outputs {
			switch outputs[i].Topic {
			case schemas.DecodedLOX24VerifyCode, schemas.DecodedLOX24SMS, schemas.DecodedLOX24UnknownEvent, schemas.Duplicates, schemas.DeadLetterLOX24:
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("the record ended in %d ways", ends)
		}
	})
}
