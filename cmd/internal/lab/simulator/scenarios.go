package simulator

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// scenario is one scenario: a sequence of events at the providers.
type scenario struct {
	name string
	// weight is its relative frequency.
	weight int
	tell   func(t *instance)
}

// scenarios returns all scenarios. Their times are realistic: seconds for a code, minutes
// for a payment.
func scenarios() []scenario {
	return slices.Concat(channelScenarios(), journeyScenarios(), correlationScenarios(), paymentScenarios(), conflictScenarios(), otherScenarios(), standardScenarios())
}

// channelScenarios are verifications over one or several channels, with and without a payment.
func channelScenarios() []scenario {
	return []scenario{
		{"telegram delivers, then paid", 30, func(t *instance) {
			c := t.code(0, "telegram", "sms")
			c.sent(2 * time.Second)
			c.reached(8 * time.Second)
			t.paid(3 * time.Minute)
		}},
		{"telegram fails, sms succeeds, then paid", 20, func(t *instance) {
			c := t.code(0, "telegram", "sms")
			c.sent(2 * time.Second)
			c.failed(32 * time.Second)
			c.sent(33 * time.Second)
			c.reached(38 * time.Second)
			t.paid(4 * time.Minute)
		}},
		{"success arrives before channel.failed", 5, func(t *instance) {
			c := t.code(0, "telegram", "sms")
			c.sent(2 * time.Second)
			c.failed(32 * time.Second)
			c.sent(33 * time.Second)
			c.reached(38 * time.Second)
			t.paid(4 * time.Minute)
			// The event of second 32 is delivered after all other events of the
			// verification.
			t.webhooks[1].at = 50 * time.Second
		}},
		{"three retries of one event", 4, func(t *instance) {
			c := t.code(0, "sms")
			c.sent(2 * time.Second)
			c.reached(7 * time.Second)
			success := t.webhooks[len(t.webhooks)-1]
			for n := range 3 {
				again := *success
				again.at = success.at + time.Duration(n+1)*20*time.Second
				attempt := n + 2
				again.render = func(int, time.Time) []byte { return success.render(attempt, time.Time{}) }
				t.add(&again)
			}
			t.paid(5 * time.Minute)
		}},
		{"all channels fail", 3, func(t *instance) {
			c := t.code(0, "telegram", "voice", "sms")
			for i := range 3 {
				at := time.Duration(i) * 33 * time.Second
				c.sent(at + 2*time.Second)
				c.failed(at + 32*time.Second)
			}
			c.lost(100 * time.Second)
		}},
		{"verification never ends", 3, func(t *instance) {
			t.code(0, "telegram", "sms").sent(2 * time.Second)
		}},
		{"outcome arrives after expiry", 2, func(t *instance) {
			c := t.code(0, "sms")
			c.sent(2 * time.Second)
			c.reached(9 * time.Second)
			for _, w := range t.webhooks[1:] {
				w.at += 100 * time.Minute
			}
		}},
	}
}

// journeyScenarios are verifications and payments that do not both succeed in their usual order.
func journeyScenarios() []scenario {
	return []scenario{
		{"delivered, never verified", 3, func(t *instance) {
			c := t.code(0, "sms")
			c.sent(2 * time.Second)
			c.delivered(6 * time.Second)
		}},
		{"a channel that nobody knows", 1, func(t *instance) {
			c := t.code(0, "whatsapp", "sms")
			c.sent(2 * time.Second)
			c.reached(9 * time.Second)
		}},
		{"two shops with one order number", 2, func(t *instance) {
			t.verified()
			t.paid(2 * time.Minute)
			c := t.codeTo(countries()[1], t.accounts.Of(SourceKioskLOX24), time.Minute, "sms")
			c.sent(time.Minute + 2*time.Second)
			c.reached(time.Minute + 8*time.Second)
		}},
		{"verified, never paid", 6, func(t *instance) {
			c := t.code(0, "voice")
			c.sent(2 * time.Second)
			c.reached(12 * time.Second)
		}},
		{"paid before verification", 3, func(t *instance) {
			t.paid(time.Second)
			c := t.code(2*time.Minute, "sms")
			c.sent(2*time.Minute + 2*time.Second)
			c.reached(2*time.Minute + 9*time.Second)
		}},
		{"paid without verification", 3, func(t *instance) { t.paid(time.Second) }},
		{"two payments, three verifications", 3, func(t *instance) {
			for i := range 3 {
				at := time.Duration(i) * 2 * time.Minute
				c := t.code(at, "telegram", "sms")
				c.sent(at + 2*time.Second)
				c.failed(at + 32*time.Second)
				c.sent(at + 33*time.Second)
				c.reached(at + 40*time.Second)
			}
			t.paid(8 * time.Minute)
			t.paid(10 * time.Minute)
		}},
	}
}

