package simulator

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Options are the settings of a run.
type Options struct {
	// Seed of the random numbers: the same seed and start make the same webhooks.
	Seed uint64
	// Start is the providers' time of the first scenario.
	Start time.Time
	// Accounts are the accounts that send.
	Accounts Accounts
	// Profile is one of Profiles; empty is Catalogue.
	Profile string
	// Providers limits the run to webhooks of these providers; empty means all.
	Providers []string
	// Except are the names of scenarios that are left out.
	Except []string
	// Scenarios limits the number of scenarios; 0 means no limit. With InTurn each kind of
	// scenario comes equally often, else by its weight.
	Scenarios int
	InTurn    bool
	// Webhooks is the approximate number of webhooks after which no new scenario begins; 0
	// means no limit. Scenarios in progress are completed.
	Webhooks int64
	// Spacing is the provider's time from the beginning of one scenario to that of the
	// next.
	Spacing time.Duration
	// Repeats, Disorder, Delays and Forgeries are shares from 0 to 1 of the webhooks
	// sent: those that repeat another, those up to five minutes late, those up to an
	// hour late, and those forged.
	Repeats, Disorder, Delays, Forgeries float64
}

// Send is one webhook at the time it is sent.
type Send struct {
	// Number counts from 0 in the order of the plan.
	Number int64
	// Due is the time to send it, in the providers' time since the start.
	Due time.Duration
	// Scenario is the name of its scenario, Order its correlation id.
	Scenario, Order string
	// Forged is the kind of forgery; empty for an authentic webhook.
	Forged string
	// Repeat counts the deliveries before this one.
	Repeat int

	webhook *webhook
	number  int64 // by which equal times are ordered
}

// Body renders the body of a try, counted from 0: LOX24 and UAPAY change it with each
// retry.
func (s *Send) Body(start time.Time, try int) []byte {
	return s.webhook.render(s.Repeat+try+1, start.Add(s.Due))
}

// Path is the webhook's path below the ingest's address.
func (s *Send) Path() string { return s.webhook.path }

// Plan is the stream of webhooks. It is for one goroutine.
type Plan struct {
	options Options
	kinds   []scenario
	total   int
	waiting sends
	told    int
	planned int64
	number  int64
	sent    int64
	// incidents holds the incidents of the first days; incidents[:begun] have been planned.
	incidents   []Incident
	days, begun int
}

// NewPlan makes a plan; Options.Start must be set.
func NewPlan(options Options) *Plan {
	kinds := slices.DeleteFunc(scenariosOf(options.Profile), func(s scenario) bool { return slices.Contains(options.Except, s.name) })
	p := &Plan{options: options, kinds: kinds}
	for _, s := range p.kinds {
		p.total += s.weight
	}
	return p
}

// Next returns the next webhook to send, or false at the end of the run.
func (p *Plan) Next() (*Send, bool) {
	for p.more() && (len(p.waiting) == 0 || p.waiting[0].Due >= time.Duration(p.told)*p.options.Spacing) {
		p.tell()
	}
	if len(p.waiting) == 0 {
		return nil, false
	}
	s, _ := heap.Pop(&p.waiting).(*Send)
	s.Number = p.sent
	p.sent++
	return s, true
}

func (p *Plan) more() bool {
	o := &p.options
	return (o.Scenarios == 0 || p.told < o.Scenarios) && (o.Webhooks == 0 || p.planned < o.Webhooks)
}

// tell plans the webhooks of the next scenario.
func (p *Plan) tell() {
	begins := time.Duration(p.told) * p.options.Spacing
	p.begin(begins + p.options.Spacing)
	t := p.instance(uint64(p.told), begins, strconv.Itoa(p.told+1)) //nolint:gosec // not negative
	kind := p.kind(t.rng)
	kind.tell(t)
	p.told++
	p.schedule(t, kind.name)
}

// Incidents returns the incidents that have begun so far.
func (p *Plan) Incidents() []Incident { return slices.Clone(p.incidents[:p.begun]) }

// begin plans the incidents that begin before a time.
func (p *Plan) begin(before time.Duration) {
	for ; time.Duration(p.days)*day < before; p.days++ {
		p.incidents = append(p.incidents, incidentsOf(p.options.Profile, p.options.Seed, p.days)...)
	}
	for ; p.begun < len(p.incidents) && p.incidents[p.begun].At < before; p.begun++ {
		i := &p.incidents[p.begun]
		t := p.instance(1<<32+uint64(p.begun), i.At, "incident-"+strconv.Itoa(p.begun+1)) //nolint:gosec // not negative
		i.play(t)
		p.schedule(t, i.Kind)
	}
}

