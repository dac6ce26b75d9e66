// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

// New returns an empty record of a schema; ok is false if there is no such schema.
func New(schema string) (record Record, ok bool) {
	switch schema {
	case "decoded.lox24.sms.v1":
		return &LOX24SMS{}, true
	case "decoded.lox24.unknown-event.v1":
		return &LOX24UnknownEvent{}, true
	case "decoded.lox24.verify-code.v1":
		return &LOX24VerifyCode{}, true
	case "decoded.standard.event.v1":
		return &StandardEvent{}, true
	case "decoded.uapay.payment.v1":
		return &UAPAYPayment{}, true
	case "decoded.unibell.call.v1":
		return &UnibellCall{}, true
	case "decoded.voximplant.account-callback.v1":
		return &VoximplantAccountCallback{}, true
	case "duplicates.v1":
		return &Duplicate{}, true
	case "enriched.accounts.v1":
		return &AccountSnapshot{}, true
	case "enriched.journeys.v1":
		return &JourneySnapshot{}, true
	case "enriched.payments.v1":
		return &PaymentSnapshot{}, true
	case "enriched.verifications.v1":
		return &VerificationSnapshot{}, true
	case "facts.attempts.v1":
		return &DeliveryAttempt{}, true
	case "facts.money.v1":
		return &Movement{}, true
	case "insights.funnel.v1":
		return &FunnelRow{}, true
	case "internal.insights.v1":
		return &InsightsInput{}, true
	case "internal.journey.v1":
		return &JourneyInput{}, true
	case "internal.pauses.v1":
		return &Pause{}, true
	case "internal.unibell.v1":
		return &UnibellInput{}, true
	case "ledger.v1":
		return &LedgerEntry{}, true
	case "operations.v1":
		return &Operation{}, true
	case "signals.v1":
		return &Signal{}, true
	default:
		return nil, false
	}
}

// Correlations implements Correlated.
func (r *LOX24VerifyCode) Correlations() (source string, ids []string) {
	return r.Origin.Source, r.CorrelationIDs
}

// Correlations implements Correlated.
func (r *StandardEvent) Correlations() (source string, ids []string) {
	return r.Origin.Source, r.CorrelationIDs
}

// Correlations implements Correlated.
func (r *UAPAYPayment) Correlations() (source string, ids []string) {
	return r.Origin.Source, r.CorrelationIDs
}

// Correlations implements Correlated.
func (r *UnibellCall) Correlations() (source string, ids []string) {
	return r.Origin.Source, r.CorrelationIDs
}

// Head implements Snapshot.
func (r *AccountSnapshot) Head() Head {
	return Head{Provider: r.Provider, Source: r.Source, Revision: r.Revision, Facts: r.Facts, ChangedBy: r.ChangedBy, FirstEventAt: r.FirstEventAt, LastEventAt: r.LastEventAt, Assurance: r.Assurance}
}

// Head implements Snapshot.
func (r *PaymentSnapshot) Head() Head {
	return Head{Provider: r.Provider, Source: r.Source, Revision: r.Revision, Facts: r.Facts, ChangedBy: r.ChangedBy, FirstEventAt: r.FirstEventAt, LastEventAt: r.LastEventAt, Assurance: r.Assurance}
}

// Head implements Snapshot.
func (r *VerificationSnapshot) Head() Head {
	return Head{Provider: r.Provider, Source: r.Source, Revision: r.Revision, Facts: r.Facts, ChangedBy: r.ChangedBy, FirstEventAt: r.FirstEventAt, LastEventAt: r.LastEventAt, Assurance: r.Assurance}
}
