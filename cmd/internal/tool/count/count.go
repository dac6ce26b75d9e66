// Package count writes numbers of things for people: "1 record", "2 records".
package count

import (
	"fmt"
	"strings"
)

// Of returns a number with its noun in the singular or plural. The plural of a noun in -y ends in -ies.
func Of[N int | int32 | int64](n N, noun string) string {
	if n != 1 {
		noun = plural(noun)
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Verb returns the verb for so many things: "is" or "are", "waits" or "wait".
func Verb[N int | int32 | int64](n N, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func plural(noun string) string {
	stem, y := strings.CutSuffix(noun, "y")
	if y && !strings.ContainsAny(stem[max(len(stem)-1, 0):], "aeiou") {
		return stem + "ies"
	}
	return noun + "s"
}