// correlationScenarios are correlation ids that are not plain ids.
func correlationScenarios() []scenario {
	return []scenario{
		{"correlation id inside JSON", 4, func(t *instance) {
			c := t.code(0, "sms").payload(string(mustJSON(map[string]any{"order": t.order, "cart": []int{1, 2}})))
			c.account = t.accounts.Of(SourceLOX24JSON)
			c.sent(2 * time.Second)
			c.reached(8 * time.Second)
			t.paid(3 * time.Minute)
		}},
		{"no correlation id", 2, func(t *instance) {
			c := t.code(0, "sms")
			c.data.Payload = nil
			c.sent(2 * time.Second)
			c.reached(8 * time.Second)
		}},
		{"correlation id is blank", 1, func(t *instance) {
			c := t.code(0, "sms").payload("  ")
			c.sent(2 * time.Second)
			c.reached(8 * time.Second)
		}},
		{"correlation id is corrected", 2, func(t *instance) {
			c := t.code(0, "sms").payload(t.order + "-typo")
			c.sent(2 * time.Second)
			c.payload(t.order)
			c.reached(8 * time.Second)
			t.paid(3 * time.Minute)
		}},
		{"correlation id is a phone number", 1, func(t *instance) {
			c := t.code(0, "sms").payload("+4915" + t.digits(9))
			c.sent(2 * time.Second)
			c.reached(8 * time.Second)
		}},
		{"correlation id is a number of an unassigned range", 2, func(t *instance) {
			ranges := []string{"+44770090", "0044770090", "+4915", "tel:+44770090"}
			t.order = ranges[t.rng.IntN(len(ranges))] + t.digits(4)
			t.verified()
			t.paid(3 * time.Minute)
		}},
		{"correlation id is free text", 2, func(t *instance) {
			texts := []string{"anna@example.com ", "Анна ", "4111-1111-1111-1111 ", `{"phone":"+447700900123"} `, "code 4711, order "}
			t.order = texts[t.rng.IntN(len(texts))] + t.order
			t.verified()
			t.paid(3 * time.Minute)
		}},
	}
}

// verified is a verification that succeeds without incidents.
func (t *instance) verified() {
	c := t.code(0, "sms")
	c.sent(2 * time.Second)
	c.reached(8 * time.Second)
}

func otherScenarios() []scenario {
	return []scenario{
		{"unibell call, status, then paid", 5, func(t *instance) {
			t.call(t.accounts.First(raw.ProviderUnibell), t.order, t.phone()).says(30*time.Second, "DELIVERED")
			t.paid(2 * time.Minute)
		}},
		{"unibell status as a form", 2, func(t *instance) {
			t.call(t.accounts.First(raw.ProviderUnibell), t.order, t.phone()).saysByForm(30*time.Second, "UNDELIVERABLE")
		}},
		{"unibell status known only by requestId", 2, func(t *instance) {
			t.call(t.accounts.First(raw.ProviderUnibell), t.order, t.phone()).saysByRequest(40*time.Second, "DELIVERED")
			t.paid(3 * time.Minute)
		}},
		{"unibell call never answered", 2, func(t *instance) { t.call(t.accounts.First(raw.ProviderUnibell), t.order, t.phone()) }},
		{"unibell without status callback, then paid", 2, func(t *instance) {
			t.call(t.accounts.Of(SourceUnibellQuiet), t.order, t.phone())
			t.paid(2 * time.Minute)
		}},
		{"unibell refuses the request", 1, func(t *instance) { t.call(t.accounts.First(raw.ProviderUnibell), t.order, RefusedNumber) }},
		{"unibell, three calls under one reference, the last is answered", 2, func(t *instance) {
			phone := t.phone()
			t.call(t.accounts.First(raw.ProviderUnibell), t.order, phone)
			t.call(t.accounts.First(raw.ProviderUnibell), t.order, phone).says(20*time.Second, "UNDELIVERABLE")
			t.call(t.accounts.First(raw.ProviderUnibell), t.order, phone).says(40*time.Second, "DELIVERED")
		}},
		{"unibell reference is a number of an unassigned range, then paid", 1, func(t *instance) {
			t.order = "44770090" + t.digits(4)
			t.call(t.accounts.First(raw.ProviderUnibell), "00"+t.order, t.phone()).says(30*time.Second, "DELIVERED")
			t.order = "+" + t.order
			t.paid(2 * time.Minute)
		}},
		{"unibell call without reference", 1, func(t *instance) { t.call(t.accounts.Of(SourceUnibellQuiet), "", t.phone()) }},
		{"sms delivered, then answered", 2, func(t *instance) {
			t.reply(time.Minute, t.sms(0, "reminder", dlrDelivered), "STOP")
		}},
		{"voximplant account frozen and unfrozen", 3, func(t *instance) {
			a := t.account()
			a.batch(0, 0, a.callback("min_balance", `{"is_min_credit":false,"is_repeated":false}`, "9.87"), a.callback("account_is_frozen", `{}`, "-0.5"))
			a.batch(10*time.Minute, 0, a.callback("card_payment", `{"transaction_id":51,"transaction_type":"bank_card_payment","amount":100.5}`, "100"),
				a.callback("account_is_unfrozen", `{}`, "100"))
		}},
		{"voximplant batch of every type", 1, func(t *instance) {
			a := t.account()
			var callbacks [][]byte
			for _, p := range payloads() {
				callbacks = append(callbacks, a.callback(p.kind, p.json, "42.5"))
			}
			a.batch(0, 0, callbacks...)
		}},
		{"voximplant type unknown", 1, func(t *instance) {
			a := t.account()
			a.batch(0, 0, a.callback("hologram_ready", `{"hologram_id":1}`, "42.5"))
		}},
	}
}

// Scenarios returns the names of all scenarios, in the order in which a run plays them.
func Scenarios() []string {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	return names
}
