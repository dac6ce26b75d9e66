package model

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/claims"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// dimensions sets the fields of the verification and the payment that count: the first that
// succeeded or was paid, else the first of all. Which is the first of several by their start
// is not claimed for calls, whose times the model does not know.
func (j *Journey) dimensions(m *members) {
	verified, paid := m.firstVerification(), m.firstPayment()
	claimed := true
	if verified != nil {
		claimed = verified.Outcome == "SUCCESS" || len(m.verifications) == 1 || !slices.ContainsFunc(m.verifications, func(v verification) bool { return !v.timed })
		j.Country, j.FirstChannel, j.LastChannel = verified.Country, verified.First, verified.Last
		j.VerificationProvider, j.VerificationSource = verified.provider, verified.source
		if verified.Outcome == "SUCCESS" {
			j.Channel = verified.channel
			j.VerifiedToHeld, j.VerifiedToCaptured = m.since(verified)
		}
	}
	if paid != nil {
		j.PaymentProvider, j.PaymentSource = "uapay", paid.source
	}
	j.Customer, j.Customers = m.customer(verified)
	if !claimed {
		j.Customer, j.Country, j.FirstChannel, j.LastChannel = unclaimed, unclaimed, unclaimed, unclaimed
		j.VerificationProvider, j.VerificationSource = unclaimed, unclaimed
	}
}

func (m *members) firstVerification() (first *verification) {
	for i := range m.verifications {
		v := &m.verifications[i]
		success, had := v.Outcome == "SUCCESS", first != nil && first.Outcome == "SUCCESS"
		switch {
		case first == nil || success && !had:
			first = v
		case success && v.at < first.at, !success && !had && v.started < first.started:
			first = v
		}
	}
	return first
}

func (m *members) firstPayment() (first *money) {
	for i := range m.payments {
		p := &m.payments[i]
		switch {
		case first == nil || p.EverPaid && !first.EverPaid:
			first = p
		case p.EverPaid && p.PaidAt < first.PaidAt, !p.EverPaid && !first.EverPaid && p.started < first.started:
			first = p
		}
	}
	return first
}

// since returns the time from a success to the first hold and to the first capture.
func (m *members) since(v *verification) (held, captured string) {
	var firstHeld, firstPaid int64
	for i := range m.payments {
		p := &m.payments[i]
		if p.heldAt > 0 && (firstHeld == 0 || p.heldAt < firstHeld) {
			firstHeld = p.heldAt
		}
		if p.EverPaid && (firstPaid == 0 || p.PaidAt < firstPaid) {
			firstPaid = p.PaidAt
		}
	}
	text := func(at int64) string {
		switch {
		case at == 0:
			return ""
		case !v.timed:
			return unclaimed
		case at < v.at*1000:
			return ""
		default:
			return strconv.FormatInt(at-v.at*1000, 10)
		}
	}
	return text(firstHeld), text(firstPaid)
}

// customer returns the customer of a verification, else of the first that has one, else of the
// first such payment, and the number of distinct customers.
func (m *members) customer(of *verification) (id string, distinct int) {
	all := map[string]bool{}
	if of != nil && of.Outcome == "SUCCESS" {
		id = of.Customer
	}
	slices.SortFunc(m.verifications, func(a, b verification) int { return cmp.Compare(a.started, b.started) })
	slices.SortFunc(m.payments, func(a, b money) int { return cmp.Compare(a.started, b.started) })
	for i := range m.verifications {
		id = cmp.Or(id, m.verifications[i].Customer)
		all[m.verifications[i].Customer] = true
	}
	for i := range m.payments {
		id = cmp.Or(id, m.payments[i].Customer)
		all[m.payments[i].Customer] = true
	}
	delete(all, "")
	return id, len(all)
}

