package frontier

import "math"

// cells are the codes by end and bucket, as numbers that may be resampled.
type cells struct {
	codes, verified [ends][lastBucket + 1]float64
	// first is the mean cost of the first channel by end, next that of all others where the
	// code went on. priced reports whether every end with codes has a known cost.
	first  [ends]float64
	next   float64
	priced bool
}

func cellsOf(d Day) *cells {
	c := &cells{}
	var priced, first [ends]float64
	var nextPriced, next float64
	for i := range d {
		w := &d[i]
		c.codes[w.End][w.Bucket] += float64(w.Codes)
		c.verified[w.End][w.Bucket] += float64(w.Verified)
		priced[w.End] += float64(w.Priced)
		first[w.End] += float64(w.FirstMinor)
		if w.End == Failed || w.End == GivenUp {
			nextPriced += float64(w.Priced)
			next += float64(w.NextMinor)
		}
	}
	c.priced = nextPriced > 0
	c.next = next / math.Max(nextPriced, 1)
	for e := range ends {
		c.first[e] = first[e] / math.Max(priced[e], 1)
		c.priced = c.priced && (priced[e] > 0 || sum(&c.codes[e]) == 0)
	}
	return c
}

func sum(v *[lastBucket + 1]float64) (total float64) {
	for _, n := range v {
		total += n
	}
	return total
}

// result is the cost of the codes and the number of verified ones.
type result struct{ cost, verified float64 }

func (r result) perVerified() float64 { return r.cost / math.Max(r.verified, 1) }

// success returns the Kaplan-Meier estimate of the probability that the first channel has
// succeeded by the end of each bucket.
func (c *cells) success() (f [lastBucket + 1]float64) {
	var at float64
	for e := range ends {
		at += sum(&c.codes[e])
	}
	left := 1.0
	for b := range f {
		if at > 0 {
			left *= 1 - math.Min(c.codes[Succeeded][b]/at, 1)
		}
		for e := range ends {
			at -= c.codes[e][b]
		}
		f[b] = 1 - left
	}
	return f
}

// after returns the share of verified codes among those that went on to the next channel,
// by the bucket in which they did: falling, by pooling adjacent violators.
func (c *cells) after() (v [lastBucket + 1]float64) {
	type block struct {
		codes, verified float64
		from            int
	}
	var blocks []block
	for b := range v {
		n := block{codes: c.codes[Failed][b] + c.codes[GivenUp][b], verified: c.verified[Failed][b] + c.verified[GivenUp][b], from: b}
		if n.codes <= 0 {
			continue
		}
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.verified*n.codes > n.verified*last.codes {
				break
			}
			n = block{codes: n.codes + last.codes, verified: n.verified + last.verified, from: last.from}
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, n)
	}
	at := 0
	for b := range v {
		for at+1 < len(blocks) && blocks[at+1].from <= b {
			at++
		}
		if len(blocks) > 0 { // before the first block its rate, behind the last one that
			v[b] = blocks[at].verified / blocks[at].codes
		}
	}
	return v
}

// actual returns the result of the attempts as they were made.
func (c *cells) actual() (r result) {
	for e := range ends {
		for b := range c.codes[e] {
			r.cost += c.codes[e][b] * c.costOf(e)
			r.verified += c.verified[e][b]
		}
	}
	return r
}

func (c *cells) costOf(e End) float64 {
	if e == Failed || e == GivenUp {
		return c.first[e] + c.next
	}
	return c.first[e]
}

// play returns the result that a timeout, the upper bound of a bucket, would have had.
func (c *cells) play(timeout int32) (r result) {
	success, after := c.success(), c.after()
	add := func(codes, cost, verified float64) {
		r.cost += codes * cost
		r.verified += codes * math.Max(0, math.Min(1, verified))
	}
	for b := range int32(lastBucket + 1) {
		add(c.codes[Ended][b], c.costOf(Ended), ratio(c.verified[Ended][b], c.codes[Ended][b]))
		late := 0.0
		if b > timeout {
			late = c.next
		}
		add(c.codes[Succeeded][b], c.costOf(Succeeded)+late, 1)
		for _, e := range []End{Failed, GivenUp} {
			rate := ratio(c.verified[e][b], c.codes[e][b])
			switch {
			case b > timeout: // it goes on earlier than it did
				add(c.codes[e][b], c.costOf(e), rate+after[timeout]-after[b])
			case b == timeout || e == Failed:
				add(c.codes[e][b], c.costOf(e), rate)
			default: // it goes on later, unless the first channel succeeds in between
				p := ratio(success[timeout]-success[b], 1-success[b])
				add(p*c.codes[e][b], c.costOf(Succeeded), 1)
				add((1-p)*c.codes[e][b], c.costOf(e), rate+after[timeout]-after[b])
			}
		}
	}
	return r
}

func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}

// usual returns the timeout that was in force: the median wait of the codes that were given
// up. longest is the longest wait of a code that went on. ok is false if none was given up.
func (c *cells) usual() (usual, longest int32, ok bool) {
	total, seen := sum(&c.codes[GivenUp]), 0.0
	if total <= 0 {
		return 0, 0, false
	}
	for b := range int32(lastBucket + 1) {
		if seen < total/2 {
			usual = b
		}
		seen += c.codes[GivenUp][b]
		if c.codes[GivenUp][b]+c.codes[Failed][b] > 0 {
			longest = b
		}
	}
	return usual, longest, true
}
