// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Signal: One row is one state of a claim that a detector makes about the
// traffic, with its evidence. The row of the highest revision replaces all
// others of its signal_id; a tombstone (no value) ends it. A signal is raised
// once, updated when a figure that it shows has changed, and withdrawn when the
// claim no longer holds. Open signals: the newest rows whose state is not
// WITHDRAWN. Do not count revisions, and do not add up the figures of several
// signals: they may speak of the same codes.
type Signal struct {
	// SignalID: The Kafka key: the kind, a slash and the subject of the claim. The
	// same subject has the same id when it is raised again; a claim of PUMPING has
	// the country and its number there, for its subject may not be named.
	SignalID string `json:"signal_id"`
	// Kind: Which detector makes the claim.
	Kind SignalKind `json:"kind"`
	// State: Whether the claim holds.
	State SignalState `json:"state"`
	// Severity: How urgent it is.
	Severity SignalSeverity `json:"severity"`
	// Claim: The claim as one English sentence with its figures.
	Claim string `json:"claim"`
	// Provider: Id of the provider that the claim is about; null if it is about
	// several.
	Provider Optional[string] `json:"provider"`
	// Source: Id of the configured source; null if the claim is about several.
	Source Optional[string] `json:"source"`
	// Country: ISO 3166-1 alpha-2 code of the phones' country; null if the claim
	// is about several, or about none.
	Country Optional[string] `json:"country"`
	// Channel: The channel; null if the claim is about several, or about none.
	Channel Optional[Channel] `json:"channel"`
	// Area: Calling code and national destination code of the phones, such as
	// +38050; null if the claim is about a whole country, or about no phones.
	Area Optional[string] `json:"area"`
	// Block: Beginning of the E.164 number that the phones have in common, such as
	// +38050123. It covers at least as many different numbers as privacy.block_k
	// says; null if it would cover fewer, or the claim is about no block.
	Block Optional[string] `json:"block"`
	// AccountID: The Kafka key of the account in enriched.accounts.v1; null if the
	// claim is about none.
	AccountID Optional[string] `json:"account_id"`
	// EvidenceSince: From when on the evidence counts, event time; null if the
	// claim has no beginning.
	EvidenceSince Optional[time.Time] `json:"evidence_since"`
	// AsOf: Up to when the evidence of this revision counts, event time.
	AsOf time.Time `json:"as_of"`
	// RaisedAt: Event time at which the claim was raised; after a withdrawal, that
	// of the newest raising.
	RaisedAt time.Time `json:"raised_at"`
	// UpdatedAt: Event time at which this revision was made.
	UpdatedAt time.Time `json:"updated_at"`
	// WithdrawnAt: Event time at which the claim was withdrawn; null while it
	// holds.
	WithdrawnAt Optional[time.Time] `json:"withdrawn_at"`
	// Codes: How many verifications the claim is about; null if it is about none.
	Codes Optional[int64] `json:"codes"`
	// Numbers: How many different phones the claim is about, estimated with a
	// standard error of at most 2 %; null if it is about none.
	Numbers Optional[int64] `json:"numbers"`
	// CodesVerified: How many of the codes were verified; null as codes is.
	CodesVerified Optional[int64] `json:"codes_verified"`
	// CodesPaid: How many of the codes led to a payment; null as codes is.
	CodesPaid Optional[int64] `json:"codes_paid"`
	// CostMinor: Cost of the codes that the claim is about, in minor units of
	// currency; null if no cost is known, or it has several currencies: then each
	// is in evidence.
	CostMinor Optional[int64] `json:"cost_minor"`
	// Currency: Currency of cost_minor (ISO 4217); null as cost_minor is.
	Currency Optional[string] `json:"currency"`
	// CostUnknown: How many of the codes have no known cost, as all of Unibell;
	// they are not in cost_minor. Null as codes is.
	CostUnknown Optional[int64] `json:"cost_unknown"`
	// CostConvertedMinor: The cost in minor units of converted_currency, from the
	// configured rates; null without rates, or if one of the currencies has none.
	CostConvertedMinor Optional[int64] `json:"cost_converted_minor"`
	// ConvertedCurrency: Currency of cost_converted_minor (ISO 4217); null as
	// cost_converted_minor is.
	ConvertedCurrency Optional[string] `json:"converted_currency"`
	// Rate: How much of converted_currency one unit of currency is; null if
	// several rates were used, and as cost_converted_minor is.
	Rate Optional[float64] `json:"rate"`
	// RateAsOf: Day of the rates (UTC); null as cost_converted_minor is.
	RateAsOf Optional[time.Time] `json:"rate_as_of"`
	// Measure: The name of the figure that expected and seen are about, as in
	// evidence; null without them.
	Measure Optional[string] `json:"measure"`
	// Expected: The value of the measure that was to be expected, from history and
	// from the rest of the traffic; null if there is none to compare with.
	Expected Optional[float64] `json:"expected"`
	// Seen: The value of the measure that was seen; null as measure is.
	Seen Optional[float64] `json:"seen"`
	// Confidence: How certain the claim is, from 0 to 1: one minus the probability
	// that chance alone made the evidence, as far as the detector's model holds.
	Confidence float64 `json:"confidence"`
	// SuggestedRule: The remedy; null if there is nothing that a rule can do.
	SuggestedRule Optional[string] `json:"suggested_rule"`
	// Evidence: The figures behind the claim, in the order in which a person would
	// read them.
	Evidence []SignalEvidence `json:"evidence"`
	// Revision: Number of this row: of the rows of a signal_id the highest counts.
	Revision int64 `json:"revision"`
	// ProcessedAt: When the processor made this revision.
	ProcessedAt time.Time `json:"processed_at"`
}

