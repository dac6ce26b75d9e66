package config

import "strings"

// nearest returns the name closest to a misspelt key, or "" if none is close.
func nearest(key string, names []string) string {
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(s))
	}
	// At most a third of the letters may differ, else any short word matches any other.
	best, within := "", max(len(key)/3, 1)+1
	for _, name := range names {
		if d := distance(plain(key), plain(name)); d < within {
			best, within = name, d
		}
	}
	return best
}

// distance is the Levenshtein distance: letters inserted, deleted or changed.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			changed := diagonal
			if x != y {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
