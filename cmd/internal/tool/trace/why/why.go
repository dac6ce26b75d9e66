// Package why explains snapshots in sentences: why a journey is not complete, and which event
// a verification or a payment waits for.
//
// Promise: a sentence names only values of the snapshot: times, amounts, channels, statuses.
package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Clock writes a time as the tables do.
func Clock(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }

// Words writes a symbol as words.
func Words(symbol string) string {
	return strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(symbol))
}

// money writes minor units.
func money(minor int64, currency string) string {
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	return strings.TrimSpace(fmt.Sprintf("%s%d.%02d %s", sign, minor/100, minor%100, currency))
}

// Journey explains why a journey is not complete; it returns nothing if it is.
func Journey(s *avro.JourneySnapshot, now time.Time) []string {
	var why []string
	say := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	due := s.Deadline.Value
	switch s.Outcome {
	case avro.JourneyOutcomeComplete:
	case avro.JourneyOutcomeVerifiedNotPaid:
		say("It was verified at %s, and no money had come by %s.", Clock(s.VerifiedAt.Value), Clock(due))
	case avro.JourneyOutcomePaidNotVerified:
		say("It was paid at %s, and no verification had succeeded by %s.", Clock(s.PaidAt.Value), Clock(due))
	case avro.JourneyOutcomeVerificationExpired:
		say("No verification has an outcome, and the time to wait for one is over.")
	case avro.JourneyOutcomeVerificationFailed:
		say("Every verification failed.")
	case avro.JourneyOutcomeRefused:
		say("Every payment was refused, %s in all.", money(s.RefusedMinor.Value, s.Currency.Value))
	case avro.JourneyOutcomeRefunded:
		if s.Released {
			say("A hold of %s was released.", money(s.ReleasedMinor.Value, s.Currency.Value))
		}
		say("It was paid, and %s went back.", money(s.RefundedMinor.Value, s.Currency.Value))
	case avro.JourneyOutcomeReleased:
		say("A hold of %s was released; it was never paid.", money(s.ReleasedMinor.Value, s.Currency.Value))
	case avro.JourneyOutcomeHeld:
		say("%s is held and not yet taken.", money(s.HeldMinor.Value, s.Currency.Value))
	case avro.JourneyOutcomeInProgress:
		say("%s", inProgress(s, now))
	default:
		say("Its verification has an unknown outcome: where Unibell has no status callback, none can be known.")
	}
	if s.Outcome != avro.JourneyOutcomeComplete {
		why = append(why, absent(s)...)
	}
	if s.Late {
		say("What was awaited came %s after the deadline.", time.Duration(s.LatenessMs.Value)*time.Millisecond)
	}
	for _, flag := range []struct {
		set  bool
		says string
	}{
		{s.Conflict, "A payment is reported as both paid and refused."},
		{s.Regression, "A payment went back to an earlier phase by the provider's own times."},
		{s.AmountChanged, "The amount of a payment has changed."},
		{s.AmountInconsistent, "Amounts of a payment contradict each other, or a sum is too large."},
		{s.HoldOverdue, "A payment has been held for too long."},
	} {
		if flag.set {
			say("%s", flag.says)
		}
	}
	return why
}

// inProgress names the event that a journey is waiting for.
func inProgress(s *avro.JourneySnapshot, now time.Time) string {
	due := s.Deadline.Value
	switch {
	case s.Deadline.Set && s.Verified:
		return "It was verified at " + Clock(s.VerifiedAt.Value) + " and waits for money until " + Clock(due) + overdue(due, now)
	case s.Deadline.Set:
		return "Money has come, and it waits for a verification until " + Clock(due) + overdue(due, now)
	case s.PaymentsPending > 0:
		return fmt.Sprintf("%d payments have no final status yet.", s.PaymentsPending)
	default:
		return fmt.Sprintf("%d verifications have no outcome yet.", s.VerificationsPending)
	}
}

// overdue explains why a deadline that has passed by the wall clock has not taken
// effect.
func overdue(due, now time.Time) string {
	if now.Before(due) {
		return "."
	}
	return "; that is past, and will count when every stage in front has come so far (see tributary lag)."
}

