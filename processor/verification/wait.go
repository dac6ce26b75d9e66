package verification

import (
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/frontier"
	"github.com/tributary-hq/tributary/processor/insights/funnel"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// timeoutSlack is by how much a channel may have ended before its timeout and still count as
// given up: times have whole seconds.
const timeoutSlack = time.Second

// firstWait returns how the first channel of a routing strategy with several ended, and after how
// long. end is when a real outcome was reached. Nothing is known of a verification that is
// still open, or whose outcome the provider does not report. A first channel that is not
// Telegram has no wait that could be another: LOX24 takes timeout_sec for telegram only
// (documentation of the verify-code API, routing_strategy).
func (e *Entity) firstWait(outcome avro.VerificationOutcome, attempts []avro.VerificationAttempt, end statecodec.Instant) (w funnel.Wait) {
	if len(e.plan.value) < 2 || len(attempts) == 0 {
		return w
	}
	first := &attempts[0]
	if first.Channel != avro.ChannelTelegram {
		return w
	}
	begin := e.createdAt()
	joined := e.joined()
	if at := startOf(joined, first.ID); at != 0 {
		begin = at
	}
	next := -1
	for i := range attempts {
		if a := &attempts[i]; a.Status != avro.AttemptStatusNew && !strings.EqualFold(a.ChannelRaw, first.ChannelRaw) {
			next = i
			break
		}
	}
	var over time.Duration
	switch {
	case next >= 0:
		w.End, over = e.fallback(first, begin, startOf(joined, attempts[next].ID))
	case outcome == avro.VerificationOutcomeSuccess:
		w.End, over = funnel.Succeeded, min(end, confirmation(first, end)).Sub(begin)
	case outcome == avro.VerificationOutcomeFailed, outcome == avro.VerificationOutcomeError, outcome == avro.VerificationOutcomeExpired:
		// The channel had all the time there was.
		w.End, over = funnel.Ended, 24*time.Hour
	default:
		return w
	}
	w.Bucket = frontier.BucketOf(over)
	w.Ended = 1
	if outcome == avro.VerificationOutcomeSuccess {
		w.Verified = 1
	}
	e.price(&w, attempts)
	return w
}

// confirmation returns when the provider confirmed the delivery: the provider's timeout ends
// with it. Without a confirmation it is the time of the verification.
func confirmation(first *avro.VerificationAttempt, verified statecodec.Instant) statecodec.Instant {
	if first.Status == avro.AttemptStatusSuccess && first.StatusAt.Set {
		return statecodec.InstantOf(first.StatusAt.Value)
	}
	return verified
}

// fallback tells a channel that failed by itself from one that was given up.
func (e *Entity) fallback(first *avro.VerificationAttempt, begin, next statecodec.Instant) (funnel.ChannelEnd, time.Duration) {
	over := next.Sub(begin)
	if (first.Status == avro.AttemptStatusFailed || first.Status == avro.AttemptStatusError) && first.StatusAt.Set {
		over = statecodec.InstantOf(first.StatusAt.Value).Sub(begin)
	}
	timeout := time.Duration(e.plan.value[0].TimeoutSec) * time.Second
	if timeout > 0 && over >= timeout-timeoutSlack {
		return funnel.GivenUp, over
	}
	return funnel.FailedByItself, over
}

// price adds the costs of the attempts, if all are known.
func (e *Entity) price(w *funnel.Wait, attempts []avro.VerificationAttempt) {
	var first, next int64
	for i := range attempts {
		switch a := &attempts[i]; {
		case a.Status == avro.AttemptStatusNew:
		case !a.CostMinor.Set:
			return
		case strings.EqualFold(a.ChannelRaw, attempts[0].ChannelRaw):
			first += a.CostMinor.Value
		default:
			next += a.CostMinor.Value
		}
	}
	w.Currency = e.texts[textCurrency].value
	w.Priced, w.First, w.Next = 1, first, next
}
