package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// MinKeyBytes is the shortest key: phone numbers are few, so the key is all that
// keeps a pseudonym from being tried out.
const MinKeyBytes = 16

// Key is a key for pseudonyms and the span in which it is in force.
type Key struct {
	// ID is carried beside every pseudonym made with the key.
	ID string
	// Secret is the HMAC key, at least MinKeyBytes.
	Secret []byte
	// From and Until bound the received_at it is used for; Until is exclusive, and
	// zero means without bound. Spans may overlap: then both keys are used.
	From, Until time.Time
}

// Config says which keys there are.
type Config struct {
	Keys []Key
	// CacheEntries bounds the numbers whose country is remembered, up to the next power
	// of two; 0 means 50,000.
	CacheEntries int
}

// Pseudonymiser makes pseudonyms. It is safe for use by several goroutines.
type Pseudonymiser struct {
	keys        []key
	territories *territories
	cache       *cache
}

type key struct {
	Key
	states *sync.Pool // of *state: keying an HMAC costs two blocks
}

// state is that of an HMAC, and memory for its sum.
type state struct {
	hash.Hash
	sum [sha256.Size]byte
}

// hmacText is the length of an HMAC as text.
const hmacText = 2 * sha256.Size

// number is what is known of a text that should be a phone number. One that is in
// the cache is not changed any more.
type number struct {
	// text is the number's as it was given, a copy.
	text    string
	digits  string // E.164 without +, or the text's own digits
	country string // ISO 3166-1 alpha-2, empty if not known
	// judged says that valid is known: only correlation ids ask for it.
	judged, valid bool
	// pseudonyms are those under all keys, the newest key's first; nil until asked for.
	pseudonyms []avro.Pseudonym
}

// New returns a pseudonymiser. It reports every fault of the keys at once.
func New(config Config) (*Pseudonymiser, error) {
	var errs []error
	if len(config.Keys) == 0 {
		errs = append(errs, errors.New("keys: at least one key is needed for the pseudonyms of phone numbers"))
	}
	p := &Pseudonymiser{}
	for i, k := range config.Keys {
		if k.ID == "" {
			errs = append(errs, fmt.Errorf("keys[%d].id: empty", i))
		}
		if len(k.Secret) < MinKeyBytes {
			errs = append(errs, fmt.Errorf("keys[%d]: %d bytes, at least %d are needed", i, len(k.Secret), MinKeyBytes))
		}
		if !k.Until.IsZero() && !k.Until.After(k.From) {
			errs = append(errs, fmt.Errorf("keys[%d].until: not after from", i))
		}
		secret := slices.Clone(k.Secret)
		p.keys = append(p.keys, key{Key: k, states: &sync.Pool{New: func() any { return &state{Hash: hmac.New(sha256.New, secret)} }}})
	}
	// Older keys first: what was joined under the older stays joined in an overlap.
	slices.SortStableFunc(p.keys, func(a, b key) int { return a.From.Compare(b.From) })
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	size := config.CacheEntries
	if size <= 0 {
		size = 50_000
	}
	var err error
	if p.territories, err = newTerritories(); err != nil {
		return nil, err
	}
	p.cache = newCache(size)
	return p, nil
}

// Phone returns what may be known of a number outside the restricted topics. A
// text that is no number keeps its digits' pseudonym and has no country; an empty
// one has neither. In an overlap of keys the newest key's pseudonym is the first, as
// the schemas say.
func (p *Pseudonymiser) Phone(text string, at time.Time) avro.Phone {
	n := p.withPseudonyms(text)
	var phone avro.Phone
	if n.country != "" {
		phone.Country = avro.Some(n.country)
	}
	if n.digits != "" {
		phone.Pseudonyms = p.inForce(n.pseudonyms, at)
	}
	return phone
}

// inForce returns those of the pseudonyms under all keys whose key is in force:
// nearly always all, or a run of them, and then a part of the same memory.
func (p *Pseudonymiser) inForce(all []avro.Pseudonym, at time.Time) []avro.Pseudonym {
	var out []avro.Pseudonym
	for i := range all {
		if !p.keys[len(p.keys)-1-i].inForce(at) {
			continue
		}
		switch run := i - len(out); {
		case len(out) == 0:
			out = all[i : i+1 : i+1]
		case &all[run] == &out[0]:
			out = all[run : i+1 : i+1]
		default:
			out = append(out, all[i])
		}
	}
	return out
}

