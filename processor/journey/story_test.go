package journey_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tributary-hq/tributary/processor/contract"
	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/journey"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/watermark"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// TestStories plays testdata/story/*.txtar: what is told of the members, and
// every snapshot that comes of it.
func TestStories(t *testing.T) {
	t.Parallel()
	stagetest.Golden(t, "story", func(t *testing.T, _, input string) []txtar.File {
		t.Helper()
		return []txtar.File{{Name: "snapshots", Data: []byte(play(t, input))}}
	})
}

// noon is where the stories' times begin.
func noon(after time.Duration) time.Time {
	return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(after)
}

func config() journey.Config {
	c := journey.DefaultConfig()
	c.Upstreams = []watermark.Upstream{{Stage: "lox24", Partitions: 1}}
	return c
}

func newMemory(t *testing.T) *enginetest.Driver {
	t.Helper()
	m, err := enginetest.NewDriver(enginetest.DriverConfig{
		Topics: contract.TestTopics, Namespace: contract.Namespace,
		Name: journey.Name, Stage: journey.New(config()), Outputs: []string{schemas.EnrichedJourneys}, DeadLetter: schemas.DeadLetterJourney,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func play(t *testing.T, script string) string {
	t.Helper()
	m, out := newMemory(t), &strings.Builder{}
	var last *avro.JourneySnapshot
	lines := bufio.NewScanner(strings.NewReader(script))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fmt.Fprintf(out, "> %s\n", line)
		outputs, err := m.Feed(record(t, parse(t, line)))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for i := range outputs {
			last = show(t, out, last, &outputs[i])
		}
	}
	return out.String()
}

// parse reads a line of a story:
//
//	RECEIVED clock
//	RECEIVED verification|payment|milestone|removal ID rev=N [KEY=VALUE ...]
//
// where times are offsets from noon and facts are as many as the revision.
func parse(tb testing.TB, line string) *avro.JourneyInput {
	tb.Helper()
	words := strings.Fields(line)
	at := offset(tb, words[0])
	if words[1] == "clock" {
		return &avro.JourneyInput{
			Kind: avro.JourneyInputKindClock, UpstreamStage: avro.Some("lox24"), UpstreamPartition: avro.Some[int32](0), Clock: avro.Some(at),
		}
	}
	in := &avro.JourneyInput{
		CorrelationID: "order-17", MemberID: avro.Some(words[2]), ReceivedAt: avro.Some(at), FirstEventAt: avro.Some(at), LastEventAt: avro.Some(at),
		Assurance: avro.AssuranceSharedSecret, ChangedBy: avro.Change{Cause: avro.ChangeCauseRecord},
	}
	v := avro.VerificationMember{Provider: "lox24", Source: "shop", CreatedAt: at, OutcomeAt: avro.Some(at), OutcomeReceivedAt: avro.Some(at)}
	p := avro.PaymentMember{Provider: "uapay", Source: "shop", Currency: "UAH", CreatedAt: at, OutcomeAt: avro.Some(at), TakenReceivedAt: avro.Some(at)}
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		set(tb, in, &v, &p, key, value)
	}
	in.MemberFacts = in.MemberRevision
	switch words[1] {
	case "verification":
		in.Kind, in.Verification = avro.JourneyInputKindVerification, avro.Some(v)
	case "payment":
		split(&p)
		in.Kind, in.Payment, in.Assurance = avro.JourneyInputKindPayment, avro.Some(p), avro.AssuranceSignedBody
	case "milestone":
		in.Kind, in.Assurance = avro.JourneyInputKindMilestone, avro.AssuranceSignedBody
		in.Milestone = avro.Some(avro.MilestoneMember{Provider: "standard", Source: "shipping", Milestones: milestonesOf(words[3:], at)})
	case "removal":
		in.Kind = avro.JourneyInputKindRemoval
	}
	return in
}

// milestonesOf returns the types of a line's type=... words, each reported at that time.
func milestonesOf(words []string, at time.Time) []avro.Milestone {
	var out []avro.Milestone
	for _, word := range words {
		if name, ok := strings.CutPrefix(word, "type="); ok {
			out = append(out, avro.Milestone{Source: "shipping", Type: name, FirstAt: avro.Some(at), LastAt: avro.Some(at), Events: 1})
		}
	}
	return out
}

func set(tb testing.TB, in *avro.JourneyInput, v *avro.VerificationMember, p *avro.PaymentMember, key, value string) {
	tb.Helper()
	number := func() int64 {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		return n
	}
	switch key {
	case "type": // of a milestone
	case "rev":
		in.MemberRevision = avro.Some(number())
	case "first":
		in.FirstEventAt = avro.Some(offset(tb, value))
		v.CreatedAt, p.CreatedAt = in.FirstEventAt.Value, in.FirstEventAt.Value
	case "ends":
		in.ExpiresAt = avro.Some(offset(tb, value))
	case "outcome":
		v.Outcome = avro.VerificationOutcome(value)
	case "channel":
		v.DeliveredChannelRaw, v.DeliveredChannel = avro.Some(value), avro.Some(avro.Channel(strings.ToUpper(value)))
	case "failed":
		v.FailedAttempts = int32(number())
	case "switches":
		v.ChannelSwitches = int32(number())
	case "country":
		v.Country = avro.Some(value)
	case "customer":
		v.CustomerID, p.CustomerID = avro.Some(value), avro.Some(value)
	case "via":
		first, last, _ := strings.Cut(value, ",")
		v.FirstChannel, v.LastChannel = avro.Some(avro.Channel(first)), avro.Some(avro.Channel(last))
	case "source":
		v.Source, p.Source = value, value
	case "cost":
		v.CostMinor, v.Currency = avro.Some(number()), avro.Some("EUR")
	case "cost-without-currency":
		v.CostMinor = avro.Some(number())
	case "took":
		v.DurationMs = avro.Some(offset(tb, value).Sub(noon(0)).Milliseconds())
	case "phase":
		p.Phase = avro.PaymentPhase(value)
	case "amount":
		p.AmountMinor = avro.Some(number())
	case "reversal":
		p.RefundedMinor = number()
	case "currency":
		p.Currency = value
	case "paid":
		p.PaidAt, p.TakenReceivedAt = avro.Some(offset(tb, value)), avro.Some(offset(tb, value))
	case "conflict":
		p.Conflict = true
	case "held":
		p.HeldAt = avro.Some(offset(tb, value))
	case "captured":
		p.EverPaid = true
	case "inconsistent":
		p.AmountInconsistent = true
	default:
		tb.Fatalf("unknown key %s", key)
	}
}

// split fills in the amounts and times of a payment as the stage before does, from the amount
// given back in RefundedMinor.
func split(p *avro.PaymentMember) {
	p.EverPaid = p.EverPaid || p.Phase == avro.PaymentPhasePaid || p.PaidAt.Set
	if p.RefundedMinor == 0 && (p.Phase == avro.PaymentPhaseRefunded || p.Phase == avro.PaymentPhaseReleased) {
		p.RefundedMinor = p.AmountMinor.Value
	}
	switch {
	case !p.EverPaid:
		p.RefundedMinor, p.ReleasedMinor = 0, p.RefundedMinor
		if p.Phase == avro.PaymentPhaseHeld && !p.HeldAt.Set {
			p.HeldAt = p.OutcomeAt
		}
	default:
		p.GrossMinor = p.AmountMinor.Value
		if !p.PaidAt.Set {
			p.PaidAt = p.OutcomeAt
		}
		if p.RefundedMinor > 0 {
			p.LastRefundedAt = p.OutcomeAt
		}
	}
}

func offset(tb testing.TB, s string) time.Time {
	tb.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		tb.Fatal(err)
	}
	return noon(d)
}

