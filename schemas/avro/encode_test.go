package avro_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

var someTime = time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)

func duplicate() *avro.Duplicate {
	at := avro.RecordPosition{Topic: "raw.lox24.v1", Partition: 3, Offset: 17}
	return &avro.Duplicate{
		EntityID: "lox24:a1", Provider: "lox24", Source: "shop", EventID: "e1", KnownBy: avro.KnownByEventID,
		ReceivedAt: someTime, Record: at, FirstReceivedAt: someTime, First: at, ProcessedAt: someTime,
	}
}

// TestAppendAvroRefuses tells what cannot be written, and that the error names
// the field and tells no value.
func TestAppendAvroRefuses(t *testing.T) {
	t.Parallel()
	account := func(change func(*avro.AccountSnapshot)) *avro.AccountSnapshot {
		s := &avro.AccountSnapshot{ProcessedAt: someTime}
		change(s)
		return s
	}
	callback := func(balance avro.Decimal) *avro.VoximplantAccountCallback {
		return &avro.VoximplantAccountCallback{ReceivedAt: someTime, Balance: avro.Some(balance)}
	}
	tests := map[string]struct {
		record record
		path   string
		reason error
	}{
		"not UTF-8":           {&avro.Duplicate{EntityID: "secret\xff"}, "entity_id", avro.ErrUTF8},
		"a value not UTF-8":   {&avro.Duplicate{KnownBy: "secret\xff"}, "known_by", avro.ErrUTF8},
		"a time not set":      {&avro.Duplicate{}, "received_at", avro.ErrTime},
		"a year beyond 9999":  {&avro.Duplicate{ReceivedAt: someTime.AddDate(9000, 0, 0)}, "received_at", avro.ErrTime},
		"a date with a time":  {account(func(s *avro.AccountSnapshot) { s.AgreementExpiration = avro.Some(someTime) }), "agreement_expiration", avro.ErrDate},
		"a date not set":      {account(func(s *avro.AccountSnapshot) { s.AgreementExpiration = avro.Some(time.Time{}) }), "agreement_expiration", avro.ErrTime},
		"a decimal too large": {callback(1_000_000_000_000_000_000), "balance", avro.ErrPrecision},
		"a decimal too small": {callback(-1_000_000_000_000_000_000), "balance", avro.ErrPrecision},
		"deep in an array": {account(func(s *avro.AccountSnapshot) {
			s.Subscriptions = []avro.AccountSubscription{{}, {Name: avro.Some("secret\xff")}}
		}), "subscriptions[1].name", avro.ErrUTF8},
		"a key that is no text": {&avro.LOX24VerifyCode{
			ReceivedAt: someTime, EventCreatedAt: someTime, PayloadFields: map[string]string{"secret\xff": ""},
		}, "payload_fields", avro.ErrUTF8},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := test.record.AppendAvro(nil)
			var field *avro.FieldError
			if !errors.As(err, &field) || field.Path != test.path || !errors.Is(err, test.reason) {
				t.Fatalf("AppendAvro() = %v, want %s: %v", err, test.path, test.reason)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the value: %v", err)
			}
		})
	}
}

// TestVocabularyValues: a value that is not set is UNKNOWN, and one that this version does
// not know is kept, so that a stage passes on a later version's value.
func TestVocabularyValues(t *testing.T) {
	t.Parallel()
	for in, want := range map[avro.KnownBy]avro.KnownBy{
		"": avro.KnownByUnknown, avro.KnownByEventID: avro.KnownByEventID, "A_LATER_VALUE": "A_LATER_VALUE", "event_id \u20ac": "event_id \u20ac",
	} {
		r := duplicate()
		r.KnownBy = in
		b, err := r.AppendAvro(nil)
		if err != nil {
			t.Fatal(err)
		}
		var back avro.Duplicate
		if err := back.DecodeAvro(b); err != nil || back.KnownBy != want {
			t.Errorf("%q read back: %q, %v, want %q", in, back.KnownBy, err, want)
		}
	}
}

func TestAppendAvroDoesNotAllocate(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	r, buf := verifyCode(), make([]byte, 0, 4096)
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := r.AppendAvro(buf); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("AppendAvro allocates %v times a record", allocs)
	}
}

// verifyCode is a record of usual size.
func verifyCode() *avro.LOX24VerifyCode {
	return &avro.LOX24VerifyCode{
		Origin: avro.Origin{
			Source: "shop", Provider: "lox24", Assurance: avro.AssuranceSharedSecret, SecretID: "2026-01", RequestID: "r-1",
			Topic: "raw.lox24.v1", Partition: 2, Offset: 4711,
		},
		ReceivedAt: someTime,
		EventID:    "e5f6a7b8-9c0d-4e1f-2a3b-4c5d6e7f8a9b", APIVersion: "2022-05-25", EventRaw: "verify_code.channel.failed",
		Event: avro.LOX24VerifyCodeEventChannelFailed, EventCreatedAt: someTime, AttemptTotal: avro.Some[int32](3), AttemptNumber: avro.Some[int32](1),
		VerificationID: "lox24:a1b2c3d4-e5f6-7890-abcd-ef1234567890", ProviderID: "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
		UserID: avro.Some[int64](12345),
		Phone: avro.Some(avro.Phone{Country: avro.Some("DE"), Pseudonyms: []avro.Pseudonym{
			{KeyID: "k1", HMAC: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		}}),
		RoutingStrategy: []avro.LOX24RoutingStep{
			{ChannelRaw: "telegram", Channel: avro.ChannelTelegram, TimeoutSec: avro.Some[int32](30)},
			{ChannelRaw: "sms", Channel: avro.ChannelSMS, TimeoutSec: avro.Some[int32](60)},
		},
		StatusRaw: 5, Status: avro.AttemptStatusInProgress, CostMinor: avro.Some[int64](5), Currency: avro.Some("EUR"), CodeLength: avro.Some[int32](4),
		CorrelationIDs: []string{"session_abc123"}, PayloadFields: map[string]string{"/shop": "de", "/campaign": "spring"},
		CreatedAt: someTime, UpdatedAt: avro.Some(someTime),
		History: []avro.LOX24HistoryEntry{{
			ID: "a1b2c3d4-d5e6-7890-abcd-ef1234567890", ChannelRaw: "telegram", Channel: avro.ChannelTelegram, StatusRaw: 20,
			Status: avro.AttemptStatusFailed, StatusAt: avro.Some(someTime), ExternalID: avro.Some("tg_msg_001"),
		}},
		IsCodeDeleted: avro.Some(false),
	}
}