// CorrelationID returns a correlation id as it may leave: without the space around
// it, empty if nothing is left, and as a pseudonym if it is a phone number. In an
// overlap of keys it is the older key's.
//
// A text is taken for a phone number if it begins with + or 00 and is a possible
// one, or if it is 11 to 15 digits that are a valid number with its country code.
// Shorter numbers are order numbers.
func (p *Pseudonymiser) CorrelationID(text string, at time.Time) string {
	text = strings.TrimSpace(text)
	if !looksLikePhone(text) {
		return text
	}
	n := p.judged(text)
	if !n.valid {
		return text
	}
	for i := range p.keys {
		if k := &p.keys[i]; k.inForce(at) {
			return "phone:" + k.ID + ":" + k.hmac(n.digits)
		}
	}
	return "" // no key in force: rather no id than a number
}

func (k *key) inForce(at time.Time) bool {
	return !at.Before(k.From) && (k.Until.IsZero() || at.Before(k.Until))
}

func (k *key) hmac(digits string) string {
	var text [hmacText]byte
	k.putHMAC(text[:], digits)
	return string(text[:])
}

// putHMAC writes one, as text of hmacText bytes.
func (k *key) putHMAC(text []byte, digits string) {
	s, _ := k.states.Get().(*state)
	defer k.states.Put(s)
	s.Reset()
	_, _ = s.Write([]byte(digits))
	hex.Encode(text, s.Sum(s.sum[:0]))
}

// withPseudonyms returns what is known of a number, its pseudonyms with it.
func (p *Pseudonymiser) withPseudonyms(text string) *number {
	known := p.cache.get(text)
	if known != nil && known.pseudonyms != nil {
		return known
	}
	n := &remembered{}
	if known != nil {
		n.number = *known
	} else {
		n.number = p.parse(n.keep(text)) // the text may be a part of a record, which is not kept
	}
	n.pseudonyms = n.newest[:0]
	for i := range slices.Backward(p.keys) {
		n.pseudonyms = append(n.pseudonyms, avro.Pseudonym{KeyID: p.keys[i].ID, HMAC: n.hmac(&p.keys[i])})
	}
	p.cache.add(&n.number)
	return &n.number
}

// judged returns what is known of a number, and whether it is a valid one.
func (p *Pseudonymiser) judged(text string) *number {
	known := p.cache.get(text)
	if known != nil && known.judged {
		return known
	}
	n := p.lookUp(strings.Clone(text))
	if known != nil {
		n.pseudonyms = known.pseudonyms
	}
	p.cache.add(&n)
	return &n
}

// parse reads a number as E.164 with or without its plus.
func (p *Pseudonymiser) parse(text string) number {
	own, digits := digitsOf(text)
	if region := p.territories.region(digits); region != "" {
		return number{text: text, digits: digits, country: region}
	}
	return lookUpDigits(text, own, digits)
}

// lookUp reads a number by the library's patterns, which also say whether it is
// valid.
func (*Pseudonymiser) lookUp(text string) number {
	own, digits := digitsOf(text)
	return lookUpDigits(text, own, digits)
}

// digitsOf returns a text's own digits, and those without the 00 that stands for a
// plus.
func digitsOf(text string) (own, digits string) {
	own = onlyDigits(text)
	digits = own
	if plain := strings.TrimPrefix(digits, "00"); len(plain) != len(digits) && !strings.HasPrefix(text, "+") {
		digits = plain
	}
	return own, digits
}

func lookUpDigits(text, own, digits string) number {
	n := number{text: text, digits: own, judged: true}
	if parsed, err := phonenumbers.Parse("+"+digits, ""); err == nil {
		n.valid = phonenumbers.IsValidNumber(parsed)
		if n.valid || phonenumbers.IsPossibleNumber(parsed) {
			n.digits = digits
			n.country = phonenumbers.GetRegionCodeForNumber(parsed)
		}
	}
	if n.country == "ZZ" || n.country == "001" {
		n.country = ""
	}
	return n
}

func looksLikePhone(text string) bool {
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, r == ' ', r == '-', r == '(', r == ')', r == '.':
		default:
			return false
		}
	}
	const shortest, longest = 11, 15
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "00") {
		return digits >= 8 && digits <= longest+2
	}
	return digits == len(text) && digits >= shortest && digits <= longest
}

// onlyDigits returns the digits of a text: a part of it where a plus before them is all
// that there is besides.
func onlyDigits(text string) string {
	plain := strings.TrimPrefix(text, "+")
	for i := range len(plain) {
		if plain[i] < '0' || plain[i] > '9' {
			return strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, plain)
		}
	}
	return plain
}
