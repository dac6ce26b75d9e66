// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// FunnelChannel: The attempts on one channel.
type FunnelChannel struct {
	// Channel: The channel, normalised.
	Channel Channel `json:"channel"`
	// Attempts: Number of attempts to deliver a code on this channel, as rows of
	// facts.attempts.v1.
	Attempts int64 `json:"attempts"`
	// FailedAttempts: Number of those whose status is FAILED or ERROR.
	FailedAttempts int64 `json:"failed_attempts"`
	// Fallbacks: Number of those on another channel than the attempt before:
	// is_fallback of facts.attempts.v1.
	Fallbacks int64 `json:"fallbacks"`
}

func (r *FunnelChannel) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Channel.appendTo(dst); err != nil {
		return dst, at("channel", err)
	}
	dst = appendLong(dst, r.Attempts)
	dst = appendLong(dst, r.FailedAttempts)
	dst = appendLong(dst, r.Fallbacks)
	return dst, nil
}

func decodeFunnelChannel(d *decoder) (FunnelChannel, error) {
	var r FunnelChannel
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelChannel) decodeFrom(d *decoder) error {
	var err error
	if r.Channel, err = decodeChannel(d); err != nil {
		return at("channel", err)
	}
	if r.Attempts, err = d.long(); err != nil {
		return at("attempts", err)
	}
	if r.FailedAttempts, err = d.long(); err != nil {
		return at("failed_attempts", err)
	}
	if r.Fallbacks, err = d.long(); err != nil {
		return at("fallbacks", err)
	}
	return nil
}

// FunnelCost: The cost of verifications in one currency.
type FunnelCost struct {
	// Currency: ISO 4217 code; null if the provider names none.
	Currency Optional[string] `json:"currency"`
	// Known: Verifications with a known cost in this currency.
	Known int64 `json:"known"`
	// CostMinor: Their cost in minor units of currency.
	CostMinor int64 `json:"cost_minor"`
	// CostPerVerifiedMinor: This currency's part of the cost per verified user:
	// cost_minor / verified of the row, a fraction of minor units of currency;
	// null if nobody is verified or a cost is unknown (cost_unknown of the row is
	// not 0).
	CostPerVerifiedMinor Optional[float64] `json:"cost_per_verified_minor"`
	// CostPerPaidMinor: This currency's part of the cost per paying user:
	// cost_minor / paid of the row, a fraction of minor units of currency; null if
	// nobody paid or a cost is unknown (cost_unknown of the row is not 0).
	CostPerPaidMinor Optional[float64] `json:"cost_per_paid_minor"`
	// CostConvertedMinor: cost_minor in minor units of converted_currency, by the
	// rates that were configured when this version was made; null without rates or
	// without one of this currency.
	CostConvertedMinor Optional[int64] `json:"cost_converted_minor"`
	// ConvertedCurrency: Currency of cost_converted_minor (ISO 4217); null as that
	// is.
	ConvertedCurrency Optional[string] `json:"converted_currency"`
	// Rate: How much of converted_currency one unit of currency is; null as
	// cost_converted_minor is.
	Rate Optional[float64] `json:"rate"`
	// RateAsOf: Day of the rate (UTC); null as cost_converted_minor is.
	RateAsOf Optional[time.Time] `json:"rate_as_of"`
}

