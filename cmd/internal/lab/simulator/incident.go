package simulator

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Incident is an attack on the market, or a control: honest traffic that resembles one.
// The incidents of a plan are the ground truth of its traffic.
type Incident struct {
	// Kind is one of Attacks or Controls.
	Kind string
	// At is its begin since the start of the run, Length its duration.
	At, Length time.Duration
	// Codes is how many codes it orders; 0 for an outage, which orders none itself.
	Codes int
	// Prefix begins the numbers of an attack: a block (the number without its last four
	// digits) or an area (calling code and national destination code). It is empty for a
	// control.
	Prefix  string
	Country string

	to country
}

// Attack reports whether the incident is an attack.
func (i *Incident) Attack() bool { return slices.Contains(Attacks(), i.Kind) }

// End is the end of the incident since the start of the run.
func (i *Incident) End() time.Duration { return i.At + i.Length }

// The shapes of attacks. In all of them nearly no code is typed and nobody pays.
const (
	// Burst orders many codes for one block within minutes.
	Burst = "burst"
	// LowAndSlow orders a code for one block every few minutes, for hours.
	LowAndSlow = "low and slow"
	// AdjacentNumbers counts up from a number.
	AdjacentNumbers = "adjacent numbers"
	// RotatingRanges changes the block after a few codes, within one area.
	RotatingRanges = "rotating ranges"
)

// The controls.
const (
	// MarketingBurst is a campaign whose customers order codes, type them and pay.
	MarketingBurst = "marketing burst"
	// LocalCampaign is one whose customers have numbers of three adjacent blocks.
	LocalCampaign = "local campaign"
	// Outage is a time in which no code reaches a country; customers try again.
	Outage = "outage"
)

// Attacks are the shapes of attacks.
func Attacks() []string { return []string{Burst, LowAndSlow, AdjacentNumbers, RotatingRanges} }

// Controls are the kinds of incidents that are no attack.
func Controls() []string { return []string{MarketingBurst, LocalCampaign, Outage} }

// The first hours of each day have no incident. Afterwards, short incidents begin in
// slots, so that they do not overlap; a low and slow attack lasts through several.
const (
	calmHours = 6
	slotHours = 2
)

// targets are ranges of mobile numbers that are pumped: some of countries with customers,
// some of countries without. The prices of the others are made up, too.
func targets() []country {
	dear := func(code, area string) country { return country{code, []string{area}, 7, 0, 1, 21, 28} }
	return []country{
		dear("UZ", "+99890"), dear("UZ", "+99893"), dear("TJ", "+99293"), dear("LK", "+9477"), dear("AZ", "+99450"),
		{"UA", []string{"+38067"}, 7, 0, 1, 4, 7},
		{"UA", []string{"+38050"}, 7, 0, 1, 4, 7},
		{"RO", []string{"+40722"}, 6, 0, 1, 4, 5},
		{"TR", []string{"+90532"}, 7, 0, 1, 12, 3},
		{"KZ", []string{"+7701"}, 7, 0, 1, 18, 21},
	}
}

// incidentsOf returns the incidents of a day of a profile, in the order of their begin.
func incidentsOf(profile string, seed uint64, date int) []Incident {
	kinds := Controls()
	switch profile {
	case Pumping:
		kinds = append(kinds, Burst, AdjacentNumbers, RotatingRanges)
	case Quiet:
	default:
		return nil
	}
	rng := rand.New(rand.NewPCG(seed, 1<<40+uint64(date))) //nolint:gosec // Chance that can be repeated is the point.
	begin := time.Duration(date)*day + calmHours*time.Hour
	from := targets()
	rng.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
	rng.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	var out []Incident
	if profile == Pumping {
		out = append(out, attack(rng, LowAndSlow, begin+minutes(rng, 0, 240), from[len(from)-1]))
	}
	for slot, kind := range kinds {
		at := begin + time.Duration(slot)*slotHours*time.Hour + minutes(rng, 0, 40)
		if slices.Contains(Attacks(), kind) {
			out = append(out, attack(rng, kind, at, from[slot]))
			continue
		}
		out = append(out, control(rng, kind, at))
	}
	slices.SortStableFunc(out, func(a, b Incident) int { return int(a.At - b.At) })
	return out
}

