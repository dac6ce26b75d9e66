package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/instant"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/why"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/dlq"
	"github.com/tributary-hq/tributary/schemas/raw"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// valueOf decodes the value of an Avro topic; it returns nil for other topics.
func valueOf(topic string, value []byte) (avro.Record, error) {
	into, ok := avro.New(topic)
	if !ok {
		return nil, nil //nolint:nilnil // none is an answer
	}
	_, body, err := wire.Parse(value)
	if err == nil {
		err = into.DecodeAvro(body)
	}
	return into, err
}

// stepOf makes a step from a record. value is its decoded value; nil if it has none that
// this version reads.
func stepOf(topic string, r *kgo.Record) (s Step, value avro.Record) {
	s = Step{Position: Position{r.Topic, r.Partition, r.Offset}, At: instant.Bound(r.Timestamp)}
	value, err := valueOf(topic, r.Value)
	switch {
	case strings.HasPrefix(topic, "raw."):
		s.envelope(r)
		return s, nil
	case strings.HasPrefix(topic, "deadletter."):
		s.deadLetter(r)
		return s, nil
	case r.Value == nil:
		s.Kind = StepEnded
		return s, nil
	case err != nil:
		s.Kind, s.Says = StepUnreadable, "a value that this version does not read"
		return s, nil
	}
	switch v := value.(type) {
	case *avro.Duplicate:
		s.Kind, s.EventID, s.Source, s.Attempt = StepDuplicate, v.EventID, v.Source, v.AttemptNumber.Value
		s.Received = v.ReceivedAt
		s.Of = &Position{v.Record.Topic, v.Record.Partition, v.Record.Offset}
		s.Says = "repeats a record that its topic has lost, known by " + why.Words(string(v.KnownBy))
		if v.First.Offset >= 0 {
			s.First = &Position{v.First.Topic, v.First.Partition, v.First.Offset}
			s.Says = "repeats " + s.First.String() + ", known by " + why.Words(string(v.KnownBy))
		}
	case *avro.JourneySnapshot:
		s.snapshot(StepJourney, v.Revision, string(v.Outcome), string(v.Assurance), &v.ChangedBy, v.LastEventAt)
		if v.Missing != avro.JourneyMissingNone {
			s.Says = "missing: " + why.Words(string(v.Missing))
		}
	case *avro.DeliveryAttempt:
		s.snapshot(StepRow, v.Revision, string(v.Status), string(v.Assurance), &v.ChangedBy, v.EndedAt)
		s.Source, s.Says = v.Source, "attempt by "+v.ChannelRaw
	case *avro.Movement:
		s.snapshot(StepRow, v.Revision, string(v.Kind), string(v.Assurance), &v.ChangedBy, avro.Some(v.MovementAt))
		s.Source, s.Says = v.Source, fmt.Sprintf("movement of %d %s in minor units", v.AmountMinor, v.Currency)
	case *avro.FunnelRow:
		s.Kind, s.Revision, s.EventTime = StepInsight, v.Revision, v.WindowStart
	case *avro.Signal:
		s.Kind, s.Revision, s.State, s.EventTime, s.Says = StepInsight, v.Revision, string(v.State), v.AsOf, v.Claim
	case avro.Snapshot:
		h := v.Head()
		s.snapshot(StepSnapshot, h.Revision, stateOf(v), string(h.Assurance), &h.ChangedBy, h.LastEventAt)
		s.Source = h.Source
	default:
		s.decoded(value, r.Value)
	}
	return s, value
}

// stateOf returns the state that a snapshot shows; "" for a kind of entity without one.
func stateOf(snapshot avro.Snapshot) string {
	switch v := snapshot.(type) {
	case *avro.VerificationSnapshot:
		return string(v.Outcome)
	case *avro.PaymentSnapshot:
		return string(v.Phase)
	default:
		return ""
	}
}

// snapshot fills the step of a snapshot.
func (s *Step) snapshot(kind string, revision int64, state, assurance string, change *avro.Change, eventTime avro.Optional[time.Time]) {
	s.Kind, s.Revision, s.State, s.Assurance, s.EventID, s.EventTime = kind, revision, state, why.Words(assurance), change.EventID.Value, eventTime.Value
	switch {
	case change.Offset.Set:
		s.Of = &Position{change.Topic.Value, change.Partition.Value, change.Offset.Value}
	case change.Cause == avro.ChangeCauseDeadline:
		s.Event = "a deadline"
	case change.Cause == avro.ChangeCauseRemoval:
		s.Event = "a member that left"
	}
}

