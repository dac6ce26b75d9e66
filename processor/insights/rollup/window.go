package rollup

import (
	"time"

	"github.com/tributary-hq/tributary/schemas/avro"
)

// kind is the size of a window; state keys have it.
type kind byte

const (
	quarterHour kind = iota + 1
	hour
	day
)

// kinds is the number of sizes.
const kinds = 3

// index numbers the sizes from 0.
func (k kind) index() int { return int(k-quarterHour) % kinds }

// span returns the size in minutes.
func (k kind) span() int64 {
	switch k {
	case quarterHour:
		return 15
	case hour:
		return 60
	default:
		return 24 * 60
	}
}

func (k kind) name() avro.FunnelWindow {
	switch k {
	case quarterHour:
		return avro.FunnelWindowQuarterHour
	case hour:
		return avro.FunnelWindowHour
	default:
		return avro.FunnelWindowDay
	}
}

// window is a window and where it begins, in minutes since 1970.
type window struct {
	kind  kind
	start int64
}

// windowsOf returns the windows that a minute is in.
func windowsOf(minute int64) [3]window {
	var all [3]window
	for i, k := range [...]kind{quarterHour, hour, day} {
		start := minute - minute%k.span()
		if start > minute { // before 1970
			start -= k.span()
		}
		all[i] = window{k, start}
	}
	return all
}

func minutes(n int64) time.Time { return time.Unix(n*60, 0).UTC() }

func (w window) begin() time.Time { return minutes(w.start) }

func (w window) end() time.Time { return minutes(w.start + w.kind.span()) }
