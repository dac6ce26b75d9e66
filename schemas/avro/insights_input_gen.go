// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// AccountState: The state of a telephony account.
type AccountState struct {
	// AccountID: Key of the account in enriched.accounts.v1.
	AccountID string `json:"account_id"`
}

func (r *AccountState) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.AccountID); err != nil {
		return dst, at("account_id", err)
	}
	return dst, nil
}

func (r *AccountState) decodeFrom(d *decoder) error {
	var err error
	if r.AccountID, err = d.string(); err != nil {
		return at("account_id", err)
	}
	return nil
}

// FunnelChange: A difference: each number is added to the count of the same
// name. It is negative where a contribution is taken back.
type FunnelChange struct {
	// OrderedMinute: Begin of the minute in which the verifications were ordered.
	OrderedMinute time.Time `json:"ordered_minute"`
	// Provider: lox24 or unibell.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Channel: Channel of the first attempt; null while none is known.
	Channel Optional[Channel] `json:"channel"`
	// Area: Calling code and national destination code of the phone, with plus;
	// null if the number is not valid or blocks are off.
	Area Optional[string] `json:"area"`
	// FullBlock: The phone without its last four digits, with plus; null where
	// area is.
	FullBlock Optional[string] `json:"full_block"`
	// Carrier: Carrier of the number range; null where it is unknown.
	Carrier Optional[string] `json:"carrier"`
	// Requested: Verifications ordered in the window.
	Requested int64 `json:"requested"`
	// Sent: Those with at least one attempt that began.
	Sent int64 `json:"sent"`
	// Delivered: Those with a delivered attempt, or of which the provider named
	// the channel that delivered.
	Delivered int64 `json:"delivered"`
	// Verified: Those whose outcome is SUCCESS.
	Verified int64 `json:"verified"`
	// Expired: Those whose outcome is EXPIRED.
	Expired int64 `json:"expired"`
	// Failed: Those whose outcome is FAILED or ERROR.
	Failed int64 `json:"failed"`
	// Paid: Journeys with a payment that was ever captured, given back since or
	// not, whose verification is one of these: the one that succeeded first, else
	// the first.
	Paid int64 `json:"paid"`
	// Refunded: Those of the paid journeys of which money was given back, in part
	// or whole.
	Refunded int64 `json:"refunded"`
	// Untracked: Those whose outcome is UNKNOWN: the provider reports none to this
	// source.
	Untracked int64 `json:"untracked"`
	// CostUnknown: Verifications without a known cost, which no cost includes.
	CostUnknown int64 `json:"cost_unknown"`
	// Channels: The attempts of these verifications by channel, sorted by channel.
	Channels []FunnelChannel `json:"channels"`
	// CostChanges: The cost by currency.
	CostChanges []FunnelCostChange `json:"cost_changes"`
	// RevenueChanges: The money of paid journeys by currency.
	RevenueChanges []FunnelRevenueChange `json:"revenue_changes"`
	// Phones: The phones.
	Phones []FunnelNumber `json:"phones"`
	// VerifyTimes: Times from order to success, by bucket.
	VerifyTimes []FunnelTime `json:"verify_times"`
	// CaptureTimes: Times from success to capture, by bucket.
	CaptureTimes []FunnelTime `json:"capture_times"`
	// VerifiedMinutes: The minutes in which they succeeded, by the provider's
	// time.
	VerifiedMinutes []FunnelMinute `json:"verified_minutes"`
}

