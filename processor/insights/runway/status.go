package runway

import (
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
)

// Status is the state of an account beside its balance.
type Status struct {
	// Revision orders the states of an account.
	Revision int64
	// Source is the id of the configured source.
	Source string
	// Frozen is set while the provider has frozen the account, since FrozenAt.
	Frozen   bool
	FrozenAt time.Time
	// BelowMinimum is set since the minimum balance was reached, until money came in.
	BelowMinimum bool
	// LackingMinor is the money that lacks for the next charge, in minor units of Currency; 0
	// if none does.
	LackingMinor int64
	Currency     string
	// CardFails is set if the card has failed or expired and none has paid since,
	// CardExpires if it expires within a month.
	CardFails, CardExpires bool
	// AgreementDay is the day on which the waiting period for documents ends; zero if
	// none was reported. AgreementEnded is set once it has.
	AgreementDay   time.Time
	AgreementEnded bool
	// CallerIDDays and CertificateDays are the days on which one of them expires, sorted;
	// a day is there as often as something expires on it.
	CallerIDDays, CertificateDays []time.Time
}

func (s *Status) appendTo(dst []byte) []byte {
	dst = statecodec.AppendString(statecodec.AppendInt(dst, s.Revision), s.Source)
	dst = statecodec.AppendTime(statecodec.AppendBool(dst, s.Frozen), s.FrozenAt)
	dst = statecodec.AppendInt(statecodec.AppendBool(dst, s.BelowMinimum), s.LackingMinor)
	dst = statecodec.AppendString(dst, s.Currency)
	dst = statecodec.AppendBool(statecodec.AppendBool(dst, s.CardFails), s.CardExpires)
	dst = statecodec.AppendBool(statecodec.AppendTime(dst, s.AgreementDay), s.AgreementEnded)
	for _, days := range [][]time.Time{s.CallerIDDays, s.CertificateDays} {
		dst = statecodec.AppendUint(dst, uint64(len(days)))
		for _, d := range days {
			dst = statecodec.AppendTime(dst, d)
		}
	}
	return dst
}

func (s *Status) readFrom(r *statecodec.Reader) {
	s.Revision, s.Source = r.Int(), r.String()
	s.Frozen, s.FrozenAt = r.Bool(), r.Time()
	s.BelowMinimum, s.LackingMinor, s.Currency = r.Bool(), r.Int(), r.String()
	s.CardFails, s.CardExpires = r.Bool(), r.Bool()
	s.AgreementDay, s.AgreementEnded = r.Time(), r.Bool()
	for _, days := range []*[]time.Time{&s.CallerIDDays, &s.CertificateDays} {
		*days = make([]time.Time, r.Len())
		for i := range *days {
			(*days)[i] = r.Time()
		}
	}
}
