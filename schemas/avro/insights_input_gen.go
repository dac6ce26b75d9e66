// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// AccountState: The state of a telephony account.
type AccountState struct {
	// AccountID: Key of the account in enriched.accounts.v1.
	AccountID string `json:"account_id"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Revision: Revision of the account's snapshot; a lower one than known is
	// passed over.
	Revision int64 `json:"revision"`
	// ReceivedAt: When ingest received the callback that changed the account.
	ReceivedAt time.Time `json:"received_at"`
	// CallbackNumber: Number of that callback: its id. Callbacks of an account are
	// ordered by it.
	CallbackNumber int64 `json:"callback_number"`
	// CallbackBalanceMinor: Balance that the callback reports, in minor units of
	// currency; null if it reports none.
	CallbackBalanceMinor Optional[int64] `json:"callback_balance_minor"`
	// Currency: Currency of the amounts (ISO 4217); null if unknown.
	Currency Optional[string] `json:"currency"`
	// MoneyCameIn: Whether the callback reports a payment into the account.
	MoneyCameIn bool `json:"money_came_in"`
	// Frozen: Whether the account is frozen now, by the newest callback that says
	// so; false, too, if none did: then frozen_changed_at is null.
	Frozen bool `json:"frozen"`
	// FrozenChangedAt: When the first callback with this state of frozen was
	// received, since the last one with the other state; null if no callback had
	// one.
	FrozenChangedAt Optional[time.Time] `json:"frozen_changed_at"`
	// BelowMinBalance: Whether the minimum balance was reached since the account
	// was last topped up.
	BelowMinBalance bool `json:"below_min_balance"`
	// InsufficientFundsMinor: Money that lacks for the next charge in minor units
	// of currency, rounded half to even; null as required_minor is.
	InsufficientFundsMinor Optional[int64] `json:"insufficient_funds_minor"`
	// CardFailed: Whether a payment by card failed and none succeeded since.
	CardFailed bool `json:"card_failed"`
	// CardExpired: Whether the card has expired and none paid since.
	CardExpired bool `json:"card_expired"`
	// CardExpiresInMonth: Whether the card expires within a month: until it has,
	// or a card pays more than 31 days later.
	CardExpiresInMonth bool `json:"card_expires_in_month"`
	// AgreementExpiration: Day on which the waiting period for documents ends
	// (UTC).
	AgreementExpiration Optional[time.Time] `json:"agreement_expiration"`
	// AgreementExpired: Whether that period has ended and was not restored or set
	// anew since.
	AgreementExpired bool `json:"agreement_expired"`
	// CallerIDDays: Days on which a caller id expires (UTC), sorted; a day is
	// there as often as one expires on it.
	CallerIDDays []time.Time `json:"callerid_days"`
	// CertificateDays: Days on which a push certificate expires or has expired
	// (UTC), sorted; a day is there as often as one expires on it.
	CertificateDays []time.Time `json:"certificate_days"`
}

func (r *AccountState) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.AccountID); err != nil {
		return dst, at("account_id", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	dst = appendLong(dst, r.Revision)
	if dst, err = appendTime(dst, r.ReceivedAt); err != nil {
		return dst, at("received_at", err)
	}
	dst = appendLong(dst, r.CallbackNumber)
	if r.CallbackBalanceMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CallbackBalanceMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.MoneyCameIn)
	dst = appendBool(dst, r.Frozen)
	if r.FrozenChangedAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.FrozenChangedAt.Value); err != nil {
			return dst, at("frozen_changed_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.BelowMinBalance)
	if r.InsufficientFundsMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.InsufficientFundsMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.CardFailed)
	dst = appendBool(dst, r.CardExpired)
	dst = appendBool(dst, r.CardExpiresInMonth)
	if r.AgreementExpiration.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.AgreementExpiration.Value); err != nil {
			return dst, at("agreement_expiration", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.AgreementExpired)
	if n := len(r.CallerIDDays); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CallerIDDays {
			if dst, err = appendDate(dst, r.CallerIDDays[i]); err != nil {
				return dst, at("callerid_days", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.CertificateDays); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CertificateDays {
			if dst, err = appendDate(dst, r.CertificateDays[i]); err != nil {
				return dst, at("certificate_days", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *AccountState) decodeFrom(d *decoder) error {
	var err error
	if r.AccountID, err = d.string(); err != nil {
		return at("account_id", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if r.ReceivedAt, err = d.time(); err != nil {
		return at("received_at", err)
	}
	if r.CallbackNumber, err = d.long(); err != nil {
		return at("callback_number", err)
	}
	if r.CallbackBalanceMinor.Set, err = d.isSet(); err != nil {
		return at("callback_balance_minor", err)
	}
	if r.CallbackBalanceMinor.Set {
		if r.CallbackBalanceMinor.Value, err = d.long(); err != nil {
			return at("callback_balance_minor", err)
		}
	}
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.MoneyCameIn, err = d.bool(); err != nil {
		return at("money_came_in", err)
	}
	if r.Frozen, err = d.bool(); err != nil {
		return at("frozen", err)
	}
	if r.FrozenChangedAt.Set, err = d.isSet(); err != nil {
		return at("frozen_changed_at", err)
	}
	if r.FrozenChangedAt.Set {
		if r.FrozenChangedAt.Value, err = d.time(); err != nil {
			return at("frozen_changed_at", err)
		}
	}
	if r.BelowMinBalance, err = d.bool(); err != nil {
		return at("below_min_balance", err)
	}
	if r.InsufficientFundsMinor.Set, err = d.isSet(); err != nil {
		return at("insufficient_funds_minor", err)
	}
	if r.InsufficientFundsMinor.Set {
		if r.InsufficientFundsMinor.Value, err = d.long(); err != nil {
			return at("insufficient_funds_minor", err)
		}
	}
	if r.CardFailed, err = d.bool(); err != nil {
		return at("card_failed", err)
	}
	if r.CardExpired, err = d.bool(); err != nil {
		return at("card_expired", err)
	}
	if r.CardExpiresInMonth, err = d.bool(); err != nil {
		return at("card_expires_in_month", err)
	}
	if r.AgreementExpiration.Set, err = d.isSet(); err != nil {
		return at("agreement_expiration", err)
	}
	if r.AgreementExpiration.Set {
		if r.AgreementExpiration.Value, err = d.date(); err != nil {
			return at("agreement_expiration", err)
		}
	}
	if r.AgreementExpired, err = d.bool(); err != nil {
		return at("agreement_expired", err)
	}
	if r.CallerIDDays, err = decodeArray(d, 1, (*decoder).date); err != nil {
		return at("callerid_days", err)
	}
	if r.CertificateDays, err = decodeArray(d, 1, (*decoder).date); err != nil {
		return at("certificate_days", err)
	}
	return nil
}

// FunnelChanges: Differences of the funnel's counts of one country, summed over
// one transaction.
type FunnelChanges struct {
	// Country: Country of the phone, ISO 3166-1 alpha-2; null if it is unknown.
	Country Optional[string] `json:"country"`
	// Differences: The differences: their window, place and route, and what is
	// added to their counts. Package processor/insights/funnel has the format; it
	// contains hashes of phones and numbers without their last four digits.
	Differences []byte `json:"differences"`
}

func (r *FunnelChanges) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.Country.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Country.Value); err != nil {
			return dst, at("country", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBytes(dst, r.Differences)
	return dst, nil
}

func (r *FunnelChanges) decodeFrom(d *decoder) error {
	var err error
	if r.Country.Set, err = d.isSet(); err != nil {
		return at("country", err)
	}
	if r.Country.Set {
		if r.Country.Value, err = d.string(); err != nil {
			return at("country", err)
		}
	}
	if r.Differences, err = d.bytes(); err != nil {
		return at("differences", err)
	}
	return nil
}

// InsightsInput: The records that upstream stages emit to the insights stage.
// Private to the processor.
type InsightsInput struct {
	// Kind: Kind of the record.
	Kind InsightsInputKind `json:"kind"`
	// Funnel: The differences; FUNNEL only.
	Funnel Optional[FunnelChanges] `json:"funnel"`
	// Account: The account; ACCOUNT only.
	Account Optional[AccountState] `json:"account"`
	// ProviderCounts: The counts; PROVIDER only.
	ProviderCounts Optional[ProviderCounts] `json:"provider_counts"`
	// UpstreamStage: The stage whose watermark this is; CLOCK only.
	UpstreamStage Optional[string] `json:"upstream_stage"`
	// UpstreamPartition: The input partition whose watermark this is; CLOCK only.
	UpstreamPartition Optional[int32] `json:"upstream_partition"`
	// Clock: Watermark: every fact of that partition received before this time has
	// been emitted; CLOCK only.
	Clock Optional[time.Time] `json:"clock"`
}

// Schema returns the name of the .avsc file.
func (*InsightsInput) Schema() string { return "internal.insights.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *InsightsInput) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *InsightsInput) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = InsightsInput{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *InsightsInput) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if r.Funnel.Set {
		dst = append(dst, 2)
		if dst, err = r.Funnel.Value.appendTo(dst); err != nil {
			return dst, at("funnel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Account.Set {
		dst = append(dst, 2)
		if dst, err = r.Account.Value.appendTo(dst); err != nil {
			return dst, at("account", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ProviderCounts.Set {
		dst = append(dst, 2)
		if dst, err = r.ProviderCounts.Value.appendTo(dst); err != nil {
			return dst, at("provider_counts", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.UpstreamStage.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.UpstreamStage.Value); err != nil {
			return dst, at("upstream_stage", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.UpstreamPartition.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.UpstreamPartition.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.Clock.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Clock.Value); err != nil {
			return dst, at("clock", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *InsightsInput) decodeFrom(d *decoder) error {
	var err error
	if r.Kind, err = decodeInsightsInputKind(d); err != nil {
		return at("kind", err)
	}
	if r.Funnel.Set, err = d.isSet(); err != nil {
		return at("funnel", err)
	}
	if r.Funnel.Set {
		if err = r.Funnel.Value.decodeFrom(d); err != nil {
			return at("funnel", err)
		}
	}
	if r.Account.Set, err = d.isSet(); err != nil {
		return at("account", err)
	}
	if r.Account.Set {
		if err = r.Account.Value.decodeFrom(d); err != nil {
			return at("account", err)
		}
	}
	if r.ProviderCounts.Set, err = d.isSet(); err != nil {
		return at("provider_counts", err)
	}
	if r.ProviderCounts.Set {
		if err = r.ProviderCounts.Value.decodeFrom(d); err != nil {
			return at("provider_counts", err)
		}
	}
	if r.UpstreamStage.Set, err = d.isSet(); err != nil {
		return at("upstream_stage", err)
	}
	if r.UpstreamStage.Set {
		if r.UpstreamStage.Value, err = d.string(); err != nil {
			return at("upstream_stage", err)
		}
	}
	if r.UpstreamPartition.Set, err = d.isSet(); err != nil {
		return at("upstream_partition", err)
	}
	if r.UpstreamPartition.Set {
		if r.UpstreamPartition.Value, err = d.int(); err != nil {
			return at("upstream_partition", err)
		}
	}
	if r.Clock.Set, err = d.isSet(); err != nil {
		return at("clock", err)
	}
	if r.Clock.Set {
		if r.Clock.Value, err = d.time(); err != nil {
			return at("clock", err)
		}
	}
	return nil
}

// InsightsInputKind is a string with documented values.
type InsightsInputKind string

// The values of InsightsInputKind; the zero value is written as UNKNOWN.
const (
	// InsightsInputKindUnknown: a value that this version does not know.
	InsightsInputKindUnknown InsightsInputKind = "UNKNOWN"
	// InsightsInputKindAccount: the newest state of a telephony account.
	InsightsInputKindAccount InsightsInputKind = "ACCOUNT"
	// InsightsInputKindClock: the watermark of an upstream partition.
	InsightsInputKindClock InsightsInputKind = "CLOCK"
	// InsightsInputKindFunnel: differences of the funnel's counts of one country.
	InsightsInputKindFunnel InsightsInputKind = "FUNNEL"
	// InsightsInputKindProvider: daily counts of a provider's records.
	InsightsInputKindProvider InsightsInputKind = "PROVIDER"
)

func (v InsightsInputKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = InsightsInputKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeInsightsInputKind(d *decoder) (InsightsInputKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return InsightsInputKindUnknown, nil
	case "ACCOUNT":
		return InsightsInputKindAccount, nil
	case "CLOCK":
		return InsightsInputKindClock, nil
	case "FUNNEL":
		return InsightsInputKindFunnel, nil
	case "PROVIDER":
		return InsightsInputKindProvider, nil
	}
	s, err := newValue(b)
	return InsightsInputKind(s), err
}

// ProviderCounts: Counts of a provider's records of one minute and raw
// partition.
type ProviderCounts struct {
	// Provider: Id of the provider, such as lox24.
	Provider string `json:"provider"`
	// ReceivedMinute: Begin of the minute in which the records were received, as
	// minute of ledger.v1.
	ReceivedMinute time.Time `json:"received_minute"`
	// Decoded: Raw records that became a fact.
	Decoded int64 `json:"decoded"`
	// Duplicates: Raw records that repeated one.
	Duplicates int64 `json:"duplicates"`
	// DeadLetters: Raw records that became a dead letter.
	DeadLetters int64 `json:"dead_letters"`
	// MissedAttempts: Delivery attempts of which no webhook told in time, minus
	// those that came later; may be negative.
	MissedAttempts int64 `json:"missed_attempts"`
	// Regressions: Payments whose phase went back for the first time.
	Regressions int64 `json:"regressions"`
	// Conflicts: Payments whose phases contradict each other for the first time,
	// minus those for which they no longer do.
	Conflicts int64 `json:"conflicts"`
	// UnknownNames: Events, statuses and channels with a name that this version
	// does not know.
	UnknownNames int64 `json:"unknown_names"`
	// Lateness: The facts with a time of the event, by how late they were
	// received; sorted by bucket.
	Lateness []ProviderLateness `json:"lateness"`
}

func (r *ProviderCounts) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendTime(dst, r.ReceivedMinute); err != nil {
		return dst, at("received_minute", err)
	}
	dst = appendLong(dst, r.Decoded)
	dst = appendLong(dst, r.Duplicates)
	dst = appendLong(dst, r.DeadLetters)
	dst = appendLong(dst, r.MissedAttempts)
	dst = appendLong(dst, r.Regressions)
	dst = appendLong(dst, r.Conflicts)
	dst = appendLong(dst, r.UnknownNames)
	if n := len(r.Lateness); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Lateness {
			if dst, err = r.Lateness[i].appendTo(dst); err != nil {
				return dst, at("lateness", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func (r *ProviderCounts) decodeFrom(d *decoder) error {
	var err error
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.ReceivedMinute, err = d.time(); err != nil {
		return at("received_minute", err)
	}
	if r.Decoded, err = d.long(); err != nil {
		return at("decoded", err)
	}
	if r.Duplicates, err = d.long(); err != nil {
		return at("duplicates", err)
	}
	if r.DeadLetters, err = d.long(); err != nil {
		return at("dead_letters", err)
	}
	if r.MissedAttempts, err = d.long(); err != nil {
		return at("missed_attempts", err)
	}
	if r.Regressions, err = d.long(); err != nil {
		return at("regressions", err)
	}
	if r.Conflicts, err = d.long(); err != nil {
		return at("conflicts", err)
	}
	if r.UnknownNames, err = d.long(); err != nil {
		return at("unknown_names", err)
	}
	if r.Lateness, err = decodeArray(d, 2, decodeProviderLateness); err != nil {
		return at("lateness", err)
	}
	return nil
}

// ProviderLateness: Facts by the time from the event to its receipt.
type ProviderLateness struct {
	// LatenessBucket: Bucket of the time: i holds those up to 1.1^i milliseconds,
	// 0 those up to one.
	LatenessBucket int32 `json:"lateness_bucket"`
	// LateFacts: Number of facts in it.
	LateFacts int64 `json:"late_facts"`
}

func (r *ProviderLateness) appendTo(dst []byte) ([]byte, error) {
	dst = appendLong(dst, int64(r.LatenessBucket))
	dst = appendLong(dst, r.LateFacts)
	return dst, nil
}

func decodeProviderLateness(d *decoder) (ProviderLateness, error) {
	var r ProviderLateness
	err := r.decodeFrom(d)
	return r, err
}

func (r *ProviderLateness) decodeFrom(d *decoder) error {
	var err error
	if r.LatenessBucket, err = d.int(); err != nil {
		return at("lateness_bucket", err)
	}
	if r.LateFacts, err = d.long(); err != nil {
		return at("late_facts", err)
	}
	return nil
}