// instance begins a scenario with random numbers of its own.
func (p *Plan) instance(stream uint64, begins time.Duration, order string) *instance {
	o := &p.options
	t := &instance{
		rng: rand.New(rand.NewPCG(o.Seed, stream)), accounts: o.Accounts, start: o.Start.Add(begins), begins: begins, //nolint:gosec // Chance that can be repeated is the point.
		documented: o.Profile == Quiet,
		order:      "order-" + strconv.FormatUint(o.Seed%100_000, 10) + "-" + order,
	}
	for i := range p.incidents {
		if p.incidents[i].Kind == Outage {
			t.outages = append(t.outages, p.incidents[i])
		}
	}
	return t
}

// schedule adds the webhooks of a scenario to the plan, with repeats, delays and
// forgeries.
func (p *Plan) schedule(t *instance, name string) {
	o, rng, begins := &p.options, t.rng, t.begins
	for _, w := range t.webhooks {
		if len(o.Providers) > 0 && !slices.Contains(o.Providers, w.provider) {
			continue
		}
		send := &Send{Due: begins + w.at + p.late(rng), Scenario: name, Order: t.order, webhook: w}
		p.add(send)
		p.repeat(rng, send)
		if rng.Float64() < o.Forgeries {
			forged, how := t.forge(w)
			p.add(&Send{Due: begins + w.at + p.late(rng), Scenario: name, Order: t.order, Forged: how, webhook: forged})
		}
	}
}

func (p *Plan) kind(rng *rand.Rand) *scenario {
	if p.options.InTurn {
		return &p.kinds[p.told%len(p.kinds)]
	}
	n := rng.IntN(p.total)
	for i := range p.kinds {
		if n -= p.kinds[i].weight; n < 0 {
			return &p.kinds[i]
		}
	}
	return &p.kinds[0]
}

// late returns the random delay of a webhook, usually 0.
func (p *Plan) late(rng *rand.Rand) time.Duration {
	const disorder, delay = 5 * time.Minute, time.Hour
	switch x := rng.Float64(); {
	case x < p.options.Delays:
		return time.Duration(rng.Int64N(int64(delay)))
	case x < p.options.Delays+p.options.Disorder:
		return time.Duration(rng.Int64N(int64(disorder)))
	}
	return 0
}

// repeat plans repeats of a webhook at UAPAY's retry intervals ([S] 004); the other
// providers document none. A relayed call is not repeated: that would be another call.
func (p *Plan) repeat(rng *rand.Rand, of *Send) {
	if of.webhook.relay {
		return
	}
	intervals := []time.Duration{5 * time.Second, 5 * time.Minute, time.Hour}
	due := of.Due
	// Repeats r is a share of all webhooks, so the expected repeats per original are r
	// / (1 - r).
	for n, expected := 0, p.options.Repeats/(1-min(p.options.Repeats, 0.75)); expected > 0 && n < len(intervals); n, expected = n+1, expected-1 {
		if rng.Float64() >= expected {
			break
		}
		due += intervals[n]
		again := *of
		again.Due, again.Repeat = due, n+1
		p.add(&again)
	}
}

func (p *Plan) add(s *Send) {
	s.number = p.number
	p.number++
	p.planned++
	heap.Push(&p.waiting, s)
}

// sends is a heap (container/heap), ordered by time.
type sends []*Send

// Len returns how many there are.
func (s *sends) Len() int { return len(*s) }

// Less orders by time, then by number.
func (s *sends) Less(i, j int) bool {
	a, b := (*s)[i], (*s)[j]
	if a.Due != b.Due {
		return a.Due < b.Due
	}
	return a.number < b.number
}

// Swap swaps two.
func (s *sends) Swap(i, j int) { (*s)[i], (*s)[j] = (*s)[j], (*s)[i] }

// Push adds one at the end.
func (s *sends) Push(x any) {
	if send, ok := x.(*Send); ok {
		*s = append(*s, send)
	}
}

// Pop takes the last.
func (s *sends) Pop() any {
	last := (*s)[len(*s)-1]
	(*s)[len(*s)-1] = nil
	*s = (*s)[:len(*s)-1]
	return last
}