// minutes draws a time of whole minutes, at least from and less than to.
func minutes(rng *rand.Rand, from, to int) time.Duration {
	return time.Duration(from+rng.IntN(to-from)) * time.Minute
}

func attack(rng *rand.Rand, kind string, at time.Duration, to country) Incident {
	i := Incident{Kind: kind, At: at, Country: to.code, to: to, Prefix: to.prefixes[0]}
	perMinute := 6 + rng.IntN(9)
	switch kind {
	case LowAndSlow:
		i.Length = minutes(rng, 5*60, 8*60)
		i.Codes = int(i.Length/time.Minute) / (2 + rng.IntN(4))
	default:
		i.Length = minutes(rng, 10, 30)
		i.Codes = perMinute * int(i.Length/time.Minute)
	}
	if kind == Burst || kind == LowAndSlow || kind == AdjacentNumbers {
		for range to.digits - 4 {
			i.Prefix += strconv.Itoa(rng.IntN(10))
		}
	}
	return i
}

func control(rng *rand.Rand, kind string, at time.Duration) Incident {
	all := countries()
	i := Incident{Kind: kind, At: at, Length: minutes(rng, 10, 30), to: all[rng.IntN(6)]}
	if kind != Outage {
		i.Codes = (6 + rng.IntN(9)) * int(i.Length/time.Minute)
	}
	i.Country = i.to.code
	return i
}

// play plans the webhooks of an incident.
func (i *Incident) play(t *instance) {
	base, first := t.order, 1+t.rng.IntN(9000)
	local := i.to.prefixes[0] + t.digits(i.to.digits-4-1)
	for n := range i.Codes {
		t.order = base + "-" + strconv.Itoa(n)
		at := time.Duration((float64(n) + t.rng.Float64()) / float64(i.Codes) * float64(i.Length)).Truncate(time.Second)
		switch i.Kind {
		case MarketingBurst:
			t.customer(t.shop(), i.to, at)
		case LocalCampaign:
			t.customer(t.shop(), country{i.to.code, []string{local + "3", local + "4", local + "5"}, 4, 0, i.to.telegram, i.to.voice, i.to.sms}, at)
		case AdjacentNumbers:
			first += 1 + t.rng.IntN(3)
			t.fraud(i.to, at, i.Prefix[:len(i.Prefix)-1]+number(i.Prefix, first))
		case RotatingRanges:
			t.fraud(i.to, at, i.Prefix+rotated(t, i, n))
		default:
			t.fraud(i.to, at, i.Prefix+t.digits(4))
		}
	}
	t.order = base
}

// number returns the last digit of a block and the four behind it, of a number that is
// counted up; behind 9999 comes the next block.
func number(block string, n int) string {
	last := int(block[len(block)-1]-'0')*10_000 + n
	return strconv.Itoa(100_000 + last%100_000)[1:]
}

// rotated returns the digits behind the area: a block has three codes, then comes
// another one.
func rotated(t *instance, i *Incident, n int) string {
	blocks := 1
	for range i.to.digits - 4 {
		blocks *= 10
	}
	block := (n/3*37 + int(i.At/time.Minute)) % blocks
	return strconv.Itoa(blocks + block)[1:] + t.digits(4)
}

// fraud orders a code that is delivered and nearly never typed.
func (t *instance) fraud(to country, at time.Duration, phone string) {
	c := t.codeTo(to, t.shop().codes, at, "sms")
	c.data.Phone = phone
	c.sent(at + 2*time.Second)
	if t.chance(0.02) {
		c.reached(at + 8*time.Second)
		return
	}
	c.delivered(at + 6*time.Second)
}

// down reports whether no code reaches a country at a time of the scenario.
func (t *instance) down(code string, at time.Duration) bool {
	for i := range t.outages {
		o := &t.outages[i]
		if when := t.begins + at; o.Country == code && when >= o.At && when < o.End() {
			return true
		}
	}
	return false
}
