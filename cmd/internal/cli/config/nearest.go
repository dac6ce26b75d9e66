package config

import "strings"

// Nearest returns the name closest to a misspelt one, or "" if none is close.
func Nearest(key string, names []string) string {
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(s))
	}
	// At most a third of the letters may differ, else any short word matches any other.
	best, within := "", max(len(key)/3, 1)+1
	for _, name := range names {
		d := distance(plain(key), plain(name))
		if swapped(plain(key), plain(name)) {
			d = 1
		}
		if d < within {
			best, within = name, d
		}
	}
	return best
}

// swapped reports whether two neighbouring letters are all that differs.
func swapped(a, b string) bool {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	return len(a) == len(b) && at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && a[at+2:] == b[at+2:]
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
