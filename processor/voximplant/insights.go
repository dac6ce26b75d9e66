package voximplant

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/money"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// emitInsights sends the state of an account, and the balance that the callback reports, to
// the insights stage.
func (s *Stage) emitInsights(tx stage.Tx, key []byte, snapshot *avro.AccountSnapshot, cb *callback) error {
	if s.config.InsightsPartitions == 0 {
		return nil
	}
	d := &cb.decoded
	state := avro.AccountState{
		AccountID: snapshot.AccountID, Source: snapshot.Source, Revision: snapshot.Revision, ReceivedAt: cb.envelope.ReceivedAt,
		CallbackNumber: int64(cb.sequence), Currency: snapshot.Currency, //nolint:gosec // 64 bits either way
		MoneyCameIn: d.CardPayment.Set || d.RobokassaPayment.Set || d.WireTransfer.Set,
		Frozen:      snapshot.Frozen, FrozenChangedAt: snapshot.FrozenChangedAt, BelowMinBalance: snapshot.BelowMinBalance,
		InsufficientFundsMinor: snapshot.InsufficientFundsMinor, CardFailed: snapshot.CardFailed, CardExpired: snapshot.CardExpired,
		CardExpiresInMonth: snapshot.CardExpiresInMonth, AgreementExpiration: snapshot.AgreementExpiration, AgreementExpired: snapshot.AgreementExpired,
		CallerIDDays: []time.Time{}, CertificateDays: []time.Time{},
	}
	if d.Balance.Set {
		state.CallbackBalanceMinor = avro.Some(money.Minor(d.Balance.Value, snapshot.Currency.Value))
	}
	for i := range snapshot.ExpiringCallerIDs {
		state.CallerIDDays = appendDay(state.CallerIDDays, snapshot.ExpiringCallerIDs[i].ExpirationDate)
	}
	for i := range snapshot.Certificates {
		state.CertificateDays = appendDay(state.CertificateDays, snapshot.Certificates[i].ExpirationDate)
	}
	slices.SortFunc(state.CallerIDDays, time.Time.Compare)
	slices.SortFunc(state.CertificateDays, time.Time.Compare)
	input := avro.InsightsInput{Kind: avro.InsightsInputKindAccount, Account: avro.Some(state)}
	return entity.Emit(tx, schemas.InternalInsights, key, &input, usualSize, nil)
}

func appendDay(days []time.Time, day avro.Optional[time.Time]) []time.Time {
	if !day.Set {
		return days
	}
	return append(days, day.Value)
}