// absent lists the parts that a journey lacks: verifications, payments, final statuses.
func absent(s *avro.JourneySnapshot) []string {
	var out []string
	if s.Verifications == 0 {
		out = append(out, "No verification with this correlation id was ever received.")
	}
	if s.Payments == 0 {
		out = append(out, "No payment with this correlation id was ever received.")
	}
	if s.PaymentsPending > 0 && s.Outcome != avro.JourneyOutcomeInProgress {
		out = append(out, fmt.Sprintf("%d payments have no final status.", s.PaymentsPending))
	}
	return out
}

// Verification explains the outcome of a verification, or names the event that it waits for.
func Verification(s *avro.VerificationSnapshot, now time.Time) []string {
	var why []string
	switch s.Outcome {
	case avro.VerificationOutcomeExpired:
		why = append(why, "No outcome was received by "+Clock(s.Deadline.Value)+".")
	case avro.VerificationOutcomePending:
		if s.Deadline.Set {
			why = append(why, "It waits for an outcome until "+Clock(s.Deadline.Value)+overdue(s.Deadline.Value, now))
		}
	case avro.VerificationOutcomeSuccess, avro.VerificationOutcomeFailed, avro.VerificationOutcomeError:
	default:
		why = append(why, "Its outcome cannot be known: the provider reports none here.")
	}
	var tried []string
	for i := range s.Attempts {
		a := &s.Attempts[i]
		text := a.ChannelRaw + " " + Words(string(a.Status))
		if a.StatusAt.Set {
			text += " at " + Clock(a.StatusAt.Value)
		}
		tried = append(tried, text)
	}
	if len(tried) > 0 {
		why = append(why, "Attempts: "+strings.Join(tried, ", ")+".")
	}
	var untried []string
	for _, channel := range s.PlannedChannelsRaw {
		if !slices.ContainsFunc(s.Attempts, func(a avro.VerificationAttempt) bool { return a.ChannelRaw == channel }) {
			untried = append(untried, channel)
		}
	}
	if len(untried) > 0 && s.Outcome != avro.VerificationOutcomeSuccess {
		why = append(why, "Planned and never reported: "+strings.Join(untried, ", ")+".")
	}
	if s.Late {
		why = append(why, fmt.Sprintf("The outcome came %s after the deadline.", time.Duration(s.LatenessMs.Value)*time.Millisecond))
	}
	return why
}

// Payment explains the phase of a payment.
func Payment(s *avro.PaymentSnapshot) []string {
	var why []string
	status := cmp.Or(s.PaymentStatusRaw.Value, s.StatusRaw.Value)
	if status == "" && len(s.Operations) > 0 {
		status = s.Operations[len(s.Operations)-1].StatusRaw.Value
	}
	amount := money(s.AmountMinor.Value, s.Currency)
	switch s.Phase {
	case avro.PaymentPhaseRefused:
		why = append(why, fmt.Sprintf("%s was refused: status %s.", amount, cmp.Or(status, "unknown")))
	case avro.PaymentPhaseHeld:
		text := amount + " is held and not taken"
		if s.HoldDeadline.Set {
			text += "; that is too long from " + Clock(s.HoldDeadline.Value) + " on"
		}
		why = append(why, text+".")
	case avro.PaymentPhaseRefunded:
		why = append(why, fmt.Sprintf("%s of %s went back.", money(s.RefundedMinor, s.Currency), amount))
	case avro.PaymentPhaseReleased:
		why = append(why, fmt.Sprintf("%s was held, and %s of it released; it was never paid.", amount, money(s.ReleasedMinor, s.Currency)))
	case avro.PaymentPhasePaid:
		if s.Refund == avro.RefundPartial {
			why = append(why, fmt.Sprintf("%s of %s went back.", money(s.RefundedMinor, s.Currency), amount))
		}
	default:
		why = append(why, fmt.Sprintf("%s has no final status: the last one is %s.", amount, cmp.Or(status, "none")))
	}
	if s.Conflict {
		why = append(why, "It is reported as both paid and refused.")
	}
	return why
}
