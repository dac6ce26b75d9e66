package verification

import (
	"strings"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// route is the way through the channels that the attempts of a verification took. Channels are
// as sent; first and last are empty if no attempt is known.
type route struct {
	first, last string
	// failed is the number of attempts that ended without success, switches the number of
	// attempts on another channel than the one before.
	failed, switches int32
}

// routeOf follows attempts in the order of the routing strategy. A channel that delivered the
// code is one that was tried, whether or not its attempt is known; then it has its place in the
// strategy, or the last.
func (e *Entity) routeOf(attempts []avro.VerificationAttempt, delivered string) (r route) {
	known := delivered == ""
	for i := range attempts {
		a := &attempts[i]
		known = known || strings.EqualFold(a.ChannelRaw, delivered)
		if a.Status == avro.AttemptStatusFailed || a.Status == avro.AttemptStatusError {
			r.failed++
		}
	}
	at := uint32(e.position(delivered)) //nolint:gosec // -1 goes last
	for i := range attempts {
		if !known && at < uint32(attempts[i].Position) { //nolint:gosec // likewise
			r.try(delivered)
			known = true
		}
		r.try(attempts[i].ChannelRaw)
	}
	if !known {
		r.try(delivered)
	}
	return r
}

// try adds an attempt on a channel.
func (r *route) try(channel string) {
	switch {
	case channel == "":
		return
	case r.first == "":
		r.first = channel
	case !strings.EqualFold(r.last, channel):
		r.switches++
	}
	r.last = channel
}
