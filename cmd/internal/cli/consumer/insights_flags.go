package consumer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/tributary-hq/tributary/cmd/internal/cli"
	"github.com/tributary-hq/tributary/cmd/internal/tool/insights"
	"github.com/tributary-hq/tributary/cmd/internal/tool/timespan"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// insightsFlags are the flags of `tributary insights`.
type insightsFlags struct {
	country, channel, provider, source, day, since, until string
	kinds                                                 []string
	watch, withdrawn                                      bool
	interval                                              time.Duration
}

func (f *insightsFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.country, "country", "", "only this country, as UA")
	flags.StringVar(&f.provider, "provider", "", "only codes and claims of this provider, as lox24")
	flags.StringVar(&f.source, "source", "", "only codes and claims of this source")
	flags.StringVar(&f.channel, "channel", "", "only codes that began with this channel, as sms")
	flags.StringSliceVar(&f.kinds, "kind", nil, "only these tables: costs, pumping, frontier, runway, scorecard")
	flags.StringVar(&f.day, "day", "", "the codes ordered on this day (UTC): today, or as 2026-11-30; without it yesterday")
	flags.StringVar(&f.since, "since", "", "the codes ordered since a day (UTC), or in so many days, as 7d")
	flags.StringVar(&f.until, "until", "", "with --since: the last day (UTC), as 2026-11-30")
	flags.BoolVar(&f.withdrawn, "withdrawn", false, "also the claims that were withdrawn since the first of the days")
	flags.BoolVarP(&f.watch, "watch", "w", false, "go on until Ctrl-C")
	timespan.Var(flags, &f.interval, "interval", "how often to look with --watch")
}

// costsKind selects the table of costs, beside the kinds of signals.
const costsKind = "costs"

// kindsOf returns the tables by the names that --kind takes; the kinds' full names are others.
func kindsOf() map[string]avro.SignalKind {
	return map[string]avro.SignalKind{
		costsKind: "", "pumping": avro.SignalKindPumping, "frontier": avro.SignalKindFallbackFrontier,
		"runway": avro.SignalKindAccountRunway, "scorecard": avro.SignalKindProviderScorecard,
	}
}

// shows returns the tables to show.
func (f *insightsFlags) shows() (costs bool, kinds []avro.SignalKind, err error) {
	if len(f.kinds) == 0 {
		return true, nil, nil
	}
	for _, text := range f.kinds {
		kind, known := kindsOf()[strings.ToLower(text)]
		full := avro.SignalKind(strings.ToUpper(text))
		switch {
		case known && kind == "":
			costs = true
			continue
		case known:
		case full == avro.SignalKindPumping, full == avro.SignalKindFallbackFrontier, full == avro.SignalKindAccountRunway, full == avro.SignalKindProviderScorecard:
			kind = full
		default:
			return false, nil, fmt.Errorf("--kind: %q is none of costs, pumping, frontier, runway, scorecard", text)
		}
		kinds = append(kinds, kind)
	}
	if len(kinds) == 0 {
		kinds = []avro.SignalKind{avro.SignalKindUnknown} // no table of signals
	}
	return costs, kinds, nil
}

// filter returns the filter of the flags, with days relative to now.
func (f *insightsFlags) filter(now time.Time) (insights.Filter, error) {
	filter := insights.Filter{Country: strings.ToUpper(f.country), Channel: avro.Channel(strings.ToUpper(f.channel)), Provider: strings.ToLower(f.provider), Source: f.source, Withdrawn: f.withdrawn}
	var errs []error
	if f.interval < 100*time.Millisecond {
		errs = append(errs, errors.New("--interval: 100ms at least"))
	}
	const letters = 2
	if f.country != "" && (len(f.country) != letters || strings.Trim(filter.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		errs = append(errs, fmt.Errorf("--country: %q is no code of two letters, such as UA", f.country))
	}
	channels := []avro.Channel{avro.ChannelTelegram, avro.ChannelVoice, avro.ChannelSMS, avro.ChannelCall, avro.ChannelUnknown}
	if f.channel != "" && !slices.Contains(channels, filter.Channel) {
		errs = append(errs, fmt.Errorf("--channel: %q is none of telegram, voice, sms, call, unknown", f.channel))
	}
	if f.provider != "" && !slices.Contains(schemas.ProviderIDs(), filter.Provider) {
		errs = append(errs, fmt.Errorf("--provider: %q is none of %s", f.provider, strings.Join(schemas.ProviderIDs(), ", ")))
	}
	_, kinds, err := f.shows()
	filter.Kinds = kinds
	filter.From, filter.To, errs = f.days(now, append(errs, err))
	return filter, errors.Join(errs...)
}

// days returns the selected days: [from, to); without an end to is zero.
func (f *insightsFlags) days(now time.Time, errs []error) (from, to time.Time, _ []error) {
	const day = 24 * time.Hour
	today := now.UTC().Truncate(day)
	var err error
	switch {
	case f.day == "today":
		return today, today.Add(day), errs
	case f.day != "" && f.day != "yesterday":
		if from, err = time.Parse(time.DateOnly, f.day); err != nil {
			errs = append(errs, fmt.Errorf("--day: %q is no day such as 2026-11-30, nor today or yesterday", f.day))
		}
		return from, from.Add(day), errs
	case f.since == "" && f.until != "":
		return today, today, append(errs, errors.New("--until: says when --since ends, which is missing"))
	case f.since == "":
		return today.Add(-day), today, errs
	}
	switch from, err = time.Parse(time.DateOnly, f.since); {
	case err == nil:
	case f.since == "today":
		from = today
	case f.since == "yesterday":
		from = today.Add(-day)
	default:
		if from, err = cli.ParseTime("--since", f.since, now); err != nil {
			errs = append(errs, fmt.Errorf("--since: %q is no day such as 2026-11-30, and no number of days such as 7d", f.since))
		}
	}
	// Without an end a code counts that is ordered after midnight, by whatever clock.
	if f.until != "" {
		last, err := time.Parse(time.DateOnly, f.until)
		if err != nil {
			errs = append(errs, fmt.Errorf("--until: %q is no day such as 2026-11-30", f.until))
		}
		to = last.Add(day)
	}
	return from.UTC().Truncate(day), to, errs
}
