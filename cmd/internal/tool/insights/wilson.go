package insights

import "math"

// Wilson returns the 95 % interval of a share of n in all, by Wilson.
func Wilson(n, all int64) (low, high float64) {
	if all <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(n)/float64(all), float64(all)
	middle, half := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, (middle-half)/(1+z*z/m)), min(1, (middle+half)/(1+z*z/m))
}