func (r *FunnelCost) appendTo(dst []byte) ([]byte, error) {
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
	if r.CostPerVerifiedMinor.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.CostPerVerifiedMinor.Value); err != nil {
			return dst, at("cost_per_verified_minor", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostPerPaidMinor.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.CostPerPaidMinor.Value); err != nil {
			return dst, at("cost_per_paid_minor", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostConvertedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostConvertedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.ConvertedCurrency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ConvertedCurrency.Value); err != nil {
			return dst, at("converted_currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Rate.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Rate.Value); err != nil {
			return dst, at("rate", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RateAsOf.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.RateAsOf.Value); err != nil {
			return dst, at("rate_as_of", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeFunnelCost(d *decoder) (FunnelCost, error) {
	var r FunnelCost
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelCost) decodeFrom(d *decoder) error {
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
	if r.CostPerVerifiedMinor.Set, err = d.isSet(); err != nil {
		return at("cost_per_verified_minor", err)
	}
	if r.CostPerVerifiedMinor.Set {
		if r.CostPerVerifiedMinor.Value, err = d.double(); err != nil {
			return at("cost_per_verified_minor", err)
		}
	}
	if r.CostPerPaidMinor.Set, err = d.isSet(); err != nil {
		return at("cost_per_paid_minor", err)
	}
	if r.CostPerPaidMinor.Set {
		if r.CostPerPaidMinor.Value, err = d.double(); err != nil {
			return at("cost_per_paid_minor", err)
		}
	}
	if r.CostConvertedMinor.Set, err = d.isSet(); err != nil {
		return at("cost_converted_minor", err)
	}
	if r.CostConvertedMinor.Set {
		if r.CostConvertedMinor.Value, err = d.long(); err != nil {
			return at("cost_converted_minor", err)
		}
	}
	if r.ConvertedCurrency.Set, err = d.isSet(); err != nil {
		return at("converted_currency", err)
	}
	if r.ConvertedCurrency.Set {
		if r.ConvertedCurrency.Value, err = d.string(); err != nil {
			return at("converted_currency", err)
		}
	}
	if r.Rate.Set, err = d.isSet(); err != nil {
		return at("rate", err)
	}
	if r.Rate.Set {
		if r.Rate.Value, err = d.double(); err != nil {
			return at("rate", err)
		}
	}
	if r.RateAsOf.Set, err = d.isSet(); err != nil {
		return at("rate_as_of", err)
	}
	if r.RateAsOf.Set {
		if r.RateAsOf.Value, err = d.date(); err != nil {
			return at("rate_as_of", err)
		}
	}
	return nil
}

// FunnelLevel is a string with documented values.
type FunnelLevel string

// The values of FunnelLevel; the zero value is written as UNKNOWN.
const (
	// FunnelLevelUnknown: a value that this version does not know.
	FunnelLevelUnknown FunnelLevel = "UNKNOWN"
	// FunnelLevelArea: calling code and national destination code.
	FunnelLevelArea FunnelLevel = "AREA"
	// FunnelLevelBlock: the number without its last four digits.
	FunnelLevelBlock FunnelLevel = "BLOCK"
	// FunnelLevelCountry: the country.
	FunnelLevelCountry FunnelLevel = "COUNTRY"
)

func (v FunnelLevel) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = FunnelLevelUnknown
	}
	return appendString(dst, string(v))
}

func decodeFunnelLevel(d *decoder) (FunnelLevel, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return FunnelLevelUnknown, nil
	case "AREA":
		return FunnelLevelArea, nil
	case "BLOCK":
		return FunnelLevelBlock, nil
	case "COUNTRY":
		return FunnelLevelCountry, nil
	}
	s, err := newValue(b)
	return FunnelLevel(s), err
}

// FunnelRevenue: The money of journeys in one currency.
type FunnelRevenue struct {
	// Currency: ISO 4217 code.
	Currency string `json:"currency"`
	// GrossMinor: Amount captured, given back since or not, in minor units of
	// currency.
	GrossMinor int64 `json:"gross_minor"`
	// RefundedMinor: Amount given back of it, in minor units of currency.
	RefundedMinor int64 `json:"refunded_minor"`
	// NetMinor: Captured less given back, in minor units of currency.
	NetMinor int64 `json:"net_minor"`
	// NetConvertedMinor: net_minor in minor units of converted_currency, by the
	// rates that were configured when this version was made; null without rates or
	// without one of this currency.
	NetConvertedMinor Optional[int64] `json:"net_converted_minor"`
	// ConvertedCurrency: Currency of net_converted_minor (ISO 4217); null as that
	// is.
	ConvertedCurrency Optional[string] `json:"converted_currency"`
	// Rate: How much of converted_currency one unit of currency is; null as
	// net_converted_minor is.
	Rate Optional[float64] `json:"rate"`
	// RateAsOf: Day of the rate (UTC); null as net_converted_minor is.
	RateAsOf Optional[time.Time] `json:"rate_as_of"`
}

func (r *FunnelRevenue) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Currency); err != nil {
		return dst, at("currency", err)
	}
	dst = appendLong(dst, r.GrossMinor)
	dst = appendLong(dst, r.RefundedMinor)
	dst = appendLong(dst, r.NetMinor)
	if r.NetConvertedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.NetConvertedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.ConvertedCurrency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ConvertedCurrency.Value); err != nil {
			return dst, at("converted_currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Rate.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Rate.Value); err != nil {
			return dst, at("rate", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RateAsOf.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.RateAsOf.Value); err != nil {
			return dst, at("rate_as_of", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeFunnelRevenue(d *decoder) (FunnelRevenue, error) {
	var r FunnelRevenue
	err := r.decodeFrom(d)
	return r, err
}

func (r *FunnelRevenue) decodeFrom(d *decoder) error {
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
	if r.NetMinor, err = d.long(); err != nil {
		return at("net_minor", err)
	}
	if r.NetConvertedMinor.Set, err = d.isSet(); err != nil {
		return at("net_converted_minor", err)
	}
	if r.NetConvertedMinor.Set {
		if r.NetConvertedMinor.Value, err = d.long(); err != nil {
			return at("net_converted_minor", err)
		}
	}
	if r.ConvertedCurrency.Set, err = d.isSet(); err != nil {
		return at("converted_currency", err)
	}
	if r.ConvertedCurrency.Set {
		if r.ConvertedCurrency.Value, err = d.string(); err != nil {
			return at("converted_currency", err)
		}
	}
	if r.Rate.Set, err = d.isSet(); err != nil {
		return at("rate", err)
	}
	if r.Rate.Set {
		if r.Rate.Value, err = d.double(); err != nil {
			return at("rate", err)
		}
	}
	if r.RateAsOf.Set, err = d.isSet(); err != nil {
		return at("rate_as_of", err)
	}
	if r.RateAsOf.Set {
		if r.RateAsOf.Value, err = d.date(); err != nil {
			return at("rate_as_of", err)
		}
	}
	return nil
}

// FunnelRow: One row is what the codes ordered in one window led to, for one
// provider, source, first channel and place. The row of the highest revision
// replaces all others of its funnel_id; a tombstone (no value) ends it. The
// window is that in which the code was ordered: later facts, such as a payment
// of the next day, change the rows of that window. Each code is in one row of
// each window size and level, so a sum is over one of each: where window =
// 'DAY' and level = 'COUNTRY'. Rows of level AREA without an area, and of level
// BLOCK without a block, hold the codes whose place is unknown or has fewer
// than k different numbers; with them the sums of all levels are equal.
// Distinct numbers, percentiles, shares and costs per user cannot be summed or
// averaged.
type FunnelRow struct {
	// FunnelID: The Kafka key: window size, its begin, level, country, area or
	// block, provider, source and channel, separated by slashes.
	FunnelID string `json:"funnel_id"`
	// Window: The size of the window.
	Window FunnelWindow `json:"window"`
	// WindowStart: Begin of the window, inclusive.
	WindowStart time.Time `json:"window_start"`
	// WindowEnd: End of the window, exclusive.
	WindowEnd time.Time `json:"window_end"`
	// Level: The size of the place.
	Level FunnelLevel `json:"level"`
	// Provider: lox24 or unibell.
	Provider string `json:"provider"`
	// Source: Id of the configured source.
	Source string `json:"source"`
	// Channel: Channel of the first attempt; null while none is known.
	Channel Optional[Channel] `json:"channel"`
	// Country: ISO 3166-1 alpha-2 code of the phone's country; null if the number
	// is unknown or not a valid one.
	Country Optional[string] `json:"country"`
	// Area: Calling code and national destination code of the phones, with plus;
	// null at level COUNTRY, and for the rest of the country's areas.
	Area Optional[string] `json:"area"`
	// Block: The phones without their last four digits, with plus. At least k
	// different numbers of it were seen within the retention. Null at the other
	// levels, and for the rest of the area's blocks.
	Block Optional[string] `json:"block"`
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
	// Conversion: verified / (requested - untracked): the share of the codes whose
	// outcome is reported that were verified; null if there are none. Shares
	// cannot be averaged: sum the counts.
	Conversion Optional[float64] `json:"conversion"`
	// ConversionLow: Lower end of the 95 % interval of conversion (Wilson); null
	// as that is. A few codes make a wide interval.
	ConversionLow Optional[float64] `json:"conversion_low"`
	// ConversionHigh: Upper end of the 95 % interval of conversion (Wilson); null
	// as that is.
	ConversionHigh Optional[float64] `json:"conversion_high"`
	// PaidShare: paid / requested: the share of the codes that led to a payment;
	// null if there are none. Shares cannot be averaged: sum the counts.
	PaidShare Optional[float64] `json:"paid_share"`
	// PaidShareLow: Lower end of the 95 % interval of paid_share (Wilson); null as
	// that is.
	PaidShareLow Optional[float64] `json:"paid_share_low"`
	// PaidShareHigh: Upper end of the 95 % interval of paid_share (Wilson); null
	// as that is.
	PaidShareHigh Optional[float64] `json:"paid_share_high"`
	// Channels: The attempts of these verifications by channel, sorted by channel.
	Channels []FunnelChannel `json:"channels"`
	// Costs: The cost by currency, sorted by currency. Costs in different
	// currencies have no sum.
	Costs []FunnelCost `json:"costs"`
	// Untracked: Those whose outcome is UNKNOWN: the provider reports none to this
	// source.
	Untracked int64 `json:"untracked"`
	// CostUnknown: Verifications without a known cost, which no cost includes.
	CostUnknown int64 `json:"cost_unknown"`
	// Revenue: The money of the paid journeys by currency, sorted by currency.
	Revenue []FunnelRevenue `json:"revenue"`
	// Currency: Currency of cost_minor (ISO 4217); null without a known cost, with
	// costs in several currencies, and if the provider names none.
	Currency Optional[string] `json:"currency"`
	// CostMinor: The known cost of these verifications in minor units of currency,
	// without those that cost_unknown counts; null if none is known or they are in
	// several currencies (see costs). It may be summed by currency.
	CostMinor Optional[int64] `json:"cost_minor"`
	// CostPerVerifiedMinor: cost_minor / verified, a fraction of minor units of
	// currency; null if nobody is verified, a cost is unknown (cost_unknown is not
	// 0), or cost_minor is null. It cannot be averaged: divide sums of cost_minor
	// and verified.
	CostPerVerifiedMinor Optional[float64] `json:"cost_per_verified_minor"`
	// CostPerPaidMinor: cost_minor / paid, a fraction of minor units of currency;
	// null if nobody paid, a cost is unknown (cost_unknown is not 0), or
	// cost_minor is null. It cannot be averaged: divide sums of cost_minor and
	// paid.
	CostPerPaidMinor Optional[float64] `json:"cost_per_paid_minor"`
	// NetMinor: Captured less given back, in minor units of net_currency; null if
	// nothing was captured, or in several currencies (see revenue). It may be
	// summed by net_currency.
	NetMinor Optional[int64] `json:"net_minor"`
	// NetCurrency: Currency of net_minor (ISO 4217); null as that is.
	NetCurrency Optional[string] `json:"net_currency"`
	// CostConvertedMinor: The costs of all currencies in minor units of
	// converted_currency, by the rates that were configured when this version was
	// made, without the codes that cost_unknown counts; null without rates,
	// without one of each currency, and if no cost is known.
	CostConvertedMinor Optional[int64] `json:"cost_converted_minor"`
	// CostPerVerifiedConvertedMinor: cost_converted_minor / verified, a fraction
	// of minor units of converted_currency; null if nobody is verified, a cost is
	// unknown (cost_unknown is not 0), or cost_converted_minor is null.
	CostPerVerifiedConvertedMinor Optional[float64] `json:"cost_per_verified_converted_minor"`
	// CostPerPaidConvertedMinor: cost_converted_minor / paid, a fraction of minor
	// units of converted_currency; null if nobody paid, a cost is unknown
	// (cost_unknown is not 0), or cost_converted_minor is null.
	CostPerPaidConvertedMinor Optional[float64] `json:"cost_per_paid_converted_minor"`
	// NetConvertedMinor: The net revenue of all currencies in minor units of
	// converted_currency, by the rates that were configured when this version was
	// made; null without rates, without one of each currency, and if nothing was
	// captured.
	NetConvertedMinor Optional[int64] `json:"net_converted_minor"`
	// ConvertedCurrency: Currency of the converted amounts (ISO 4217); null if
	// there are none.
	ConvertedCurrency Optional[string] `json:"converted_currency"`
	// Rate: How much of converted_currency one unit of the cost's currency is;
	// null without cost_converted_minor, and if its costs are in several
	// currencies (their rates are in costs).
	Rate Optional[float64] `json:"rate"`
	// RateAsOf: Day of the rates (UTC); null if there are no converted amounts.
	RateAsOf Optional[time.Time] `json:"rate_as_of"`
	// Numbers: Number of different phones; null for a row of the rest, and where
	// phones have no pseudonym. Exact up to 128, else an estimate with a standard
	// error of 1.6 %.
	Numbers Optional[int64] `json:"numbers"`
	// TimeToVerifyP50Ms: Median time from order to success of the verified, in
	// milliseconds, with a relative error of at most 2 %; null if none has a
	// duration.
	TimeToVerifyP50Ms Optional[int64] `json:"time_to_verify_p50_ms"`
	// TimeToVerifyP90Ms: 90th percentile of the time from order to success of the
	// verified, in milliseconds, with a relative error of at most 2 %; null if
	// none has a duration.
	TimeToVerifyP90Ms Optional[int64] `json:"time_to_verify_p90_ms"`
	// TimeToVerifyP99Ms: 99th percentile of the time from order to success of the
	// verified, in milliseconds, with a relative error of at most 2 %; null if
	// none has a duration.
	TimeToVerifyP99Ms Optional[int64] `json:"time_to_verify_p99_ms"`
	// VerifiedToCapturedP50Ms: Median time from success to capture of the paid
	// journeys, in milliseconds, with a relative error of at most 2 %; null if
	// none has a duration.
	VerifiedToCapturedP50Ms Optional[int64] `json:"verified_to_captured_p50_ms"`
	// VerifiedToCapturedP90Ms: 90th percentile of the time from success to capture
	// of the paid journeys, in milliseconds, with a relative error of at most 2 %;
	// null if none has a duration.
	VerifiedToCapturedP90Ms Optional[int64] `json:"verified_to_captured_p90_ms"`
	// VerifiedToCapturedP99Ms: 99th percentile of the time from success to capture
	// of the paid journeys, in milliseconds, with a relative error of at most 2 %;
	// null if none has a duration.
	VerifiedToCapturedP99Ms Optional[int64] `json:"verified_to_captured_p99_ms"`
	// Revision: Number of this row's version within its key, from 1; it only goes
	// up.
	Revision int64 `json:"revision"`
	// ProcessedAt: When the processor made this version.
	ProcessedAt time.Time `json:"processed_at"`
}

// Schema returns the name of the .avsc file.
func (*FunnelRow) Schema() string { return "insights.funnel.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *FunnelRow) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *FunnelRow) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = FunnelRow{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *FunnelRow) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.FunnelID); err != nil {
		return dst, at("funnel_id", err)
	}
	if dst, err = r.Window.appendTo(dst); err != nil {
		return dst, at("window", err)
	}
	if dst, err = appendTime(dst, r.WindowStart); err != nil {
		return dst, at("window_start", err)
	}
	if dst, err = appendTime(dst, r.WindowEnd); err != nil {
		return dst, at("window_end", err)
	}
	if dst, err = r.Level.appendTo(dst); err != nil {
		return dst, at("level", err)
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
	if r.Country.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Country.Value); err != nil {
			return dst, at("country", err)
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
	if r.Block.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Block.Value); err != nil {
			return dst, at("block", err)
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
	if r.Conversion.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Conversion.Value); err != nil {
			return dst, at("conversion", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ConversionLow.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.ConversionLow.Value); err != nil {
			return dst, at("conversion_low", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.ConversionHigh.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.ConversionHigh.Value); err != nil {
			return dst, at("conversion_high", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaidShare.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.PaidShare.Value); err != nil {
			return dst, at("paid_share", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaidShareLow.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.PaidShareLow.Value); err != nil {
			return dst, at("paid_share_low", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.PaidShareHigh.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.PaidShareHigh.Value); err != nil {
			return dst, at("paid_share_high", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.Channels); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Channels {
			if dst, err = r.Channels[i].appendTo(dst); err != nil {
				return dst, at("channels", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if n := len(r.Costs); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Costs {
			if dst, err = r.Costs[i].appendTo(dst); err != nil {
				return dst, at("costs", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	dst = appendLong(dst, r.Untracked)
	dst = appendLong(dst, r.CostUnknown)
	if n := len(r.Revenue); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Revenue {
			if dst, err = r.Revenue[i].appendTo(dst); err != nil {
				return dst, at("revenue", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	if r.Currency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Currency.Value); err != nil {
			return dst, at("currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CostPerVerifiedMinor.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.CostPerVerifiedMinor.Value); err != nil {
			return dst, at("cost_per_verified_minor", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostPerPaidMinor.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.CostPerPaidMinor.Value); err != nil {
			return dst, at("cost_per_paid_minor", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.NetMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.NetMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.NetCurrency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.NetCurrency.Value); err != nil {
			return dst, at("net_currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostConvertedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostConvertedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CostPerVerifiedConvertedMinor.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.CostPerVerifiedConvertedMinor.Value); err != nil {
			return dst, at("cost_per_verified_converted_minor", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.CostPerPaidConvertedMinor.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.CostPerPaidConvertedMinor.Value); err != nil {
			return dst, at("cost_per_paid_converted_minor", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.NetConvertedMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.NetConvertedMinor.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.ConvertedCurrency.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.ConvertedCurrency.Value); err != nil {
			return dst, at("converted_currency", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Rate.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Rate.Value); err != nil {
			return dst, at("rate", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RateAsOf.Set {
		dst = append(dst, 2)
		if dst, err = appendDate(dst, r.RateAsOf.Value); err != nil {
			return dst, at("rate_as_of", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Numbers.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.Numbers.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.TimeToVerifyP50Ms.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.TimeToVerifyP50Ms.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.TimeToVerifyP90Ms.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.TimeToVerifyP90Ms.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.TimeToVerifyP99Ms.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.TimeToVerifyP99Ms.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.VerifiedToCapturedP50Ms.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerifiedToCapturedP50Ms.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.VerifiedToCapturedP90Ms.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerifiedToCapturedP90Ms.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.VerifiedToCapturedP99Ms.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.VerifiedToCapturedP99Ms.Value)
	} else {
		dst = append(dst, 0)
	}
	dst = appendLong(dst, r.Revision)
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	return dst, nil
}

func (r *FunnelRow) decodeFrom(d *decoder) error {
	var err error
	if r.FunnelID, err = d.string(); err != nil {
		return at("funnel_id", err)
	}
	if r.Window, err = decodeFunnelWindow(d); err != nil {
		return at("window", err)
	}
	if r.WindowStart, err = d.time(); err != nil {
		return at("window_start", err)
	}
	if r.WindowEnd, err = d.time(); err != nil {
		return at("window_end", err)
	}
	if r.Level, err = decodeFunnelLevel(d); err != nil {
		return at("level", err)
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
	if r.Country.Set, err = d.isSet(); err != nil {
		return at("country", err)
	}
	if r.Country.Set {
		if r.Country.Value, err = d.string(); err != nil {
			return at("country", err)
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
	if r.Block.Set, err = d.isSet(); err != nil {
		return at("block", err)
	}
	if r.Block.Set {
		if r.Block.Value, err = d.string(); err != nil {
			return at("block", err)
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
	if r.Conversion.Set, err = d.isSet(); err != nil {
		return at("conversion", err)
	}
	if r.Conversion.Set {
		if r.Conversion.Value, err = d.double(); err != nil {
			return at("conversion", err)
		}
	}
	if r.ConversionLow.Set, err = d.isSet(); err != nil {
		return at("conversion_low", err)
	}
	if r.ConversionLow.Set {
		if r.ConversionLow.Value, err = d.double(); err != nil {
			return at("conversion_low", err)
		}
	}
	if r.ConversionHigh.Set, err = d.isSet(); err != nil {
		return at("conversion_high", err)
	}
	if r.ConversionHigh.Set {
		if r.ConversionHigh.Value, err = d.double(); err != nil {
			return at("conversion_high", err)
		}
	}
	if r.PaidShare.Set, err = d.isSet(); err != nil {
		return at("paid_share", err)
	}
	if r.PaidShare.Set {
		if r.PaidShare.Value, err = d.double(); err != nil {
			return at("paid_share", err)
		}
	}
	if r.PaidShareLow.Set, err = d.isSet(); err != nil {
		return at("paid_share_low", err)
	}
	if r.PaidShareLow.Set {
		if r.PaidShareLow.Value, err = d.double(); err != nil {
			return at("paid_share_low", err)
		}
	}
	if r.PaidShareHigh.Set, err = d.isSet(); err != nil {
		return at("paid_share_high", err)
	}
	if r.PaidShareHigh.Set {
		if r.PaidShareHigh.Value, err = d.double(); err != nil {
			return at("paid_share_high", err)
		}
	}
	if r.Channels, err = decodeArray(d, 4, decodeFunnelChannel); err != nil {
		return at("channels", err)
	}
	if r.Costs, err = decodeArray(d, 9, decodeFunnelCost); err != nil {
		return at("costs", err)
	}
	if r.Untracked, err = d.long(); err != nil {
		return at("untracked", err)
	}
	if r.CostUnknown, err = d.long(); err != nil {
		return at("cost_unknown", err)
	}
	if r.Revenue, err = decodeArray(d, 8, decodeFunnelRevenue); err != nil {
		return at("revenue", err)
	}
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.CostMinor.Set, err = d.isSet(); err != nil {
		return at("cost_minor", err)
	}
	if r.CostMinor.Set {
		if r.CostMinor.Value, err = d.long(); err != nil {
			return at("cost_minor", err)
		}
	}
	if r.CostPerVerifiedMinor.Set, err = d.isSet(); err != nil {
		return at("cost_per_verified_minor", err)
	}
	if r.CostPerVerifiedMinor.Set {
		if r.CostPerVerifiedMinor.Value, err = d.double(); err != nil {
			return at("cost_per_verified_minor", err)
		}
	}
	if r.CostPerPaidMinor.Set, err = d.isSet(); err != nil {
		return at("cost_per_paid_minor", err)
	}
	if r.CostPerPaidMinor.Set {
		if r.CostPerPaidMinor.Value, err = d.double(); err != nil {
			return at("cost_per_paid_minor", err)
		}
	}
	if r.NetMinor.Set, err = d.isSet(); err != nil {
		return at("net_minor", err)
	}
	if r.NetMinor.Set {
		if r.NetMinor.Value, err = d.long(); err != nil {
			return at("net_minor", err)
		}
	}
	if r.NetCurrency.Set, err = d.isSet(); err != nil {
		return at("net_currency", err)
	}
	if r.NetCurrency.Set {
		if r.NetCurrency.Value, err = d.string(); err != nil {
			return at("net_currency", err)
		}
	}
	if r.CostConvertedMinor.Set, err = d.isSet(); err != nil {
		return at("cost_converted_minor", err)
	}
	if r.CostConvertedMinor.Set {
		if r.CostConvertedMinor.Value, err = d.long(); err != nil {
			return at("cost_converted_minor", err)
		}
	}
	if r.CostPerVerifiedConvertedMinor.Set, err = d.isSet(); err != nil {
		return at("cost_per_verified_converted_minor", err)
	}
	if r.CostPerVerifiedConvertedMinor.Set {
		if r.CostPerVerifiedConvertedMinor.Value, err = d.double(); err != nil {
			return at("cost_per_verified_converted_minor", err)
		}
	}
	if r.CostPerPaidConvertedMinor.Set, err = d.isSet(); err != nil {
		return at("cost_per_paid_converted_minor", err)
	}
	if r.CostPerPaidConvertedMinor.Set {
		if r.CostPerPaidConvertedMinor.Value, err = d.double(); err != nil {
			return at("cost_per_paid_converted_minor", err)
		}
	}
	if r.NetConvertedMinor.Set, err = d.isSet(); err != nil {
		return at("net_converted_minor", err)
	}
	if r.NetConvertedMinor.Set {
		if r.NetConvertedMinor.Value, err = d.long(); err != nil {
			return at("net_converted_minor", err)
		}
	}
	if r.ConvertedCurrency.Set, err = d.isSet(); err != nil {
		return at("converted_currency", err)
	}
	if r.ConvertedCurrency.Set {
		if r.ConvertedCurrency.Value, err = d.string(); err != nil {
			return at("converted_currency", err)
		}
	}
	if r.Rate.Set, err = d.isSet(); err != nil {
		return at("rate", err)
	}
	if r.Rate.Set {
		if r.Rate.Value, err = d.double(); err != nil {
			return at("rate", err)
		}
	}
	if r.RateAsOf.Set, err = d.isSet(); err != nil {
		return at("rate_as_of", err)
	}
	if r.RateAsOf.Set {
		if r.RateAsOf.Value, err = d.date(); err != nil {
			return at("rate_as_of", err)
		}
	}
	if r.Numbers.Set, err = d.isSet(); err != nil {
		return at("numbers", err)
	}
	if r.Numbers.Set {
		if r.Numbers.Value, err = d.long(); err != nil {
			return at("numbers", err)
		}
	}
	if r.TimeToVerifyP50Ms.Set, err = d.isSet(); err != nil {
		return at("time_to_verify_p50_ms", err)
	}
	if r.TimeToVerifyP50Ms.Set {
		if r.TimeToVerifyP50Ms.Value, err = d.long(); err != nil {
			return at("time_to_verify_p50_ms", err)
		}
	}
	if r.TimeToVerifyP90Ms.Set, err = d.isSet(); err != nil {
		return at("time_to_verify_p90_ms", err)
	}
	if r.TimeToVerifyP90Ms.Set {
		if r.TimeToVerifyP90Ms.Value, err = d.long(); err != nil {
			return at("time_to_verify_p90_ms", err)
		}
	}
	if r.TimeToVerifyP99Ms.Set, err = d.isSet(); err != nil {
		return at("time_to_verify_p99_ms", err)
	}
	if r.TimeToVerifyP99Ms.Set {
		if r.TimeToVerifyP99Ms.Value, err = d.long(); err != nil {
			return at("time_to_verify_p99_ms", err)
		}
	}
	if r.VerifiedToCapturedP50Ms.Set, err = d.isSet(); err != nil {
		return at("verified_to_captured_p50_ms", err)
	}
	if r.VerifiedToCapturedP50Ms.Set {
		if r.VerifiedToCapturedP50Ms.Value, err = d.long(); err != nil {
			return at("verified_to_captured_p50_ms", err)
		}
	}
	if r.VerifiedToCapturedP90Ms.Set, err = d.isSet(); err != nil {
		return at("verified_to_captured_p90_ms", err)
	}
	if r.VerifiedToCapturedP90Ms.Set {
		if r.VerifiedToCapturedP90Ms.Value, err = d.long(); err != nil {
			return at("verified_to_captured_p90_ms", err)
		}
	}
	if r.VerifiedToCapturedP99Ms.Set, err = d.isSet(); err != nil {
		return at("verified_to_captured_p99_ms", err)
	}
	if r.VerifiedToCapturedP99Ms.Set {
		if r.VerifiedToCapturedP99Ms.Value, err = d.long(); err != nil {
			return at("verified_to_captured_p99_ms", err)
		}
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	return nil
}

// FunnelWindow is a string with documented values.
type FunnelWindow string

// The values of FunnelWindow; the zero value is written as UNKNOWN.
const (
	// FunnelWindowUnknown: a value that this version does not know.
	FunnelWindowUnknown FunnelWindow = "UNKNOWN"
	// FunnelWindowDay: a day of UTC.
	FunnelWindowDay FunnelWindow = "DAY"
	// FunnelWindowHour: an hour.
	FunnelWindowHour FunnelWindow = "HOUR"
	// FunnelWindowQuarterHour: 15 minutes.
	FunnelWindowQuarterHour FunnelWindow = "QUARTER_HOUR"
)

func (v FunnelWindow) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = FunnelWindowUnknown
	}
	return appendString(dst, string(v))
}

func decodeFunnelWindow(d *decoder) (FunnelWindow, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return FunnelWindowUnknown, nil
	case "DAY":
		return FunnelWindowDay, nil
	case "HOUR":
		return FunnelWindowHour, nil
	case "QUARTER_HOUR":
		return FunnelWindowQuarterHour, nil
	}
	s, err := newValue(b)
	return FunnelWindow(s), err
}