func (r *FunnelChange) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendTime(dst, r.OrderedMinute); err != nil {
		return dst, at("ordered_minute", err)
	}
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	if dst, err = appendString(dst, r.Source); err != nil {
		return dst, at("source", err)
	}
	if r.Channel.Set {
		dst = append(dst, 2)
		if dst, err = r.Channel.Value.appendTo(dst); err != nil {
			return dst, at("channel", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Area.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Area.Value); err != nil {
			return dst, at("area", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.FullBlock.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.FullBlock.Value); err != nil {
			return dst, at("full_block", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Carrier.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Carrier.Value); err != nil {
			return dst, at("carrier", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Requested)
	dst = appendLong(dst, r.Sent)
	dst = appendLong(dst, r.Delivered)
	dst = appendLong(dst, r.Verified)
	dst = appendLong(dst, r.Expired)
	dst = appendLong(dst, r.Failed)
	dst = appendLong(dst, r.Paid)
	dst = appendLong(dst, r.Refunded)
	dst = appendLong(dst, r.Untracked)
	dst = appendLong(dst, r.CostUnknown)
	if n := len(r.Channels); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Channels {
			if dst, err = r.Channels[i].appendTo(dst); err != nil {
				return dst, at("channels", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.CostChanges); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CostChanges {
			if dst, err = r.CostChanges[i].appendTo(dst); err != nil {
				return dst, at("cost_changes", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.RevenueChanges); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.RevenueChanges {
			if dst, err = r.RevenueChanges[i].appendTo(dst); err != nil {
				return dst, at("revenue_changes", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.Phones); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Phones {
			if dst, err = r.Phones[i].appendTo(dst); err != nil {
				return dst, at("phones", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.VerifyTimes); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.VerifyTimes {
			if dst, err = r.VerifyTimes[i].appendTo(dst); err != nil {
				return dst, at("verify_times", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.CaptureTimes); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.CaptureTimes {
			if dst, err = r.CaptureTimes[i].appendTo(dst); err != nil {
				return dst, at("capture_times", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.VerifiedMinutes); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.VerifiedMinutes {
			if dst, err = r.VerifiedMinutes[i].appendTo(dst); err != nil {
				return dst, at("verified_minutes", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	return dst, nil
}

func decodeFunnelChange(d *decoder) (FunnelChange, error) {
	var r FunnelChange
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelChange) decodeFrom(d *decoder) error {
	var err error
	if r.OrderedMinute, err = d.time(); err != nil {
		return at("ordered_minute", err)
	}
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	if r.Source, err = d.string(); err != nil {
		return at("source", err)
	}
	if r.Channel.Set, err = d.isSet(); err != nil {
		return at("channel", err)
	}
	if r.Channel.Set {
		if r.Channel.Value, err = decodeChannel(d); err != nil {
			return at("channel", err)
		}
	}
	if r.Area.Set, err = d.isSet(); err != nil {
		return at("area", err)
	}
	if r.Area.Set {
		if r.Area.Value, err = d.string(); err != nil {
			return at("area", err)
		}
	}
	if r.FullBlock.Set, err = d.isSet(); err != nil {
		return at("full_block", err)
	}
	if r.FullBlock.Set {
		if r.FullBlock.Value, err = d.string(); err != nil {
			return at("full_block", err)
		}
	}
	if r.Carrier.Set, err = d.isSet(); err != nil {
		return at("carrier", err)
	}
	if r.Carrier.Set {
		if r.Carrier.Value, err = d.string(); err != nil {
			return at("carrier", err)
		}
	}
	if r.Requested, err = d.long(); err != nil {
		return at("requested", err)
	}
	if r.Sent, err = d.long(); err != nil {
		return at("sent", err)
	}
	if r.Delivered, err = d.long(); err != nil {
		return at("delivered", err)
	}
	if r.Verified, err = d.long(); err != nil {
		return at("verified", err)
	}
	if r.Expired, err = d.long(); err != nil {
		return at("expired", err)
	}
	if r.Failed, err = d.long(); err != nil {
		return at("failed", err)
	}
	if r.Paid, err = d.long(); err != nil {
		return at("paid", err)
	}
	if r.Refunded, err = d.long(); err != nil {
		return at("refunded", err)
	}
	if r.Untracked, err = d.long(); err != nil {
		return at("untracked", err)
	}
	if r.CostUnknown, err = d.long(); err != nil {
		return at("cost_unknown", err)
	}
	if r.Channels, err = decodeArray(d, 4, decodeFunnelChannel); err != nil {
		return at("channels", err)
	}
	if r.CostChanges, err = decodeArray(d, 3, decodeFunnelCostChange); err != nil {
		return at("cost_changes", err)
	}
	if r.RevenueChanges, err = decodeArray(d, 3, decodeFunnelRevenueChange); err != nil {
		return at("revenue_changes", err)
	}
	if r.Phones, err = decodeArray(d, 2, decodeFunnelNumber); err != nil {
		return at("phones", err)
	}
	if r.VerifyTimes, err = decodeArray(d, 2, decodeFunnelTime); err != nil {
		return at("verify_times", err)
	}
	if r.CaptureTimes, err = decodeArray(d, 2, decodeFunnelTime); err != nil {
		return at("capture_times", err)
	}
	if r.VerifiedMinutes, err = decodeArray(d, 2, decodeFunnelMinute); err != nil {
		return at("verified_minutes", err)
	}
	return nil
}

// FunnelChanges: Differences of the funnel's counts of one country, summed over
// one transaction.
type FunnelChanges struct {
	// Country: Country of the phone, ISO 3166-1 alpha-2; null if it is unknown.
	Country Optional[string] `json:"country"`
	// Changes: The differences, at most one for each minute, provider, source,
	// channel and block.
	Changes []FunnelChange `json:"changes"`
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
	if n := len(r.Changes); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Changes {
			if dst, err = r.Changes[i].appendTo(dst); err != nil {
				return dst, at("changes", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
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
	if r.Changes, err = decodeArray(d, 24, decodeFunnelChange); err != nil {
		return at("changes", err)
	}
	return nil
}

// FunnelCostChange: The cost of verifications in one currency.
type FunnelCostChange struct {
	// Currency: ISO 4217 code; null if the provider names none.
	Currency Optional[string] `json:"currency"`
	// Known: Verifications with a known cost in this currency.
	Known int64 `json:"known"`
	// CostMinor: Their cost in minor units of currency.
	CostMinor int64 `json:"cost_minor"`
}

func (r *FunnelCostChange) appendTo(dst []byte) ([]byte, error) {
	var err error
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Known)
	dst = appendLong(dst, r.CostMinor)
	return dst, nil
}

func decodeFunnelCostChange(d *decoder) (FunnelCostChange, error) {
	var r FunnelCostChange
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelCostChange) decodeFrom(d *decoder) error {
	var err error
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.Known, err = d.long(); err != nil {
		return at("known", err)
	}
	if r.CostMinor, err = d.long(); err != nil {
		return at("cost_minor", err)
	}
	return nil
}

// FunnelMinute: A minute in which verifications succeeded.
type FunnelMinute struct {
	// SuccessMinute: Begin of the minute.
	SuccessMinute time.Time `json:"success_minute"`
	// Successes: Verifications that succeeded in it.
	Successes int64 `json:"successes"`
}

func (r *FunnelMinute) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendTime(dst, r.SuccessMinute); err != nil {
		return dst, at("success_minute", err)
	}
	dst = appendLong(dst, r.Successes)
	return dst, nil
}

func decodeFunnelMinute(d *decoder) (FunnelMinute, error) {
	var r FunnelMinute
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelMinute) decodeFrom(d *decoder) error {
	var err error
	if r.SuccessMinute, err = d.time(); err != nil {
		return at("success_minute", err)
	}
	if r.Successes, err = d.long(); err != nil {
		return at("successes", err)
	}
	return nil
}

// FunnelNumber: A phone of the verifications.
type FunnelNumber struct {
	// Hash: First 64 bits of the phone's pseudonym under the oldest key.
	Hash int64 `json:"hash"`
	// Uses: Verifications with this phone.
	Uses int64 `json:"uses"`
}

func (r *FunnelNumber) appendTo(dst []byte) ([]byte, error) {
	dst = appendLong(dst, r.Hash)
	dst = appendLong(dst, r.Uses)
	return dst, nil
}

func decodeFunnelNumber(d *decoder) (FunnelNumber, error) {
	var r FunnelNumber
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelNumber) decodeFrom(d *decoder) error {
	var err error
	if r.Hash, err = d.long(); err != nil {
		return at("hash", err)
	}
	if r.Uses, err = d.long(); err != nil {
		return at("uses", err)
	}
	return nil
}

// FunnelRevenueChange: The money of journeys in one currency.
type FunnelRevenueChange struct {
	// Currency: ISO 4217 code.
	Currency string `json:"currency"`
	// GrossMinor: Amount captured, in minor units of currency.
	GrossMinor int64 `json:"gross_minor"`
	// RefundedMinor: Amount given back of it, in minor units of currency.
	RefundedMinor int64 `json:"refunded_minor"`
}

func (r *FunnelRevenueChange) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Currency); err != nil {
		return dst, at("currency", err)
	}
	dst = appendLong(dst, r.GrossMinor)
	dst = appendLong(dst, r.RefundedMinor)
	return dst, nil
}

func decodeFunnelRevenueChange(d *decoder) (FunnelRevenueChange, error) {
	var r FunnelRevenueChange
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelRevenueChange) decodeFrom(d *decoder) error {
	var err error
	if r.Currency, err = d.string(); err != nil {
		return at("currency", err)
	}
	if r.GrossMinor, err = d.long(); err != nil {
		return at("gross_minor", err)
	}
	if r.RefundedMinor, err = d.long(); err != nil {
		return at("refunded_minor", err)
	}
	return nil
}

// FunnelTime: Durations of about the same length.
type FunnelTime struct {
	// Bucket: Index of the logarithmic bucket of the duration.
	Bucket int32 `json:"bucket"`
	// Durations: Number of durations in it.
	Durations int64 `json:"durations"`
}

func (r *FunnelTime) appendTo(dst []byte) ([]byte, error) {
	dst = appendLong(dst, int64(r.Bucket))
	dst = appendLong(dst, r.Durations)
	return dst, nil
}

func decodeFunnelTime(d *decoder) (FunnelTime, error) {
	var r FunnelTime
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelTime) decodeFrom(d *decoder) error {
	var err error
	if r.Bucket, err = d.int(); err != nil {
		return at("bucket", err)
	}
	if r.Durations, err = d.long(); err != nil {
		return at("durations", err)
	}
	return nil
}

// InsightsInput: The records that upstream stages emit to the insights stage.
// Private to the processor.
type InsightsInput struct {
	// Kind: What the record reports.
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

// ProviderCounts: Counts of a provider's records of one day.
type ProviderCounts struct {
	// Provider: Id of the provider, such as lox24.
	Provider string `json:"provider"`
}

func (r *ProviderCounts) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Provider); err != nil {
		return dst, at("provider", err)
	}
	return dst, nil
}

func (r *ProviderCounts) decodeFrom(d *decoder) error {
	var err error
	if r.Provider, err = d.string(); err != nil {
		return at("provider", err)
	}
	return nil
}
