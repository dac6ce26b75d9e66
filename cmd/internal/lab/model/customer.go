package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
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

// customer returns customer id and country of the newest number, under the key of the event
// received first if the newest has that key.
func customer(keys []Key, phones []phone) (id, country string) {
	if len(phones) == 0 {
		return "", ""
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
		country = phonenumbers.GetRegionCodeForNumber(n)
	}
	if country == "ZZ" || country == "001" {
		country = ""
	}
	key := keyAt(keys, first)
	if key == nil || !key.inForce(newest.received) {
		key = keyAt(keys, newest.received)
	}
	return customerID(key, newest.digits), country
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
