package business

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Verification holds the counted properties of a verification at one time. The zero
// value is a verification that does not exist yet.
type Verification struct {
	Outcome avro.VerificationOutcome
	// Channel delivered the code; empty if none did.
	Channel avro.Channel
	// Country is that of the phone, ISO 3166-1 alpha-2; empty if it is not known.
	Country string
	// Switches is the number of attempts on another channel than the one before.
	Switches int32
	// CostMinor is in minor units of Currency.
	CostMinor int64
	Currency  string
	// Attempts are those that ended, by channel and end.
	Attempts Attempts
}

// Attempts are numbers of attempts.
type Attempts [channelCount][attemptEnds]int8

// Add counts one attempt, if it ended.
func (a *Attempts) Add(channel avro.Channel, status avro.AttemptStatus) {
	switch status {
	case avro.AttemptStatusSuccess:
		a[channelIndex(channel)][0]++
	case avro.AttemptStatusFailed:
		a[channelIndex(channel)][1]++
	case avro.AttemptStatusError:
		a[channelIndex(channel)][2]++
	default:
	}
}

// Payment holds the counted properties of a payment at one time. The zero value is a
// payment that does not exist yet.
type Payment struct {
	Phase avro.PaymentPhase
	// PaidMinor and RefundedMinor are in minor units of Currency. A payment that was paid
	// and refunded stays counted as paid; a hold that was released counts as neither.
	PaidMinor, RefundedMinor int64
	Currency                 string
}

// PaymentOf reads a snapshot.
func PaymentOf(s *avro.PaymentSnapshot) Payment {
	return Payment{Phase: s.Phase, PaidMinor: s.GrossMinor, RefundedMinor: s.RefundedMinor, Currency: s.Currency}
}

// The values of the labels. The first of channels, countries and currencies stands
// for none, the last of countries and currencies for any other.
const (
	none  = "none"
	other = "other"

	channelCount  = 6
	currencyCount = 9
	attemptEnds   = 3
)

func channels() []string   { return []string{none, "telegram", "voice", "sms", "call", "unknown"} }
func attemptEnd() []string { return []string{"success", "failed", "error"} }
func outcomes() []string   { return []string{"success", "failed", "error", "expired", "unknown"} }
func currencies() []string {
	return []string{none, "EUR", "UAH", "USD", "GBP", "PLN", "CHF", "CZK", other}
}

func phases() []string {
	return []string{"new", "pending", "held", "refused", "paid", "refunded", "released", "unknown"}
}

func journeyEnds() []string {
	return []string{
		"complete", "verified_not_paid", "paid_not_verified", "verification_expired", "verification_failed", "refused", "refunded", "held", "released", "unknown",
	}
}

func channelIndex(c avro.Channel) int {
	switch c {
	case "":
		return 0
	case avro.ChannelTelegram:
		return 1
	case avro.ChannelVoice:
		return 2
	case avro.ChannelSMS:
		return 3
	case avro.ChannelCall:
		return 4
	default:
		return 5
	}
}

// outcomeIndex returns a negative number for a pending verification.
func outcomeIndex(o avro.VerificationOutcome) int {
	switch o {
	case "", avro.VerificationOutcomePending:
		return -1
	case avro.VerificationOutcomeSuccess:
		return 0
	case avro.VerificationOutcomeFailed:
		return 1
	case avro.VerificationOutcomeError:
		return 2
	case avro.VerificationOutcomeExpired:
		return 3
	default:
		return 4
	}
}

func currencyIndex(currency string) int {
	switch currency {
	case "":
		return 0
	case "EUR":
		return 1
	case "UAH":
		return 2
	}
	if i := slices.Index(currencies(), currency); i > 0 {
		return i
	}
	return currencyCount - 1
}

// phaseIndex is below 0 for a payment without any fact.
func phaseIndex(p avro.PaymentPhase) int {
	switch p {
	case "":
		return -1
	case avro.PaymentPhaseNew:
		return 0
	case avro.PaymentPhasePending:
		return 1
	case avro.PaymentPhaseHeld:
		return 2
	case avro.PaymentPhaseRefused:
		return 3
	case avro.PaymentPhasePaid:
		return 4
	case avro.PaymentPhaseRefunded:
		return 5
	case avro.PaymentPhaseReleased:
		return 6
	default:
		return 7
	}
}

// journeyIndex is below 0 for a journey that has not ended.
func journeyIndex(o avro.JourneyOutcome) int {
	switch o {
	case "", avro.JourneyOutcomeInProgress:
		return -1
	case avro.JourneyOutcomeComplete:
		return 0
	case avro.JourneyOutcomeVerifiedNotPaid:
		return 1
	case avro.JourneyOutcomePaidNotVerified:
		return 2
	case avro.JourneyOutcomeVerificationExpired:
		return 3
	case avro.JourneyOutcomeVerificationFailed:
		return 4
	case avro.JourneyOutcomeRefused:
		return 5
	case avro.JourneyOutcomeRefunded:
		return 6
	case avro.JourneyOutcomeHeld:
		return 7
	case avro.JourneyOutcomeReleased:
		return 8
	default:
		return 9
	}
}

// DefaultCountries returns the countries with labels of their own if the settings name
// none: Ukraine, its neighbours and other frequent destinations.
func DefaultCountries() []string {
	return []string{"UA", "PL", "DE", "CZ", "SK", "HU", "RO", "MD", "LT", "AT", "CH", "IT", "ES", "GB", "US"}
}

// maxCountries bounds the series.
const maxCountries = 50

// ValidateCountries returns the faults in a list of countries.
func ValidateCountries(countries []string) error {
	if len(countries) > maxCountries {
		return fmt.Errorf("countries: %d are over %d: each makes metrics of its own", len(countries), maxCountries)
	}
	var errs []error
	for i, c := range countries {
		if len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
			errs = append(errs, fmt.Errorf("countries[%d]: %q is not an ISO 3166-1 alpha-2 code such as UA", i, c))
		} else if slices.Index(countries, c) != i {
			errs = append(errs, fmt.Errorf("countries[%d]: %q is there twice", i, c))
		}
	}
	return errors.Join(errs...)
}