func record(tb testing.TB, in *avro.JourneyInput) stage.Input {
	tb.Helper()
	value, err := in.AppendAvro(wire.AppendPlaceholder(nil))
	if err != nil {
		tb.Fatal(err)
	}
	return stage.Input{Topic: schemas.InternalJourney, Key: []byte(in.CorrelationID), Value: value}
}

func decode(t *testing.T, out *stage.Output) *avro.JourneySnapshot {
	t.Helper()
	_, body, err := wire.Parse(out.Value)
	if err != nil {
		t.Fatal(err)
	}
	s := &avro.JourneySnapshot{}
	if err := s.DecodeAvro(body); err != nil {
		t.Fatal(err)
	}
	return s
}

// show writes what changed since the last snapshot, a field a line.
func show(t *testing.T, out *strings.Builder, last *avro.JourneySnapshot, o *stage.Output) *avro.JourneySnapshot {
	t.Helper()
	switch {
	case o.Topic == schemas.DeadLetterJourney:
		fmt.Fprintf(out, "dead letter %s\n", o.Key)
		return last
	case o.Value == nil:
		fmt.Fprintf(out, "tombstone %s\n", o.Key)
		return nil
	}
	s := decode(t, o)
	before, after := fields(t, last), fields(t, s)
	keys := maps.Clone(before)
	maps.Copy(keys, after)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if before[key] != after[key] && key != "processed_at" {
			fmt.Fprintf(out, "  %s: %s\n", key, after[key])
		}
	}
	return s
}

// fields returns the snapshot's fields that say something, as text; times as
// offsets from noon, of the members their ids and how they stand.
func fields(t *testing.T, s *avro.JourneySnapshot) map[string]string {
	t.Helper()
	texts := map[string]string{}
	if s == nil {
		return texts
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		t.Fatal(err)
	}
	for key, value := range values {
		text := fmt.Sprint(value)
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			text = at.Sub(noon(0)).String()
		}
		if text != "<nil>" && text != "false" && text != "0" && text != "[]" {
			texts[key] = text
		}
	}
	texts["changed_by"] = string(s.ChangedBy.Cause)
	var members []string
	for i := range s.Members {
		m := &s.Members[i]
		members = append(members, m.ID+" "+string(m.Outcome.Value)+string(m.Phase.Value))
	}
	texts["members"] = strings.Join(members, ", ")
	return texts
}
