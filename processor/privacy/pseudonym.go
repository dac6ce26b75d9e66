package privacy

import (
	"cmp"
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

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// MinKeyBytes is the minimum length of a key. There are so few phone numbers that
// without the key's secrecy a pseudonym could be found by trying all of them.
const MinKeyBytes = 16

// Key is a key for pseudonyms and the span in which it is in force.
type Key struct {
	// ID is carried beside every pseudonym made with the key.
	ID string
	// Secret is the HMAC key, at least MinKeyBytes.
	Secret []byte
	// From and Until are the span of received_at in which the key is used; Until is
	// exclusive, and zero means no bound. If spans overlap, both keys are used.
	From, Until time.Time
}

// Config is the keys and the settings of a pseudonymiser.
type Config struct {
	Keys []Key
	// CacheEntries limits the cache of parsed numbers; it is rounded up to the next
	// power of two; 0 means 50,000.
	CacheEntries int
	// BlockK is how many different numbers of a block must have been seen before the block
	// leaves the restricted topics; 0: no block does, nor is one in internal topics or state.
	BlockK int
}

// MaxBlockK is the highest BlockK: a level's state entry has that many hashes.
const MaxBlockK = 1000

// Pseudonymiser makes pseudonyms. It is safe for use by several goroutines.
type Pseudonymiser struct {
	// keys are in order of age; the oldest, which comes first, is the key of ids.
	keys        []key
	territories *territories
	cache       *cache
	ids         *prometheus.CounterVec
	blockK      int
	// blockKey identifies the oldest key, under which blocks identify numbers.
	blockKey uint16
	// blocks caches the plans of blocks; the text of a number in it is a block's digits.
	blocks *cache
}

type key struct {
	Key
	states *sync.Pool // of *state: keying an HMAC costs two blocks
}

// state is the state of an HMAC and a buffer for its sum.
type state struct {
	hash.Hash
	sum [sha256.Size]byte
}

// hmacText is the length of an HMAC as text.
const hmacText = 2 * sha256.Size

// New returns a pseudonymiser. It reports every fault of the keys at once.
func New(config Config) (*Pseudonymiser, error) {
	var errs []error
	if len(config.Keys) == 0 {
		errs = append(errs, errors.New("keys: at least one key is needed for the pseudonyms of phone numbers"))
	}
	p := &Pseudonymiser{ids: prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "tributary", Subsystem: "processor", Name: "pseudonymised_ids_total",
		Help: "Free ids (correlation ids, references, ids of cards) that left as pseudonyms because they do not look like ids, by kind: phone or hmac.",
	}, []string{"provider", "source", "kind"})}
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
	if config.BlockK < 0 || config.BlockK > MaxBlockK {
		errs = append(errs, fmt.Errorf("block_k: %d is not between 0 and %d", config.BlockK, MaxBlockK))
	}
	slices.SortStableFunc(p.keys, func(a, b key) int { return cmp.Or(a.From.Compare(b.From), compareEnds(a.Until, b.Until)) })
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
	p.cache, p.blocks = newCache(size), newCache(size)
	p.blockK, p.blockKey = config.BlockK, p.keys[0].blockKey()
	return p, nil
}

// compareEnds compares the ends of two spans; a zero end is after all others.
func compareEnds(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

// Expect creates the counters of a source's pseudonyms with the value 0.
func (p *Pseudonymiser) Expect(s *source.Source) {
	for _, prefix := range [...]string{source.PhonePrefix, source.HMACPrefix} {
		p.ids.WithLabelValues(s.Provider, s.ID, strings.TrimSuffix(prefix, ":"))
	}
}

// Describe implements prometheus.Collector.
func (p *Pseudonymiser) Describe(to chan<- *prometheus.Desc) { p.ids.Describe(to) }

// Collect implements prometheus.Collector: how many ids left as pseudonyms.
func (p *Pseudonymiser) Collect(to chan<- prometheus.Metric) { p.ids.Collect(to) }

// PhoneOf is Phone for a field of a source: a national form is a number of the source's
// countries.
func (p *Pseudonymiser) PhoneOf(s *source.Source, text string, at time.Time) avro.Phone {
	phone, _ := p.NumberOf(s, text, at)
	return phone
}

// NumberOf is PhoneOf with the number for the rule on blocks.
func (p *Pseudonymiser) NumberOf(s *source.Source, text string, at time.Time) (avro.Phone, block.Number) {
	if len(s.PhoneCountries) > 0 {
		w := read(text)
		known := w.plus || len(w.digits) >= shortestBare && p.judged(text, &w).valid
		if !known {
			if n := p.national(s.PhoneCountries, w.digits); n != nil {
				text = "+" + n.digits
			}
		}
	}
	return p.number(text, at)
}

// Phone returns the country, the type, the carrier and the pseudonyms of a number, in any
// of its forms: the data that may leave the restricted topics. A text that is no number gets the
// pseudonym of its digits and no country; an empty one gets neither. In an overlap of
// keys the newest key's pseudonym is the first, as the schemas document.
func (p *Pseudonymiser) Phone(text string, at time.Time) avro.Phone {
	phone, _ := p.number(text, at)
	return phone
}

func (p *Pseudonymiser) number(text string, at time.Time) (phone avro.Phone, located block.Number) {
	n := p.withPseudonyms(text)
	if n.country != "" {
		phone.Country = avro.Some(n.country)
	}
	if n.digits != "" {
		phone.Pseudonyms = p.inForce(n.pseudonyms, at)
	}
	if plan := n.plan; plan != nil {
		phone.NumberType.Value, phone.NumberType.Set = plan.kind, plan.kind != ""
		phone.Carrier.Value, phone.Carrier.Set = plan.carrier, plan.carrier != ""
		if p.blockK > 0 && len(phone.Pseudonyms) > 0 {
			located = block.Number{Full: plan.full, Area: plan.area, Root: plan.root, Hash: n.hash}
		}
	}
	return phone, located
}

// inForce returns the pseudonyms whose keys are in force, out of those under all keys.
// These are nearly always all or a contiguous run, for which it returns a subslice.
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

func (k *key) inForce(at time.Time) bool {
	return !at.Before(k.From) && (k.Until.IsZero() || at.Before(k.Until))
}

func (k *key) hmac(digits string) string {
	var text [hmacText]byte
	k.putHMAC(text[:], digits)
	return string(text[:])
}

// putHMAC writes an HMAC in hexadecimal digits into text, which has hmacText bytes.
func (k *key) putHMAC(text []byte, digits string) {
	s, _ := k.states.Get().(*state)
	defer k.states.Put(s)
	s.Reset()
	_, _ = s.Write([]byte(digits))
	hex.Encode(text, s.Sum(s.sum[:0]))
}

// withPseudonyms returns the number of a text with its pseudonyms set.
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
	if n.country != "" {
		n.plan = p.planOf(n.digits, n.code)
		n.hash = p.blockHash(n.pseudonyms[len(n.pseudonyms)-1].HMAC)
	}
	p.cache.add(&n.number)
	return &n.number
}
