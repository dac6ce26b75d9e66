package frontier

import (
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// minCodes is the number of codes below which nothing is claimed, minSaving the share
	// of the cost per verified user, minConfidence the confidence.
	minCodes      = 200
	minSaving     = 0.02
	minConfidence = 0.95
	samples       = 200
	seed          = 17
)

// Point is a timeout and the cost per verified user with it, in minor units.
type Point struct{ Seconds, PerVerified float64 }

// Judgement compares the timeouts by the codes of one group.
type Judgement struct {
	Codes, Verified, Priced int64
	// Usual is the timeout that was in force, Best the one that would have cost least.
	Usual float64
	Best  Point
	// PerVerified is the actual cost per verified user, CostMinor that of all codes.
	PerVerified, CostMinor float64
	// Saving is the amount that the best timeout would have saved for as many verified users,
	// with a 95 % interval, in minor units.
	Saving, Low, High float64
	// Confidence is 1 minus the share of the samples in which it saves nothing times the number of
	// timeouts it was chosen from; 0, and no interval, if the saving is too small for a claim.
	Confidence float64
	Curve      []Point
}

// Holds reports whether the best timeout is worth a claim.
func (j *Judgement) Holds() bool {
	return j.promises() && j.Confidence >= minConfidence
}

// promises reports whether the estimate is worth a claim, if it is certain enough. Otherwise its
// certainty is not computed, which takes nearly all of the time.
func (j *Judgement) promises() bool {
	return j.Codes >= minCodes && j.Best.Seconds != j.Usual && j.Saving >= minSaving*j.CostMinor
}

// Judge plays every timeout within the waits that were seen. ok is false if there is
// nothing to judge: no code was given up, none was verified, or no cost is known.
func Judge(d Day) (j Judgement, ok bool) {
	c := cellsOf(d)
	usual, longest, ok := c.usual()
	now := c.actual()
	if !ok || !c.priced || now.verified <= 0 || now.cost <= 0 {
		return Judgement{}, false
	}
	for i := range d {
		j.Codes, j.Verified, j.Priced = j.Codes+d[i].Codes, j.Verified+d[i].Verified, j.Priced+d[i].Priced
	}
	j.Usual, j.PerVerified, j.CostMinor = secondsOf(usual), now.perVerified(), now.cost
	for _, seconds := range timeouts() {
		if seconds > secondsOf(longest) {
			break
		}
		p := Point{Seconds: seconds, PerVerified: c.play(bucketOfSeconds(seconds)).perVerified()}
		if j.Curve = append(j.Curve, p); j.Best.Seconds == 0 || p.PerVerified < j.Best.PerVerified {
			j.Best = p
		}
	}
	if j.Best.Seconds == 0 {
		return Judgement{}, false
	}
	j.Saving = (j.PerVerified - j.Best.PerVerified) * now.verified
	if j.promises() {
		j.sample(c, now.verified)
	}
	return j, true
}

func bucketOfSeconds(s float64) int32 {
	if s <= fineSeconds {
		return int32(s)
	}
	return int32(coarseBegin + (s-fineSeconds)/coarseStep)
}

// sample sets the interval and the confidence from resampled codes.
func (j *Judgement) sample(c *cells, verified float64) {
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // a bootstrap, and the same each time
	best, savings, better := bucketOfSeconds(j.Best.Seconds), make([]float64, 0, samples), 0
	for range samples {
		s := c.resample(random)
		saving := (s.actual().perVerified() - s.play(best).perVerified()) * verified
		if saving > 0 {
			better++
		}
		savings = append(savings, saving)
	}
	slices.Sort(savings)
	const tail = samples * 25 / 1000
	// The best of several timeouts is more often better by chance than one of them.
	j.Low, j.High, j.Confidence = savings[tail], savings[samples-1-tail], max(0, 1-float64(len(j.Curve)*(samples-better))/samples)
}

// resample draws each count anew: the verified and the others of a cell, each by Poisson.
func (c *cells) resample(random *rand.Rand) *cells {
	s := &cells{first: c.first, next: c.next, priced: c.priced}
	for e := range ends {
		for b := range c.codes[e] {
			if c.codes[e][b] <= 0 {
				continue
			}
			s.verified[e][b] = poisson(random, c.verified[e][b])
			s.codes[e][b] = s.verified[e][b] + poisson(random, c.codes[e][b]-c.verified[e][b])
		}
	}
	return s
}

// poisson draws a number with a mean; of a large one by the normal distribution.
func poisson(random *rand.Rand, mean float64) float64 {
	const large = 50
	switch {
	case mean <= 0:
		return 0
	case mean > large:
		return math.Max(0, math.Round(mean+math.Sqrt(mean)*random.NormFloat64()))
	}
	n, p, limit := 0.0, random.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= random.Float64()
	}
	return n
}
