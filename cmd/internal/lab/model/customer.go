package model

import (
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/model/pseudonym"
)

// phone is a number that an event names, with the receipt of the event.
type phone struct {
	digits   string
	at       int64 // provider's time of the event, ms
	id       string
	received time.Time
}

// call sets the fields that depend on the newest number: the customer id is under the key of
// the event received first if the newest has that key.
func (v *Verification) call(keys []pseudonym.Key, phones []phone) {
	if len(phones) == 0 {
		return
	}
	newest, first := phones[0], phones[0].received
	for _, p := range phones {
		if p.at > newest.at || p.at == newest.at && p.id > newest.id {
			newest = p
		}
		if p.received.Before(first) {
			first = p.received
		}
	}
	v.Country = pseudonym.Country(newest.digits)
	if v.Country != "" {
		v.NumberType, v.Carrier = pseudonym.Planned(newest.digits)
	}
	key := pseudonym.KeyAt(keys, first)
	if key == nil || !key.InForce(newest.received) {
		key = pseudonym.KeyAt(keys, newest.received)
	}
	v.Customer = pseudonym.Customer(key, newest.digits)
}
