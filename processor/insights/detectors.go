package insights

import (
	"errors"

	"github.com/tributary-hq/tributary/processor/insights/frontier"
	"github.com/tributary-hq/tributary/processor/insights/logbucket"
	"github.com/tributary-hq/tributary/processor/insights/runway"
	"github.com/tributary-hq/tributary/processor/insights/scorecard"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// detectors are those that claim something: they share the keeper of the signals.
type detectors struct {
	keeper    signal.Keeper
	runway    runway.Detector
	scorecard scorecard.Detector
	frontier  frontier.Detector
}

func newDetectors(c *Config) *detectors {
	d := &detectors{keeper: signal.Keeper{Retention: c.SignalRetention}}
	d.runway = runway.Detector{Settings: c.Runway, Keeper: &d.keeper}
	d.scorecard = scorecard.Detector{Keeper: &d.keeper, Settings: c.Scorecard}
	d.frontier = frontier.Detector{Keeper: &d.keeper, Rates: c.Rates}
	return d
}

// onTimer handles the timer of a detector's entry.
func (d *detectors) onTimer(tx stage.Tx, key []byte) error {
	switch {
	case signal.IsEntry(key):
		return d.keeper.OnTimer(tx, key)
	case runway.IsEntry(key):
		return d.runway.OnTimer(tx, key)
	case scorecard.IsEntry(key):
		return d.scorecard.OnTimer(tx, key)
	case frontier.IsEntry(key):
		return d.frontier.OnTimer(tx, key)
	default:
		return errors.New("insights: a timer of an entry that has none")
	}
}

// applyAccount passes the state of an account on.
func (d *detectors) applyAccount(tx stage.Tx, a *avro.AccountState) error {
	number := uint64(a.CallbackNumber) //nolint:gosec // 64 bits either way
	var observed *runway.Observation
	if a.CallbackBalanceMinor.Set {
		observed = &runway.Observation{
			Number: number, At: a.ReceivedAt, BalanceMinor: a.CallbackBalanceMinor.Value, Currency: a.Currency.Value, Paid: a.MoneyCameIn,
		}
	}
	return d.runway.Apply(tx, a.AccountID, a.ReceivedAt, observed, &runway.Status{
		Revision: a.Revision, Source: a.Source, Frozen: a.Frozen, FrozenAt: a.FrozenChangedAt.Value, BelowMinimum: a.BelowMinBalance,
		LackingMinor: a.InsufficientFundsMinor.Value, Currency: a.Currency.Value, CardFails: a.CardFailed || a.CardExpired, CardExpires: a.CardExpiresInMonth,
		AgreementDay: a.AgreementExpiration.Value, AgreementEnded: a.AgreementExpired, CallerIDDays: a.CallerIDDays, CertificateDays: a.CertificateDays,
	})
}

// applyProvider passes the counts of a provider on.
func (d *detectors) applyProvider(tx stage.Tx, c *avro.ProviderCounts) error {
	counts := scorecard.Counts{
		Facts: c.Decoded, Duplicates: c.Duplicates, DeadLetters: c.DeadLetters, Missed: c.MissedAttempts,
		Regressions: c.Regressions, Conflicts: c.Conflicts, Unknown: c.UnknownNames,
	}
	for _, l := range c.Lateness {
		counts.Late(min(max(l.LatenessBucket, 0), logbucket.Last), l.LateFacts)
	}
	return d.scorecard.Apply(tx, c.Provider, c.ReceivedMinute, &counts)
}