// Of reads the fields of a journey from the processor's snapshot.
func Of(s *avro.JourneySnapshot) *Journey {
	counts := map[string]int{}
	for i := range s.Milestones {
		counts[s.Milestones[i].Source+"/"+s.Milestones[i].Type] = int(s.Milestones[i].Events)
	}
	ms := func(n avro.Optional[int64]) string {
		if !n.Set {
			return ""
		}
		return strconv.FormatInt(n.Value, 10)
	}
	return &Journey{
		Milestones: lines(counts), MilestoneMembers: int(s.MilestoneMembers),
		Outcome: string(s.Outcome), Missing: string(s.Missing), Verified: s.Verified, Channel: s.DeliveredChannelRaw.Or(""),
		Customer: s.CustomerID.Value, Customers: int(s.Customers), Country: s.Country.Value,
		FirstChannel: string(s.FirstChannel.Value), LastChannel: string(s.LastChannel.Value),
		VerificationProvider: s.VerificationProvider.Value, VerificationSource: s.VerificationSource.Value,
		PaymentProvider: s.PaymentProvider.Value, PaymentSource: s.PaymentSource.Value,
		VerifiedToHeld: ms(s.VerifiedToHeldMs), VerifiedToCaptured: ms(s.VerifiedToCapturedMs),
		Expired: s.VerificationExpired, Late: s.Late, FailedAttempts: int(s.FailedAttempts), Switches: int(s.ChannelSwitches),
		Cost: s.CostMinor.Value, Mixed: s.MixedCurrencies,
		Paid: s.Paid, EverPaid: s.EverPaid, Held: s.Held, Refused: s.Refused, Released: s.Released, Refund: string(s.Refund),
		Gross: s.GrossMinor.Value, HeldAmount: s.HeldMinor.Value, RefusedAmount: s.RefusedMinor.Value, Refunded: s.RefundedMinor.Value,
		Net: s.NetMinor.Value, ReleasedAmount: s.ReleasedMinor.Value,
		Conflict: s.Conflict, Regression: s.Regression, AmountChanged: s.AmountChanged, HoldOverdue: s.HoldOverdue,
		AmountInconsistent: s.AmountInconsistent,
		Verifications:      int(s.Verifications), VerificationsPending: int(s.VerificationsPending), VerificationsSucceeded: int(s.VerificationsSucceeded),
		VerificationsFailed: int(s.VerificationsFailed), VerificationsExpired: int(s.VerificationsExpired),
		Payments: int(s.Payments), PaymentsPending: int(s.PaymentsPending), PaymentsHeld: int(s.PaymentsHeld), PaymentsPaid: int(s.PaymentsPaid),
		PaymentsRefused: int(s.PaymentsRefused), PaymentsRefunded: int(s.PaymentsRefunded), PaymentsReleased: int(s.PaymentsReleased),
	}
}

// entities are the processor's snapshots of payments and verifications.
type entities struct {
	payments      map[string]*Payment
	verifications map[string]*Verification
	movements     map[string]*Movement
	attempts      map[string]*Attempt
	funnel        map[string]*avro.FunnelRow
	signals       claims.Signals
	accounts      claims.Accounts
}

func (e *entities) payment(r *kgo.Record) error {
	if r.Value == nil {
		delete(e.payments, string(r.Key))
		return nil
	}
	var s avro.PaymentSnapshot
	err := decode(r.Value, s.DecodeAvro)
	e.payments[string(r.Key)] = PaymentOf(&s)
	return err
}

func (e *entities) verification(r *kgo.Record) error {
	delete(e.verifications, string(r.Key))
	if r.Value == nil {
		return nil
	}
	var s avro.VerificationSnapshot
	err := decode(r.Value, s.DecodeAvro)
	if s.Provider == raw.ProviderLOX24 {
		e.verifications[string(r.Key)] = VerificationOf(&s)
	}
	return err
}

// compare compares them with the model's. Calls of Unibell are compared in journeys alone:
// their keys may be pseudonyms.
func (e *entities) compare(m *Model, out *Result, sure, now time.Time) {
	want := map[string]*Verification{}
	for id, c := range m.codes {
		v := c.judge(m, now, sure)
		want[id] = &v.Verification
	}
	out.Payments, out.Verifications = Compare("payment", m.Payments(sure, now), e.payments), Compare("verification", want, e.verifications)
	out.Movements, out.Attempts = Compare("movement", m.Movements(sure, now), e.movements), Compare("attempt", m.Attempts(sure, now), e.attempts)
	if m.settings.Insights {
		out.Funnel = Compare("funnel", m.Funnel(sure, now), e.funnelSums())
		out.Scorecards = Compare("scorecard", m.Scorecards(sure, now), e.scorecards())
		out.Runways, out.Breaches = e.runways(m, sure, now), e.signals.Breaches
		out.Frontiers = m.Frontiers(e.signals.Open(avro.SignalKindFallbackFrontier), sure, now)
		out.Claims = e.claims()
	}
}
