package frontier

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/insights/rates"
	"github.com/tributary-hq/tributary/processor/insights/signal"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

const (
	// prefix begins the state keys: rootPrefix and a group, dayPrefix, a group and a day.
	prefix     = "\x01frontier/"
	rootPrefix = prefix + "group/"
	dayPrefix  = prefix + "day/"
	dayLength  = 24 * time.Hour
	// days are judged together, kept is how long a day is.
	days     = 7
	kept     = (days + 2) * dayLength
	interval = time.Hour
	daySize  = 2048
)

// Group identifies the codes of one frontier.
type Group struct {
	Provider, Country string
	Channel           avro.Channel
	// Currency is that of the costs.
	Currency string
}

func (g *Group) text() string {
	return strings.Join([]string{g.Provider, g.Country, string(g.Channel), g.Currency}, "/")
}

func groupOf(text string) (g Group, err error) {
	parts := strings.Split(text, "/")
	const fields = 4
	if len(parts) != fields {
		return g, fmt.Errorf("%w: %q is no group of waits", statecodec.ErrEntry, text)
	}
	return Group{Provider: parts[0], Country: parts[1], Channel: avro.Channel(parts[2]), Currency: parts[3]}, nil
}

// Detector claims which timeouts would have cost less.
type Detector struct {
	Keeper *signal.Keeper
	Rates  *rates.Table
}

// IsEntry reports whether a state key belongs to this package.
func IsEntry(key []byte) bool { return bytes.HasPrefix(key, []byte(prefix)) }

// Apply adds the waits of codes that were ordered at a time. Those of days that are no longer
// kept are dropped.
func (*Detector) Apply(tx stage.Tx, g Group, ordered time.Time, waits ...Wait) error {
	begin := ordered.UTC().Truncate(dayLength)
	if len(waits) == 0 || tx.Watermark().Sub(begin) >= kept {
		return nil
	}
	text := g.text()
	key := append(append(append(tx.Buffer(len(dayPrefix)+len(text)+1+len(time.DateOnly)), dayPrefix...), text...), '/')
	key = begin.AppendFormat(key, time.DateOnly)
	entry, err := tx.Get(key)
	if err != nil {
		return fmt.Errorf("read a day of waits: %w", err)
	}
	d, err := parseDay(entry)
	if err != nil {
		return err
	}
	for i := range waits {
		d.Add(waits[i])
	}
	tx.Put(key, d.appendTo(tx.Buffer(daySize)), begin.Add(kept))
	root := append(append(tx.Buffer(len(rootPrefix)+len(text)), rootPrefix...), text...)
	if entry, err = tx.Get(root); err != nil || entry != nil {
		return err
	}
	tx.Put(root, []byte{formatVersion}, ordered.Truncate(interval).Add(interval))
	return nil
}

// OnTimer judges a group, or ends a day.
func (d *Detector) OnTimer(tx stage.Tx, key []byte) error {
	text, isRoot := strings.CutPrefix(string(key), rootPrefix)
	if !isRoot {
		tx.Delete(key)
		return nil
	}
	g, err := groupOf(text)
	if err != nil {
		return err
	}
	now := tx.Watermark().Truncate(interval)
	var all Day
	var since time.Time
	var failed error
	err = tx.Scan([]byte(dayPrefix+text+"/"), func(k, entry []byte) bool {
		begin, err := time.Parse(time.DateOnly, string(k[len(k)-len(time.DateOnly):]))
		day, err2 := parseDay(entry)
		if failed = firstOf(err, err2); failed != nil {
			return false
		}
		// The days before today, and today.
		if begin.Before(now.Truncate(dayLength).Add(-days * dayLength)) {
			return true
		}
		for i := range day {
			all.Add(day[i])
		}
		if since.IsZero() {
			since = begin
		}
		return true
	})
	if err := firstOf(err, failed); err != nil {
		return err
	}
	if since.IsZero() {
		tx.Delete(key)
	} else {
		tx.Put(key, []byte{formatVersion}, now.Add(interval))
	}
	return d.report(tx, &g, all, since, now)
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (d *Detector) report(tx stage.Tx, g *Group, all Day, since, now time.Time) error {
	id := signal.ID(avro.SignalKindFallbackFrontier, g.Provider, g.Country, string(g.Channel), g.Currency)
	j, ok := Judge(all)
	if !ok || !j.Holds() {
		return d.Keeper.Withdraw(tx, id, now, "")
	}
	s := j.signal(g, since, now)
	s.SignalID = id
	if a, ok := d.Rates.Convert(s.CostMinor.Value, g.Currency); ok {
		s.CostConvertedMinor, s.ConvertedCurrency = avro.Some(a.Minor), avro.Some(a.Currency)
		s.Rate, s.RateAsOf = avro.Some(a.Rate), avro.Some(a.AsOf)
	}
	return d.Keeper.Report(tx, s)
}
