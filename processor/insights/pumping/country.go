package pumping

import (
	"slices"

	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

// lags is how many minutes the lag of typed codes is counted for.
const lags = 16

// country is the entry of a country beside those of its subjects.
type country struct {
	// first is the first minute with codes, evaluated the last one that was evaluated,
	// swept the last one at which idle blocks were removed.
	first, evaluated, swept int64
	// lag counts typed codes by the minutes from their order to the first evaluation that
	// knew of them.
	lag [lags]int64
	// claims is how many claims were raised.
	claims int64
	blocks int64
	open   []reference
}

// reference names a subject with an open claim.
type reference struct {
	level Level
	name  string
}

// usual is the lag of typed codes by minute that is assumed at first, of usualTotal codes.
func usual() [lags]int64 { return [lags]int64{0, 13, 10, 3, 2, 1, 1} }

const usualTotal = 30

// learn counts the lag of typed codes: the minutes until the first evaluation that knows
// of them.
func (c *country) learn(lag, codes int64) {
	const enough = 2000
	i := min(lag, lags-1)
	c.lag[i] += codes
	if c.lag[i] > enough {
		for j := range c.lag {
			c.lag[j] /= 2
		}
	}
}

// maturity returns the share of the typed codes that are known to be typed, by the minutes
// since their order.
func (c *country) maturity() (share [lags]float64) {
	all, assumed := int64(usualTotal), usual()
	for _, n := range c.lag {
		all += n
	}
	sum := int64(0)
	for i, n := range c.lag {
		sum += n + assumed[i]
		share[i] = float64(sum) / float64(all)
	}
	return share
}

const countryVersion = 1

func (c *country) appendTo(dst []byte) []byte {
	dst = append(dst, countryVersion)
	for _, n := range [...]int64{c.first, c.evaluated, c.swept, c.claims, c.blocks} {
		dst = statecodec.AppendInt(dst, n)
	}
	for _, n := range c.lag {
		dst = statecodec.AppendInt(dst, n)
	}
	dst = statecodec.AppendUint(dst, uint64(len(c.open)))
	for _, o := range c.open {
		dst = statecodec.AppendString(statecodec.AppendUint(dst, uint64(o.level)), o.name)
	}
	return dst
}

func (c *country) readFrom(entry []byte) error {
	r, _ := statecodec.NewReader(entry, countryVersion)
	for _, n := range [...]*int64{&c.first, &c.evaluated, &c.swept, &c.claims, &c.blocks} {
		*n = r.Int()
	}
	for i := range c.lag {
		c.lag[i] = r.Int()
	}
	c.open = make([]reference, r.Len())
	for i := range c.open {
		c.open[i] = reference{Level(r.Uint()), r.String()} //nolint:gosec // it was one
	}
	return r.Done()
}

// close removes a subject from those with an open claim.
func (c *country) close(s *subject) {
	c.open = slices.DeleteFunc(c.open, func(o reference) bool { return o.level == s.level && o.name == s.name })
}

// entries is the state of a country within a transaction.
type entries struct {
	tx stage.Tx
	// prefix begins the keys of the country.
	prefix []byte
	// subjects are those that were read, changed those to be written.
	subjects map[reference]*subject
	changed  map[reference]bool
	// source is the label of the source of the observation before.
	source, provider, label string
}

// labelOf returns the label of an observation's source.
func (e *entries) labelOf(o *Observation) string {
	if e.label == "" || e.provider != o.Provider || e.source != o.Source {
		e.provider, e.source, e.label = o.Provider, o.Source, o.Provider+"/"+o.Source
	}
	return e.label
}

// The kinds of entries.
const (
	kindCountry = 'c'
	kindSubject = 's'
	kindActive  = 'a'
)

func (e *entries) key(kind byte, level Level, name string) []byte {
	key := append(e.tx.Buffer(len(e.prefix)+2+len(name)), e.prefix...)
	return append(append(key, kind, byte(level)), name...)
}

func (e *entries) country() (*country, error) {
	entry, err := e.tx.Get(e.key(kindCountry, 0, ""))
	if err != nil || entry == nil {
		return &country{}, err
	}
	c := &country{}
	err = c.readFrom(entry)
	return c, err
}

// putCountry stores the country, to be evaluated at a minute; 0 is never.
func (e *entries) putCountry(c *country, next int64) {
	timer := never
	if next != 0 {
		timer = timeOf(next)
	}
	e.tx.Put(e.key(kindCountry, 0, ""), c.appendTo(e.tx.Buffer(256)), timer)
}

// get returns a subject, nil if there is none.
func (e *entries) get(r reference) (*subject, error) {
	if s, found := e.subjects[r]; found {
		return s, nil
	}
	entry, err := e.tx.Get(e.key(kindSubject, r.level, r.name))
	if err != nil {
		return nil, err
	}
	var s *subject
	if entry != nil {
		s = &subject{level: r.level, name: r.name}
		if err := s.readFrom(entry); err != nil {
			return nil, err
		}
	}
	e.subjects[r] = s
	return s, nil
}

// change has a subject written at the end.
func (e *entries) change(s *subject) { e.changed[reference{s.level, s.name}] = true }

func (e *entries) putSubject(s *subject) {
	e.tx.Put(e.key(kindSubject, s.level, s.name), s.appendTo(e.tx.Buffer(512)), never)
}

// blocks yields the blocks whose name begins with a prefix.
func (e *entries) blocks(prefix string, yield func(s *subject)) error {
	var failed error
	from := e.key(kindSubject, LevelBlock, prefix)
	head := len(from) - len(prefix)
	err := e.tx.Scan(from, func(key, value []byte) bool {
		s := &subject{level: LevelBlock, name: string(key[head:])}
		// Its texts are parts of the entry, which is valid during this call only.
		if failed = s.readFrom(append(e.tx.Buffer(len(value)), value...)); failed != nil {
			return false
		}
		yield(s)
		return true
	})
	if err != nil {
		return err
	}
	return failed
}

// activate puts a subject on the list of those that Evaluate looks at.
func (e *entries) activate(level Level, name string) error {
	key := e.key(kindActive, level, name)
	entry, err := e.tx.Get(key)
	if err == nil && entry == nil {
		e.tx.Put(key, append(e.tx.Buffer(1), 1), never)
	}
	return err
}

// active returns the subjects on that list, in the order of their levels.
func (e *entries) active() (out []reference, err error) {
	out = []reference{}
	from := append(append(e.tx.Buffer(len(e.prefix)+1), e.prefix...), kindActive)
	err = e.tx.Scan(from, func(key, _ []byte) bool {
		out = append(out, reference{Level(key[len(from)]), string(key[len(from)+1:])})
		return true
	})
	return out, err
}
