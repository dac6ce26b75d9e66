package pseudonym

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

// InForce reports whether a key is in force at a time.
func (k *Key) InForce(at time.Time) bool {
	return !at.Before(k.From) && (k.Until.IsZero() || at.Before(k.Until))
}

// KeyAt returns the newest key in force at a time, nil if none is.
func KeyAt(keys []Key, at time.Time) (newest *Key) {
	for i := range keys {
		if k := &keys[i]; k.InForce(at) && (newest == nil || !older(k, newest)) {
			newest = k
		}
	}
	return newest
}

// Customer returns the pseudonym of a number under the newest key in force at a time, empty
// if none is.
func Customer(k *Key, digits string) string {
	if k == nil || digits == "" {
		return ""
	}
	mac := hmac.New(sha256.New, k.Secret)
	mac.Write([]byte(digits))
	return k.ID + ":" + hex.EncodeToString(mac.Sum(nil))
}

// Country returns the country of a number, empty if none is known.
func Country(digits string) string {
	n, err := phonenumbers.Parse("+"+digits, "")
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return ""
	}
	if region := phonenumbers.GetRegionCodeForNumber(n); region != "ZZ" && region != "001" {
		return region
	}
	return ""
}

// Planned returns type and operator of the block of a number, empty where the numbering plan
// does not say: those of the first valid number that ends with one of four endings.
func Planned(digits string) (kind, carrier string) {
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

// Digits returns the digits of a field with a phone number.
func Digits(s *source.Source, text string) string {
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
