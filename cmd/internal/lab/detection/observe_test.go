package detection_test

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"net/url"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/processor/insights/pumping"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// observer turns webhooks into observations.
type observer struct {
	codes map[string]*code
	// orders are the codes of an order of a shop.
	orders map[string][]*code
	paid   map[string]bool
}

func newObserver() *observer {
	return &observer{codes: map[string]*code{}, orders: map[string][]*code{}, paid: map[string]bool{}}
}

// code is a verification.
type code struct {
	country  string
	at       time.Time
	base     pumping.Observation
	cost     int64
	verified bool
}

// body is the fields of all providers' bodies that matter.
type body struct {
	Name string
	Data struct {
		ID, Phone, Payload string
		Currency           string
		Cost               int64
		CreatedAt          int64                      `json:"created_at"`
		RoutingStrategy    []struct{ Channel string } `json:"routing_strategy"`
	}
	Token                         string
	Reference, SourceAddr, Status string
}

// observe returns the changes that a webhook makes to the counts of a country.
func (o *observer) observe(s *simulator.Send, start time.Time) (country string, out []pumping.Observation) {
	if s.Forged != "" {
		return "", nil
	}
	b, text := body{}, s.Body(start, 0)
	if json.Unmarshal(text, &b) != nil {
		form, err := url.ParseQuery(string(text))
		if err != nil {
			return "", nil
		}
		b.Reference, b.Status = form.Get("reference"), form.Get("status")
	}
	source := source(s)
	switch s.Provider() {
	case raw.ProviderLOX24:
		if strings.HasPrefix(b.Name, "verify_code") {
			return o.code(&b, source)
		}
	case raw.ProviderUAPAY:
		return o.payment(b.Token, source)
	case raw.ProviderUnibell:
		if source == simulator.SourceUnibellQuiet {
			return "", nil // it reports no outcome
		}
		return o.call(&b, s, start)
	}
	return "", nil
}

func source(s *simulator.Send) string { return strings.Split(s.Path(), "/")[3] }

// shop returns a source's shop: the same order of two shops is two orders.
func shop(source string) string {
	if strings.HasSuffix(source, "-kiosk") {
		return "kiosk "
	}
	return "shop "
}

// open returns the code with an id, which it makes if there is none.
func (o *observer) open(id, order, phone, source, channel string, at time.Time) (c *code, fresh bool) {
	if known := o.codes[id]; known != nil {
		return known, false
	}
	c = &code{at: at, base: pumping.Observation{Minute: at.Truncate(time.Minute), Source: source, Channel: channel}}
	c.country, c.base.Block, c.base.Area, c.base.Carrier = place(phone)
	o.codes[id] = c
	o.orders[shop(source)+order] = append(o.orders[shop(source)+order], c)
	return c, true
}

// place returns the place of a number.
func place(phone string) (country, block, area, carrier string) {
	number, err := phonenumbers.Parse(phone, "")
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", "", "", ""
	}
	text := phonenumbers.Format(number, phonenumbers.E164)
	national := phonenumbers.GetNationalSignificantNumber(number)
	digits := phonenumbers.GetLengthOfNationalDestinationCode(number)
	carrier, _ = phonenumbers.GetCarrierForNumber(number, "en")
	return phonenumbers.GetRegionCodeForNumber(number), text[:len(text)-4], text[:len(text)-len(national)+digits], carrier
}

func (o *observer) code(b *body, source string) (string, []pumping.Observation) {
	channel := ""
	if len(b.Data.RoutingStrategy) > 0 {
		channel = b.Data.RoutingStrategy[0].Channel
	}
	c, fresh := o.open(b.Data.ID, b.Data.Payload, b.Data.Phone, source, channel, time.Unix(b.Data.CreatedAt, 0).UTC())
	ob := c.base
	if fresh {
		h := fnv.New64a()
		_, _ = h.Write([]byte(b.Data.Phone))
		ob.Codes, ob.Numbers = 1, []uint64{h.Sum64() * 0x9e3779b97f4a7c15}
	}
	if b.Data.Cost > c.cost {
		ob.Costs = []pumping.Cost{{Currency: b.Data.Currency, Minor: b.Data.Cost - c.cost}}
		c.cost = b.Data.Cost
	}
	if b.Name == "verify_code.success" && !c.verified {
		c.verified, ob.Verified = true, 1
	}
	return c.country, []pumping.Observation{ob}
}

func (o *observer) call(b *body, s *simulator.Send, start time.Time) (string, []pumping.Observation) {
	if s.Relayed() {
		c, fresh := o.open("call "+b.Reference, b.Reference, "+"+b.SourceAddr, source(s), "voice", start.Add(s.Due))
		if !fresh {
			return "", nil
		}
		ob := c.base
		ob.Codes = 1
		h := fnv.New64a()
		_, _ = h.Write([]byte(b.SourceAddr))
		ob.Numbers = []uint64{h.Sum64() * 0x9e3779b97f4a7c15}
		return c.country, []pumping.Observation{ob}
	}
	c := o.codes["call "+b.Reference]
	if c == nil || c.verified || b.Status != "DELIVERED" {
		return "", nil
	}
	c.verified = true
	ob := c.base
	ob.Verified = 1
	return c.country, []pumping.Observation{ob}
}

func (o *observer) payment(token, source string) (string, []pumping.Observation) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", nil
	}
	text, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ ExternalID, PaymentStatus, Status string }
	if json.Unmarshal(text, &claims) != nil || claims.Status != "FINISHED" && claims.PaymentStatus != "PAYED" {
		return "", nil
	}
	order := shop(source) + claims.ExternalID
	codes := o.orders[order]
	if o.paid[order] || len(codes) == 0 {
		return "", nil
	}
	o.paid[order] = true
	carrying := codes[0]
	for _, c := range codes {
		if c.verified {
			carrying = c
			break
		}
	}
	ob := carrying.base
	ob.Paid = 1
	return carrying.country, []pumping.Observation{ob}
}
