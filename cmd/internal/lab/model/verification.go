package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// Verification holds the fields of a verification's snapshot that the model claims. Times are
// in unix milliseconds, 0 for none.
type Verification struct {
	Journey, Customer, Country string
	NumberType, Carrier        string
	Outcome                    string
	First, Last, Delivered     string // channels
	FailedAttempts, Switches   int
	Cost                       int64
	Created                    int64

	// Undecided is set if its deadline is so close to now that it may also have expired.
	Undecided bool `json:"-"`
}

// verification is the computed state of a verification.
type verification struct {
	Verification

	provider, source string
	channel          string // as sent
	at               int64  // when the outcome was reached, by the provider
	started          int64  // the first event
	received         time.Time
	// timed is set if the model knows the provider's times.
	timed bool
	// priced is set if the provider reported the cost.
	priced bool
}

// expire applies the deadline to a verification without outcome. sure is a time that
// every watermark has passed, now a time that none has passed.
func (v *verification) expire(deadline, now, sure time.Time) {
	switch {
	case !deadline.After(sure):
		v.Outcome = "EXPIRED"
	case !deadline.After(now):
		v.Undecided = true
	}
}

// tried is one attempt to deliver a code.
type tried struct {
	place     int // in the routing strategy
	processed int64
	id        string
	channel   string
}

// follow sets the channels from the attempts and the strategy. A channel that delivered the
// code was tried, known or not.
func (v *verification) follow(attempts []tried, strategy []string, delivered string) {
	place := func(channel string) int {
		if i := slices.Index(strategy, channel); i >= 0 {
			return i
		}
		return len(strategy)
	}
	named := func(a tried) bool { return strings.EqualFold(a.channel, delivered) }
	if delivered != "" && !slices.ContainsFunc(attempts, named) {
		attempts = append(attempts, tried{channel: delivered, processed: 1 << 62})
	}
	for i := range attempts {
		attempts[i].place = place(attempts[i].channel)
	}
	slices.SortFunc(attempts, func(a, b tried) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.processed, b.processed), cmp.Compare(a.id, b.id))
	})
	attempts = slices.DeleteFunc(attempts, func(a tried) bool { return a.channel == "" })
	for i := range attempts {
		if i > 0 && !strings.EqualFold(attempts[i].channel, attempts[i-1].channel) {
			v.Switches++
		}
	}
	if n := len(attempts); n > 0 {
		v.First, v.Last = channelName(attempts[0].channel), channelName(attempts[n-1].channel)
	}
}

// channelName returns our name of a channel, empty for none.
func channelName(sent string) string {
	name := strings.ToUpper(sent)
	if name != "" && !slices.Contains([]string{"TELEGRAM", "VOICE", "SMS", "CALL"}, name) {
		return "UNKNOWN"
	}
	return name
}

// VerificationOf reads the same fields from the processor's snapshot.
func VerificationOf(s *avro.VerificationSnapshot) *Verification {
	return &Verification{
		Journey: s.JourneyID.Value, Customer: s.CustomerID.Value, Country: s.Country.Value, Outcome: string(s.Outcome),
		NumberType: string(s.Phone.Value.NumberType.Value), Carrier: s.Phone.Value.Carrier.Value,
		First: string(s.FirstChannel.Value), Last: string(s.LastChannel.Value), Delivered: string(s.DeliveredChannel.Value),
		FailedAttempts: int(s.FailedAttempts), Switches: int(s.ChannelSwitches), Cost: s.CostMinor.Value, Created: s.CreatedAt.UnixMilli(),
	}
}