// decoded fills the step of a decoded fact: the fields that all facts have, and the event
// of the types that it knows.
func (s *Step) decoded(value avro.Record, encoded []byte) {
	s.Kind = StepDecoded
	_, body, err := wire.Parse(encoded)
	fact, factErr := avro.DecodeFact(body)
	if err != nil || factErr != nil {
		s.Kind = StepUnreadable
		return
	}
	o := &fact.Origin
	s.EventID, s.Received, s.Of = fact.EventID, fact.ReceivedAt, &Position{o.Topic, o.Partition, o.Offset}
	s.Source, s.Assurance, s.SecretID, s.RequestID = o.Source, why.Words(string(o.Assurance)), o.SecretID, o.RequestID
	switch v := value.(type) {
	case *avro.LOX24VerifyCode:
		s.Event, s.EventTime, s.Attempt = v.EventRaw, v.EventCreatedAt, v.AttemptNumber.Value
		if v.Attempt.Set {
			s.Says = v.Attempt.Value.ChannelRaw + ": " + why.Words(string(v.Attempt.Value.Status))
		}
	case *avro.LOX24SMS:
		s.Event, s.EventTime, s.Attempt = v.EventRaw, v.EventCreatedAt, v.AttemptNumber.Value
	case *avro.LOX24UnknownEvent:
		s.Event, s.EventTime, s.Attempt = v.EventRaw, v.EventCreatedAt.Value, v.AttemptNumber.Value
	case *avro.UAPAYPayment:
		s.Event = why.Words(string(v.Kind)) + " " + cmp.Or(v.PaymentStatusRaw.Value, v.StatusRaw.Value, v.OperationStatusRaw.Value)
		s.EventTime, s.State = v.PostbackAt.Or(v.IssuedAt.Value), string(v.Phase)
	case *avro.VoximplantAccountCallback:
		s.Event = v.Type
	case *avro.UnibellCall:
		s.Event, s.EventTime, s.State = "call "+why.Words(string(v.Kind)), v.StatusAt.Or(v.CallCreatedAt.Value), string(v.Status.Value)
		s.Says = strings.TrimSpace(v.ErrorCode.Value + " " + v.NetworkErrorCode.Value)
	case *avro.StandardEvent:
		s.Event, s.EventTime = v.EventType.Value, v.EventAt.Value
	}
}

// envelope fills the step of a raw record from its headers.
func (s *Step) envelope(r *kgo.Record) {
	e, _ := raw.Parse(r.Headers) // a missing header leaves its field empty
	s.Kind, s.Source, s.Assurance, s.SecretID, s.RequestID, s.Received = StepReceived, e.Source, why.Words(e.Assurance), e.SecretID, e.RequestID, instant.Bound(e.ReceivedAt)
	if e.ReceivedAt.UnixMilli() <= 0 {
		s.Received = time.Time{}
	}
	switch {
	case e.Kind == raw.KindErasure:
		s.Kind, s.Event, s.Says = StepErasure, "", "asked for by "+cmp.Or(header(r, raw.HeaderErasureBy), "nobody named")
	case e.Kind != "" && e.Kind != raw.KindWebhook:
		s.Event = why.Words(e.Kind)
	case e.Items > 1:
		s.Event = "callback " + strconv.Itoa(e.Item+1) + " of a batch of " + strconv.Itoa(e.Items)
	default:
		s.Event = "webhook"
	}
	if round := header(r, raw.HeaderReplayRound); round != "" {
		s.Says = "replayed from the dead letters, round " + round
	}
}

// deadLetter fills the step of a dead letter from its headers.
func (s *Step) deadLetter(r *kgo.Record) {
	s.envelope(r)
	if header(r, raw.HeaderSource) == "" {
		s.Event = ""
	}
	h, ok := dlq.Parse(r.Headers)
	s.Kind, s.State, s.Says = StepDeadLetter, h.Cause, h.Detail
	if ok && h.Offset >= 0 {
		s.Of = &Position{h.Topic, h.Partition, h.Offset}
	}
}

// header returns the last header of a name: a record that became a dead letter twice
// has two of each.
func header(r *kgo.Record, key string) string {
	for i := range slices.Backward(r.Headers) {
		if r.Headers[i].Key == key {
			return string(r.Headers[i].Value)
		}
	}
	return ""
}
