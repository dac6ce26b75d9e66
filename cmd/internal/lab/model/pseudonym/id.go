// Package pseudonym turns ids and phone numbers into the form in which they leave the restricted topics, as the
// naive model understands it. It is written from the README and shares no code with the processor.
package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/processor/source"
)

// Key is a key for pseudonyms and the time span in which it applies.
type Key struct {
	ID          string
	Secret      []byte
	From, Until time.Time
}

// IDs decides in which form an id from a webhook appears outside the restricted topics:
// in clear or as a pseudonym.
type IDs struct {
	keyID  string
	secret []byte
	uuid   *regexp.Regexp
	scheme *regexp.Regexp
	groups *regexp.Regexp
}

// New uses the oldest key: the one that begins first, and of these the one that ends
// first.
func New(keys []Key) *IDs {
	i := &IDs{
		uuid:   regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`),
		scheme: regexp.MustCompile(`(?i)^(tel|sms|whatsapp):`),
		groups: regexp.MustCompile(`\d+([^0-9A-Za-z+]\d+)*`),
	}
	oldest := -1
	for n := range keys {
		if oldest < 0 || older(&keys[n], &keys[oldest]) {
			oldest = n
		}
	}
	if oldest >= 0 {
		i.keyID, i.secret = keys[oldest].ID, keys[oldest].Secret
	}
	return i
}

func older(a, b *Key) bool {
	if !a.From.Equal(b.From) {
		return a.From.Before(b.From)
	}
	return !a.Until.IsZero() && (b.Until.IsZero() || a.Until.Before(b.Until))
}

func (i *IDs) pseudonym(kind, digested string) string {
	mac := hmac.New(sha256.New, i.secret)
	mac.Write([]byte(digested))
	return kind + ":" + i.keyID + ":" + hex.EncodeToString(mac.Sum(nil))
}

// Of returns an id in its published form.
func (i *IDs) Of(s *source.Source, text string) string {
	text = strings.TrimSpace(text)
	if text == "" || i.uuid.MatchString(text) {
		return text
	}
	reserved := strings.HasPrefix(text, "phone:") || strings.HasPrefix(text, "hmac:")
	like := !reserved && looksLikeID(s, text)
	phones := !slices.Contains(s.IDs.Allow, "phones")
	if digits, ok := i.phone(s, text, like); ok && phones {
		return i.pseudonym("phone", digits)
	}
	like = like || slices.Contains(s.IDs.Allow, "text") && !reserved
	if like && !i.hides(s, text, phones, !slices.Contains(s.IDs.Allow, "cards")) {
		return text
	}
	return i.pseudonym("hmac", "hmac\x00"+text)
}

// Phone returns the digits of an id that is published as the pseudonym of a phone.
func (i *IDs) Phone(s *source.Source, text string) (digits string) {
	digits, _ = i.phone(s, text, looksLikeID(s, text))
	return digits
}

func looksLikeID(s *source.Source, text string) bool {
	return len(text) <= s.IDs.MaxLength && strings.Trim(text, letters+s.IDs.Characters) == ""
}

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// phone reports whether the whole text is a phone number, and returns its digits.
func (i *IDs) phone(s *source.Source, text string, like bool) (digits string, ok bool) {
	number := i.scheme.ReplaceAllString(text, "")
	number, _, _ = strings.Cut(number, ";")
	plus := false
	for _, r := range number {
		switch {
		case r >= '0' && r <= '9':
			digits += string(r)
		case r >= '０' && r <= '９':
			digits += string(r - '０' + '0')
		case digits == "" && (r == '+' || r == '＋'):
			plus = true
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			return "", false
		}
	}
	bare := digits == text
	if strings.HasPrefix(digits, "00") {
		plus, digits = true, digits[2:]
	}
	if len(digits) < 7 || len(digits) > 17 {
		return "", false
	}
	certain := bare || !like || number != text
	if plus || certain && len(digits) >= 11 && len(digits) <= 15 {
		if full, valid, possible := read("+"+digits, ""); valid || plus && possible {
			return full, true
		}
	}
	if plus {
		return "", false
	}
	return national(s, digits)
}

// national parses the digits as a national number of one of the source's countries.
func national(s *source.Source, digits string) (full string, ok bool) {
	for _, country := range s.PhoneCountries {
		full, valid, possible := read(digits, country)
		trunk := phonenumbers.GetNddPrefixForRegion(country, true)
		if valid || possible && trunk != "" && strings.HasPrefix(digits, trunk) {
			return full, true
		}
	}
	return "", false
}

func read(text, country string) (digits string, valid, possible bool) {
	n, err := phonenumbers.Parse(text, country)
	if err != nil {
		return "", false, false
	}
	digits = strconv.Itoa(int(n.GetCountryCode())) + phonenumbers.GetNationalSignificantNumber(n)
	return digits, phonenumbers.IsValidNumber(n), phonenumbers.IsPossibleNumber(n)
}

// hides reports whether groups of digits in a text form a phone number or a card
// number.
func (i *IDs) hides(s *source.Source, text string, phones, cards bool) bool {
	if phones && i.scheme.MatchString(text) && strings.ContainsAny(text, "0123456789") {
		return true
	}
	for _, at := range i.groups.FindAllStringIndex(text, -1) {
		groups := strings.FieldsFunc(text[at[0]:at[1]], func(r rune) bool { return r < '0' || r > '9' })
		plus := at[0] > 0 && text[at[0]-1] == '+'
		for from := range groups {
			for to := from + 1; to <= len(groups); to++ {
				digits := strings.Join(groups[from:to], "")
				if cards && len(digits) >= 13 && len(digits) <= 19 && checks(digits) {
					return true
				}
				if phones && dialled(s, digits, plus && from == 0) {
					return true
				}
			}
		}
	}
	return false
}

func dialled(s *source.Source, digits string, plus bool) bool {
	if len(digits) < 7 || len(digits) > 17 {
		return false
	}
	if rest, exit := strings.CutPrefix(digits, "00"); plus || exit && rest[0] != '0' {
		_, valid, possible := read("+"+rest, "")
		return valid || possible
	}
	_, ok := national(s, digits)
	return ok
}

// checks reports whether the last digit is a valid check digit of a card number (Luhn).
func checks(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}