// Schema returns the name of the .avsc file.
func (*Signal) Schema() string { return "signals.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *Signal) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *Signal) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = Signal{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *Signal) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.SignalID); err != nil {
		return dst, at("signal_id", err)
	}
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if dst, err = r.State.appendTo(dst); err != nil {
		return dst, at("state", err)
	}
	if dst, err = r.Severity.appendTo(dst); err != nil {
		return dst, at("severity", err)
	}
	if dst, err = appendString(dst, r.Claim); err != nil {
		return dst, at("claim", err)
	}
	if r.Provider.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Provider.Value); err != nil {
			return dst, at("provider", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Source.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Source.Value); err != nil {
			return dst, at("source", err)
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
	if r.Block.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Block.Value); err != nil {
			return dst, at("block", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.AccountID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.AccountID.Value); err != nil {
			return dst, at("account_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.EvidenceSince.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.EvidenceSince.Value); err != nil {
			return dst, at("evidence_since", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendTime(dst, r.AsOf); err != nil {
		return dst, at("as_of", err)
	}
	if dst, err = appendTime(dst, r.RaisedAt); err != nil {
		return dst, at("raised_at", err)
	}
	if dst, err = appendTime(dst, r.UpdatedAt); err != nil {
		return dst, at("updated_at", err)
	}
	if r.WithdrawnAt.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.WithdrawnAt.Value); err != nil {
			return dst, at("withdrawn_at", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Codes.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.Codes.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.Numbers.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.Numbers.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CodesVerified.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CodesVerified.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CodesPaid.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CodesPaid.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.CostMinor.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostMinor.Value)
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
	if r.CostUnknown.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.CostUnknown.Value)
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
	if r.Measure.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Measure.Value); err != nil {
			return dst, at("measure", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Expected.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Expected.Value); err != nil {
			return dst, at("expected", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Seen.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Seen.Value); err != nil {
			return dst, at("seen", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendDouble(dst, r.Confidence); err != nil {
		return dst, at("confidence", err)
	}
	if r.SuggestedRule.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.SuggestedRule.Value); err != nil {
			return dst, at("suggested_rule", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if n := len(r.Evidence); n > 0 {
		dst = appendLong(dst, int64(n))
		for i := range r.Evidence {
			if dst, err = r.Evidence[i].appendTo(dst); err != nil {
				return dst, at("evidence", atIndex(i, err))
			}
		}
	}
	dst = append(dst, 0)
	dst = appendLong(dst, r.Revision)
	if dst, err = appendTime(dst, r.ProcessedAt); err != nil {
		return dst, at("processed_at", err)
	}
	return dst, nil
}

func (r *Signal) decodeFrom(d *decoder) error {
	var err error
	if r.SignalID, err = d.string(); err != nil {
		return at("signal_id", err)
	}
	if r.Kind, err = decodeSignalKind(d); err != nil {
		return at("kind", err)
	}
	if r.State, err = decodeSignalState(d); err != nil {
		return at("state", err)
	}
	if r.Severity, err = decodeSignalSeverity(d); err != nil {
		return at("severity", err)
	}
	if r.Claim, err = d.string(); err != nil {
		return at("claim", err)
	}
	if r.Provider.Set, err = d.isSet(); err != nil {
		return at("provider", err)
	}
	if r.Provider.Set {
		if r.Provider.Value, err = d.string(); err != nil {
			return at("provider", err)
		}
	}
	if r.Source.Set, err = d.isSet(); err != nil {
		return at("source", err)
	}
	if r.Source.Set {
		if r.Source.Value, err = d.string(); err != nil {
			return at("source", err)
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
	if r.Block.Set, err = d.isSet(); err != nil {
		return at("block", err)
	}
	if r.Block.Set {
		if r.Block.Value, err = d.string(); err != nil {
			return at("block", err)
		}
	}
	if r.AccountID.Set, err = d.isSet(); err != nil {
		return at("account_id", err)
	}
	if r.AccountID.Set {
		if r.AccountID.Value, err = d.string(); err != nil {
			return at("account_id", err)
		}
	}
	if r.EvidenceSince.Set, err = d.isSet(); err != nil {
		return at("evidence_since", err)
	}
	if r.EvidenceSince.Set {
		if r.EvidenceSince.Value, err = d.time(); err != nil {
			return at("evidence_since", err)
		}
	}
	if r.AsOf, err = d.time(); err != nil {
		return at("as_of", err)
	}
	if r.RaisedAt, err = d.time(); err != nil {
		return at("raised_at", err)
	}
	if r.UpdatedAt, err = d.time(); err != nil {
		return at("updated_at", err)
	}
	if r.WithdrawnAt.Set, err = d.isSet(); err != nil {
		return at("withdrawn_at", err)
	}
	if r.WithdrawnAt.Set {
		if r.WithdrawnAt.Value, err = d.time(); err != nil {
			return at("withdrawn_at", err)
		}
	}
	if r.Codes.Set, err = d.isSet(); err != nil {
		return at("codes", err)
	}
	if r.Codes.Set {
		if r.Codes.Value, err = d.long(); err != nil {
			return at("codes", err)
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
	if r.CodesVerified.Set, err = d.isSet(); err != nil {
		return at("codes_verified", err)
	}
	if r.CodesVerified.Set {
		if r.CodesVerified.Value, err = d.long(); err != nil {
			return at("codes_verified", err)
		}
	}
	if r.CodesPaid.Set, err = d.isSet(); err != nil {
		return at("codes_paid", err)
	}
	if r.CodesPaid.Set {
		if r.CodesPaid.Value, err = d.long(); err != nil {
			return at("codes_paid", err)
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
	if r.Currency.Set, err = d.isSet(); err != nil {
		return at("currency", err)
	}
	if r.Currency.Set {
		if r.Currency.Value, err = d.string(); err != nil {
			return at("currency", err)
		}
	}
	if r.CostUnknown.Set, err = d.isSet(); err != nil {
		return at("cost_unknown", err)
	}
	if r.CostUnknown.Set {
		if r.CostUnknown.Value, err = d.long(); err != nil {
			return at("cost_unknown", err)
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
	if r.Measure.Set, err = d.isSet(); err != nil {
		return at("measure", err)
	}
	if r.Measure.Set {
		if r.Measure.Value, err = d.string(); err != nil {
			return at("measure", err)
		}
	}
	if r.Expected.Set, err = d.isSet(); err != nil {
		return at("expected", err)
	}
	if r.Expected.Set {
		if r.Expected.Value, err = d.double(); err != nil {
			return at("expected", err)
		}
	}
	if r.Seen.Set, err = d.isSet(); err != nil {
		return at("seen", err)
	}
	if r.Seen.Set {
		if r.Seen.Value, err = d.double(); err != nil {
			return at("seen", err)
		}
	}
	if r.Confidence, err = d.double(); err != nil {
		return at("confidence", err)
	}
	if r.SuggestedRule.Set, err = d.isSet(); err != nil {
		return at("suggested_rule", err)
	}
	if r.SuggestedRule.Set {
		if r.SuggestedRule.Value, err = d.string(); err != nil {
			return at("suggested_rule", err)
		}
	}
	if r.Evidence, err = decodeArray(d, 5, decodeSignalEvidence); err != nil {
		return at("evidence", err)
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if r.ProcessedAt, err = d.time(); err != nil {
		return at("processed_at", err)
	}
	return nil
}

// SignalEvidence: A figure behind a claim.
type SignalEvidence struct {
	// Name: Name of the figure; in one kind of signal each at most once.
	Name string `json:"name"`
	// Unit: Unit: 1 (a count or a share), s, h, unix_s (seconds since 1970), or a
	// currency's code and _minor.
	Unit string `json:"unit"`
	// Value: The figure; null if it is not known.
	Value Optional[float64] `json:"value"`
	// Low: Lower end of the interval in which the figure is with a probability of
	// 95 %; null if the figure is exact.
	Low Optional[float64] `json:"low"`
	// High: Upper end of that interval.
	High Optional[float64] `json:"high"`
}

func (r *SignalEvidence) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Name); err != nil {
		return dst, at("name", err)
	}
	if dst, err = appendString(dst, r.Unit); err != nil {
		return dst, at("unit", err)
	}
	if r.Value.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Value.Value); err != nil {
			return dst, at("value", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Low.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.Low.Value); err != nil {
			return dst, at("low", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.High.Set {
		dst = append(dst, 2)
		if dst, err = appendDouble(dst, r.High.Value); err != nil {
			return dst, at("high", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func decodeSignalEvidence(d *decoder) (SignalEvidence, error) {
	var r SignalEvidence
	err := r.decodeFrom(d)
	return r, err
}

func (r *SignalEvidence) decodeFrom(d *decoder) error {
	var err error
	if r.Name, err = d.string(); err != nil {
		return at("name", err)
	}
	if r.Unit, err = d.string(); err != nil {
		return at("unit", err)
	}
	if r.Value.Set, err = d.isSet(); err != nil {
		return at("value", err)
	}
	if r.Value.Set {
		if r.Value.Value, err = d.double(); err != nil {
			return at("value", err)
		}
	}
	if r.Low.Set, err = d.isSet(); err != nil {
		return at("low", err)
	}
	if r.Low.Set {
		if r.Low.Value, err = d.double(); err != nil {
			return at("low", err)
		}
	}
	if r.High.Set, err = d.isSet(); err != nil {
		return at("high", err)
	}
	if r.High.Set {
		if r.High.Value, err = d.double(); err != nil {
			return at("high", err)
		}
	}
	return nil
}

// SignalKind is a string with documented values.
type SignalKind string

// The values of SignalKind; the zero value is written as UNKNOWN.
const (
	// SignalKindUnknown: a value that this version does not know.
	SignalKindUnknown SignalKind = "UNKNOWN"
	// SignalKindAccountRunway: an account stops working soon: its balance ends or
	// something it needs expires.
	SignalKindAccountRunway SignalKind = "ACCOUNT_RUNWAY"
	// SignalKindFallbackFrontier: another wait before the next channel would have
	// cost less per verified user.
	SignalKindFallbackFrontier SignalKind = "FALLBACK_FRONTIER"
	// SignalKindProviderScorecard: how well a provider reported on one day.
	SignalKindProviderScorecard SignalKind = "PROVIDER_SCORECARD"
	// SignalKindPumping: codes are ordered for money or harm, not to log in:
	// artificially inflated traffic.
	SignalKindPumping SignalKind = "PUMPING"
)

func (v SignalKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = SignalKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeSignalKind(d *decoder) (SignalKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return SignalKindUnknown, nil
	case "ACCOUNT_RUNWAY":
		return SignalKindAccountRunway, nil
	case "FALLBACK_FRONTIER":
		return SignalKindFallbackFrontier, nil
	case "PROVIDER_SCORECARD":
		return SignalKindProviderScorecard, nil
	case "PUMPING":
		return SignalKindPumping, nil
	}
	s, err := newValue(b)
	return SignalKind(s), err
}

// SignalSeverity is a string with documented values.
type SignalSeverity string

// The values of SignalSeverity; the zero value is written as UNKNOWN.
const (
	// SignalSeverityUnknown: a value that this version does not know.
	SignalSeverityUnknown SignalSeverity = "UNKNOWN"
	// SignalSeverityCritical: costs money or stops traffic now or within hours.
	SignalSeverityCritical SignalSeverity = "CRITICAL"
	// SignalSeverityInfo: worth knowing, nothing has to be done now.
	SignalSeverityInfo SignalSeverity = "INFO"
	// SignalSeverityWarning: to be looked at on a working day.
	SignalSeverityWarning SignalSeverity = "WARNING"
)

func (v SignalSeverity) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = SignalSeverityUnknown
	}
	return appendString(dst, string(v))
}

func decodeSignalSeverity(d *decoder) (SignalSeverity, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return SignalSeverityUnknown, nil
	case "CRITICAL":
		return SignalSeverityCritical, nil
	case "INFO":
		return SignalSeverityInfo, nil
	case "WARNING":
		return SignalSeverityWarning, nil
	}
	s, err := newValue(b)
	return SignalSeverity(s), err
}

// SignalState is a string with documented values.
type SignalState string

// The values of SignalState; the zero value is written as UNKNOWN.
const (
	// SignalStateUnknown: a value that this version does not know.
	SignalStateUnknown SignalState = "UNKNOWN"
	// SignalStateRaised: the claim holds and its figures are those of the
	// beginning.
	SignalStateRaised SignalState = "RAISED"
	// SignalStateUpdated: the claim holds and its figures have changed since it
	// was raised.
	SignalStateUpdated SignalState = "UPDATED"
	// SignalStateWithdrawn: the claim no longer holds; the figures are the last
	// ones.
	SignalStateWithdrawn SignalState = "WITHDRAWN"
)

func (v SignalState) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = SignalStateUnknown
	}
	return appendString(dst, string(v))
}

func decodeSignalState(d *decoder) (SignalState, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return SignalStateUnknown, nil
	case "RAISED":
		return SignalStateRaised, nil
	case "UPDATED":
		return SignalStateUpdated, nil
	case "WITHDRAWN":
		return SignalStateWithdrawn, nil
	}
	s, err := newValue(b)
	return SignalState(s), err
}
