package feed

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Ledger is the account of the last hour, from ledger.v1.
type Ledger struct {
	At time.Time `json:"at"`
	// Providers are in the order of the provider table.
	Providers []ProviderLedger `json:"providers"`
	// Gaps are the entries that name skipped or unaccounted records, the newest first.
	Gaps []Gap `json:"gaps"`
}

// ProviderLedger is the account of a provider.
type ProviderLedger struct {
	Provider string `json:"provider"`
	Title    string `json:"title"`
	Counts
	// Minutes has each minute of the hour, the oldest first.
	Minutes []Minute `json:"minutes"`
	// Newest is the minute of the newest entry, zero if there is none.
	Newest time.Time `json:"newest,omitzero"`
}

// Counts holds the numbers of raw records by outcome.
type Counts struct {
	Accepted    int64 `json:"accepted"`
	Replayed    int64 `json:"replayed"`
	Decoded     int64 `json:"decoded"`
	Duplicates  int64 `json:"duplicates"`
	DeadLetters int64 `json:"dead_letters"`
	Unaccounted int64 `json:"unaccounted"`
	Skipped     int64 `json:"skipped_offsets"`
}

// Add adds the counts of d.
func (c *Counts) Add(d *Counts) {
	c.Accepted += d.Accepted
	c.Replayed += d.Replayed
	c.Decoded += d.Decoded
	c.Duplicates += d.Duplicates
	c.DeadLetters += d.DeadLetters
	c.Unaccounted += d.Unaccounted
	c.Skipped += d.Skipped
}

// Minute is one minute of a provider.
type Minute struct {
	At time.Time `json:"at"`
	Counts
}

// Gap is a ledger entry that does not add up.
type Gap struct {
	Provider    string    `json:"provider"`
	Topic       string    `json:"topic"`
	Partition   int32     `json:"partition"`
	Minute      time.Time `json:"minute"`
	From        int64     `json:"from_offset"`
	To          int64     `json:"to_offset"`
	Skipped     int64     `json:"skipped_offsets"`
	Unaccounted int64     `json:"unaccounted"`
}

// ledgerReader follows the ledger and keeps its last hour.
type ledgerReader struct {
	feed    *Feed
	next    map[int32]int64
	minutes map[string]map[time.Time]*Counts
	gaps    []Gap
}

// ledgerHour is the number of minutes shown.
const ledgerHour = 60

func (l *ledgerReader) read(ctx context.Context) (*Ledger, error) {
	now := l.feed.Now()
	since := now.Truncate(time.Minute).Add(-(ledgerHour - 1) * time.Minute)
	if l.minutes == nil {
		l.minutes = map[string]map[time.Time]*Counts{}
	}
	err := l.feed.follow(ctx, l.feed.config.Names.Topic(schemas.Ledger), l.next, since, func(r *kgo.Record) error {
		var e avro.LedgerEntry
		_, body, err := wire.Parse(r.Value)
		if err == nil {
			err = e.DecodeAvro(body)
		}
		if err == nil { // an unreadable entry is the audit's to report
			l.add(&e)
		}
		return nil
	})
	if err != nil {
		// The next read starts anew: entries that this one has counted must not count twice.
		l.minutes, l.gaps, l.next = nil, nil, map[int32]int64{}
		return nil, err
	}
	return l.report(now, since), nil
}

func (l *ledgerReader) add(e *avro.LedgerEntry) {
	of := l.minutes[e.Provider]
	if of == nil {
		of = map[time.Time]*Counts{}
		l.minutes[e.Provider] = of
	}
	minute := e.Minute.UTC().Truncate(time.Minute)
	if of[minute] == nil {
		of[minute] = &Counts{}
	}
	of[minute].Add(&Counts{
		Accepted: e.Accepted, Replayed: e.Replayed, Decoded: e.Decoded, Duplicates: e.Duplicates,
		DeadLetters: e.DeadLetters, Unaccounted: e.Unaccounted, Skipped: e.SkippedOffsets,
	})
	if e.SkippedOffsets > 0 || e.Unaccounted > 0 {
		l.gaps = append(l.gaps, Gap{
			Provider: e.Provider, Topic: e.Topic, Partition: e.Partition, Minute: minute,
			From: e.FromOffset, To: e.ToOffset, Skipped: e.SkippedOffsets, Unaccounted: e.Unaccounted,
		})
	}
}

func (l *ledgerReader) report(now, since time.Time) *Ledger {
	out := &Ledger{At: now.UTC(), Providers: []ProviderLedger{}, Gaps: []Gap{}}
	for _, p := range schemas.Providers() {
		account := ProviderLedger{Provider: p.ID, Title: p.Title}
		of := l.minutes[p.ID]
		for minute := range of {
			if minute.Before(since.UTC()) {
				delete(of, minute)
				continue
			}
			if minute.After(account.Newest) {
				account.Newest = minute
			}
		}
		for i := range ledgerHour {
			m := Minute{At: since.Add(time.Duration(i) * time.Minute).UTC()}
			if c := of[m.At]; c != nil {
				m.Counts = *c
			}
			account.Add(&m.Counts)
			account.Minutes = append(account.Minutes, m)
		}
		out.Providers = append(out.Providers, account)
	}
	const most = 100
	slices.SortFunc(l.gaps, func(a, b Gap) int { return cmp.Or(b.Minute.Compare(a.Minute), cmp.Compare(b.From, a.From)) })
	l.gaps = l.gaps[:min(len(l.gaps), most)]
	out.Gaps = slices.Clone(l.gaps)
	return out
}
