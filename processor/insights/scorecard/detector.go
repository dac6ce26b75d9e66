package scorecard

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
)

const (
	// prefix begins the state keys: it, a provider, a slash and a day.
	prefix    = "\x01scorecard/"
	dayLength = 24 * time.Hour
	interval  = time.Hour
	// kept is how long after its end a day takes late counts.
	kept      = 2 * dayLength
	usualSize = 512
)

// Detector keeps the scorecards.
type Detector struct {
	Settings

	Keeper *signal.Keeper
}

// IsEntry reports whether a state key belongs to this package.
func IsEntry(key []byte) bool { return bytes.HasPrefix(key, []byte(prefix)) }

// Apply adds the counts of a minute. Those of a day that is no longer kept are dropped.
func (*Detector) Apply(tx stage.Tx, provider string, minute time.Time, counts *Counts) error {
	day := minute.UTC().Truncate(dayLength)
	if counts.IsZero() || !tx.Watermark().Before(day.Add(dayLength+kept)) {
		return nil
	}
	key := append(append(append(tx.Buffer(len(prefix)+len(provider)+1+len(time.DateOnly)), prefix...), provider...), '/')
	key = day.AppendFormat(key, time.DateOnly)
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a scorecard: %w", err)
	}
	sum, err := parse(entry)
	if err != nil {
		return err
	}
	sum.Add(counts)
	// The next evaluation is at the end of the hour that is open. The minutes may be ahead of
	// the watermark and do not put it off.
	open := tx.Watermark()
	if open.Before(day) {
		open = day
	}
	put(tx, key, sum, open.Truncate(interval).Add(interval))
	return nil
}

func put(tx stage.Tx, key []byte, sum *Counts, due time.Time) {
	tx.Put(key, sum.AppendTo(append(tx.Buffer(usualSize), formatVersion)), due)
}

// OnTimer reports a day, and ends it when no late counts are taken any more.
func (d *Detector) OnTimer(tx stage.Tx, key []byte) error {
	provider, text, _ := strings.Cut(string(key[len(prefix):]), "/")
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("%w: %q is no day", statecodec.ErrEntry, text)
	}
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a scorecard: %w", err)
	}
	sum, err := parse(entry)
	if err != nil {
		return err
	}
	end, now := day.Add(dayLength), tx.Watermark().Truncate(interval)
	asOf := now
	if asOf.After(end) {
		asOf = end
	}
	switch last := end.Add(kept); {
	case !now.Before(last):
		tx.Delete(key)
	case now.Before(end):
		put(tx, key, sum, now.Add(interval))
	default:
		put(tx, key, sum, last)
	}
	if !tx.Watermark().Before(end.Add(d.Keeper.Retention)) {
		return nil
	}
	return d.Keeper.ReportUntil(tx, sum.signal(provider, day, asOf, &d.Settings), end.Add(d.Keeper.Retention))
}
