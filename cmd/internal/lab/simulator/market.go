package simulator

import (
	"slices"
	"strconv"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// Market is the profile of traffic as a shop has it: customers of many countries who
// order codes, type them or not, pay, are refunded days later, and strangers who do
// neither. Each number in it is made up, and each case is there often enough to be seen
// in a sum.
const Market = "market"

// Catalogue is the profile with one scenario for each case.
const Catalogue = "catalogue"

// Pumping is the market with planted attacks, four a day, and controls: honest traffic that
// resembles an attack. See Incident. Quiet has the controls only, and providers that keep to their
// documentation: no unknown names, no conflicts, no accounts that end.
const (
	Pumping = "pumping"
	Quiet   = "quiet"
)

// Profiles are the names of the profiles.
func Profiles() []string { return []string{Catalogue, Market, Pumping, Quiet} }

// scenariosOf returns the scenarios of a profile; the zero one is the catalogue.
func scenariosOf(profile string) []scenario {
	switch profile {
	case Market:
		return slices.Insert(marketScenarios(), 5, scenario{"pumping burst", 1, (*instance).pumping})
	case Pumping:
		return marketScenarios()
	case Quiet:
		return slices.DeleteFunc(marketScenarios(), func(s scenario) bool { return s.name == unknownEvent || s.name == "account" })
	}
	return scenarios()
}

// OfDays reports whether a profile is traffic of whole days, as the market is.
func OfDays(profile string) bool { return profile != Catalogue && profile != "" }

// Longest is how long the longest scenario of a profile takes.
func Longest(profile string) time.Duration {
	if OfDays(profile) {
		return 5 * day
	}
	return time.Hour
}

// unknownEvent is the name of a scenario.
const unknownEvent = "event that nobody knows"

func marketScenarios() []scenario {
	return []scenario{
		{"customer", 90, func(t *instance) { t.customer(t.shop(), destination(t.rng), 0) }},
		{"customers of two shops with one order number", 12, func(t *instance) {
			t.customer(t.shop(), destination(t.rng), 0)
			t.customer(t.kiosk(), destination(t.rng), t.within(time.Hour))
		}},
		{"customer by a call", 14, (*instance).callCustomer},
		{"customer without verification", 5, func(t *instance) { t.order += "-guest"; t.pay(t.shop(), t.within(time.Minute)) }},
		{"customer whose order is the phone", 3, func(t *instance) {
			to := destination(t.rng)
			t.order = t.number(&to)
			t.customer(t.shop(), to, 0)
		}},
		{"marketing burst", 1, (*instance).marketing},
		{"sms and replies", 5, func(t *instance) {
			id := t.sms(0, "reminder", []int{dlrDelivered, dlrDelivered, dlrExpired, dlrRejected}[t.rng.IntN(4)])
			if t.chance(0.3) {
				t.reply(time.Minute+t.within(time.Hour), id, "STOP")
			}
		}},
		{unknownEvent, 1, func(t *instance) { t.smsEvent("phone.subscribe", 0, map[string]any{"id": t.uuid()}) }},
		{"account", 5, (*instance).accountEvents},
		{"parcel", 4, func(t *instance) {
			t.verified()
			t.paid(2 * time.Minute)
			t.parcel(3*time.Hour, "order.packed", t.order)
			t.parcel(20*time.Hour, "order.shipped", t.order)
		}},
	}
}

// shop is one shop's accounts.
type shop struct{ codes, payments Account }

func (t *instance) shop() shop {
	return shop{t.accounts.First(raw.ProviderLOX24), t.accounts.First(raw.ProviderUAPAY)}
}

func (t *instance) kiosk() shop {
	return shop{t.accounts.Of(SourceKioskLOX24), t.accounts.Of(SourceKioskUAPAY)}
}

// chance is true in a share of all cases.
func (t *instance) chance(share float64) bool { return t.rng.Float64() < share }

// within draws a time of whole seconds, at least one and less than a bound.
func (t *instance) within(bound time.Duration) time.Duration {
	return time.Second + time.Duration(t.rng.Int64N(int64(bound/time.Second)))*time.Second
}

// customer orders a code, and another one if the first does not come; who is verified may
// pay.
func (t *instance) customer(s shop, to country, at time.Duration) {
	phone := t.number(&to)
	verified, at := t.verify(s, to, phone, at)
	if !verified && t.chance(0.4) {
		verified, at = t.verify(s, to, phone, at+t.within(3*time.Minute))
	}
	switch {
	case verified && t.chance(0.74):
		t.pay(s, at+t.within(25*time.Minute))
	case verified && t.chance(0.15):
		t.pay(s, at+2*time.Hour+t.within(6*time.Hour)) // after the deadline
	case !verified && t.chance(0.03):
		t.pay(s, at+t.within(10*time.Minute))
	}
}

// strategies are the routing strategies. whatsapp, in the last, is a channel that LOX24 does
// not document.
func strategies() [][]string {
	return [][]string{
		{"telegram", "sms"},
		{"telegram", "sms"},
		{"telegram", "sms"},
		{"sms"},
		{"sms"},
		{"voice", "sms"},
		{"telegram", "voice", "sms"},
		{"whatsapp", "sms"},
	}
}

// verify orders a code and returns whether the person typed it, and when all was over.
func (t *instance) verify(s shop, to country, phone string, at time.Duration) (verified bool, over time.Duration) {
	all := strategies()
	if t.documented {
		all = all[:len(all)-1]
	}
	c := t.codeTo(to, s.codes, at, all[t.rng.IntN(len(all))]...)
	c.data.Phone = phone
	reach := map[string]float64{"telegram": 0.5, "whatsapp": 0.45, "voice": 0.6, "sms": 0.9}
	if t.down(to.code, at) {
		reach = nil
	}
	for i, route := range c.data.RoutingStrategy {
		at += time.Second + t.within(3*time.Second)
		c.sent(at)
		last := i == len(c.data.RoutingStrategy)-1
		switch {
		case !t.chance(reach[route.Channel]):
			at += time.Duration(route.TimeoutSec) * time.Second
			c.failed(at)
		case t.chance(0.86): // within the timeout, which ends a channel without a confirmation
			at += t.within(time.Duration(route.TimeoutSec-1) * time.Second)
			c.reached(at)
			return true, at + time.Second
		case last || t.chance(0.5): // delivered, never typed
			at += t.within(20 * time.Second)
			c.delivered(at)
			if t.chance(0.4) {
				at += 5 * time.Minute
				c.lost(at)
			}
			return false, at
		default: // delivered, not typed: the next channel is tried
			at += t.within(20 * time.Second)
			c.delivered(at)
			at += 30 * time.Second
		}
	}
	if t.chance(0.8) {
		at += time.Second
		c.lost(at)
	}
	return false, at
}

// callCustomer is verified by a call.
func (t *instance) callCustomer() {
	account := t.accounts.First(raw.ProviderUnibell)
	if t.chance(0.25) {
		account = t.accounts.Of(SourceUnibellQuiet)
	}
	to := called()[t.rng.IntN(len(called()))]
	c := t.call(account, t.order, t.number(&to)[1:])
	if account.StatusCallback {
		switch at := t.within(50 * time.Second); t.rng.IntN(6) {
		case 0:
			c.saysByForm(at, "UNDELIVERABLE")
			return
		case 1: // it is never answered
			return
		case 2, 3:
			c.saysByForm(at, "DELIVERED")
		default:
			c.says(at, "DELIVERED")
		}
	}
	if t.chance(0.7) {
		t.pay(t.shop(), time.Minute+t.within(20*time.Minute))
	}
}

// pumping is a burst of codes to numbers of one dear range: all are delivered, none is
// typed.
func (t *instance) pumping() {
	base, to := t.order, pumped()
	for n := range 25 + t.rng.IntN(20) {
		t.order = base + "-" + strconv.Itoa(n)
		at := t.within(15 * time.Minute)
		c := t.codeTo(to, t.shop().codes, at, "sms")
		c.sent(at + 2*time.Second)
		c.delivered(at + 6*time.Second)
	}
}

// marketing is a campaign by SMS; some of those who get it order and pay at once.
func (t *instance) marketing() {
	base := t.order
	for n := range 30 + t.rng.IntN(20) {
		t.order = base + "-" + strconv.Itoa(n)
		at := t.within(10 * time.Minute)
		t.sms(at, "campaign-"+base, []int{dlrDelivered, dlrDelivered, dlrDelivered, dlrExpired}[t.rng.IntN(4)])
		if t.chance(0.35) {
			at += time.Minute + t.within(20*time.Minute)
			c := t.codeTo(countries()[0], t.shop().codes, at, "telegram", "sms")
			c.sent(at + time.Second)
			c.reached(at + 9*time.Second)
			t.pay(t.shop(), at+time.Minute+t.within(10*time.Minute))
		}
	}
}

// accountEvents adds the callbacks of one Voximplant account: low balance, frozen, topped
// up, and an agreement that expires.
func (t *instance) accountEvents() {
	a := t.account()
	a.batch(0, 0, a.callback("min_balance", `{"is_min_credit":false,"is_repeated":false}`, "9.87"))
	at := time.Duration(0)
	if t.chance(0.6) {
		at += 2*time.Hour + t.within(time.Hour)
		a.batch(at, 0, a.callback("account_is_frozen", `{}`, "-0.505"))
	}
	if t.chance(0.5) {
		at += 3*time.Hour + t.within(time.Hour)
		a.batch(at, 0, a.callback("card_payment", `{"transaction_id":51,"transaction_type":"bank_card_payment","amount":100.5}`, "100.125"),
			a.callback("account_is_unfrozen", `{}`, "100.125"))
	}
	if t.chance(0.3) {
		at += t.within(time.Hour)
		a.batch(at, 0, a.callback("expiring_agreement", `{"expiration_date":"2026-12-31","until_expiration":30}`, "55.5"))
	}
}
