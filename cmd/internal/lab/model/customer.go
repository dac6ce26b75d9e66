package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/processor/source"
)

// phone is a number that an event names, with the receipt of the event.
type phone struct {
	digits   string
	at       int64 // provider's time of the event, ms
	id       string
	received time.Time
}

// inForce reports whether a key is in force at a time.
func (k *Key) inForce(at time.Time) bool {
	return !at.Before(k.From) && (k.Until.IsZero() || at.Before(k.Until))
}

// keyAt returns the newest key in force at a time, nil if none is.
func keyAt(keys []Key, at time.Time) (newest *Key) {
	for i := range keys {
		if k := &keys[i]; k.inForce(at) && (newest == nil || !older(k, newest)) {
			newest = k
		}
	}
	return newest
}

// customerID returns the pseudonym of a number under the newest key in force at a time, empty
// if none is.
func customerID(k *Key, digits string) string {
	if k == nil || digits == "" {
		return ""
	}
	mac := hmac.New(sha256.New, k.Secret)
	mac.Write([]byte(digits))
	return k.ID + ":" + hex.EncodeToString(mac.Sum(nil))
}

// call sets the fields that depend on the newest number: the customer id is under the key of
// the event received first if the newest has that key.
func (v *Verification) call(keys []Key, phones []phone) {
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
	if n, err := phonenumbers.Parse("+"+newest.digits, ""); err == nil && phonenumbers.IsPossibleNumber(n) {
		v.Country = phonenumbers.GetRegionCodeForNumber(n)
	}
	if v.Country == "ZZ" || v.Country == "001" {
		v.Country = ""
	}
	if v.Country != "" {
		v.NumberType, v.Carrier = planned(newest.digits)
	}
	key := keyAt(keys, first)
	if key == nil || !key.inForce(newest.received) {
		key = keyAt(keys, newest.received)
	}
	v.Customer = customerID(key, newest.digits)
}

// planned returns type and operator of the block of a number, empty where the numbering plan
// does not say: those of the first valid number that ends with one of four endings.
func planned(digits string) (kind, carrier string) {
	names := map[phonenumbers.PhoneNumberType]string{
		phonenumbers.MOBILE: "MOBILE", phonenumbers.FIXED_LINE: "FIXED_LINE", phonenumbers.FIXED_LINE_OR_MOBILE: "FIXED_LINE_OR_MOBILE",
		phonenumbers.VOIP: "VOIP", phonenumbers.TOLL_FREE: "TOLL_FREE", phonenumbers.PREMIUM_RATE: "PREMIUM_RATE",
		phonenumbers.SHARED_COST: "SHARED_COST", phonenumbers.PERSONAL_NUMBER: "PERSONAL_NUMBER", phonenumbers.PAGER: "PAGER",
		phonenumbers.UAN: "UAN", phonenumbers.VOICEMAIL: "VOICEMAIL",
	}
	block := "+" + digits[:len(digits)-4]
	for _, ending := range []string{"0000", "1234", "5555", "9876"} {
		n, err := phonenumbers.Parse(block+ending, "")
		if err != nil {
			continue
		}
		name, prefix, err := phonenumbers.GetCarrierWithPrefixForNumber(n, "en")
		if carrier = name; err != nil || len(strconv.Itoa(prefix)) >= len(block) {
			carrier = ""
		}
		if kind = names[phonenumbers.GetNumberType(n)]; kind != "" {
			break
		}
	}
	return kind, carrier
}

// phoneDigits returns the digits of a field with a phone number.
func phoneDigits(s *source.Source, text string) string {
	full, valid, possible := read("+"+strings.TrimLeft(text, "+0"), "")
	if !valid && len(s.PhoneCountries) > 0 {
		if n, ok := national(s, strings.TrimLeft(text, "+")); ok {
			return n
		}
	}
	if valid || possible {
		return full
	}
	return strings.TrimLeft(text, "+")
}
