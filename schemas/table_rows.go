package schemas

import "time"

const (
	// rawRetention covers a week in which a processor is down or a wrong version
	// of it has to be replayed.
	rawRetention     = 7 * day
	decodedRetention = 30 * day
	// replaysRetention is far longer than that of any dead letter.
	replaysRetention = 90 * day
	// operationsRetention covers a yearly review of who saw personal data.
	operationsRetention = 400 * day
	// The retentions of snapshots and rows are not shorter than the state behind them.
	verificationRetention = 30 * day
	paymentRetention      = 400 * day
	journeyRetention      = 400 * day
	// A row is not emitted again while its entity changes, so it is kept for longer than
	// the entity: the entity's end withdraws it.
	attemptRetention  = 2 * verificationRetention
	movementRetention = 2 * paymentRetention
	// A row of a window that nothing changes any more is withdrawn after at most 400 days.
	insightsRetention = 2 * 400 * day
)

func rawTopics() []Topic {
	var out []Topic
	for _, p := range Providers() {
		out = append(out, Topic{
			Name: p.Raw, Family: p.ID, Format: FormatRaw, Access: AccessRestricted,
			Delete: true, Retention: rawRetention, MaxMessageBytes: rawMaxMessageBytes, Doc: p.RawDoc,
		})
	}
	return out
}

func decodedTopics() []Topic {
	row := func(name, doc string) Topic {
		t := avroRow(name, FamilyOutput, doc)
		t.Delete, t.Retention = true, decodedRetention
		return t
	}
	var out []Topic
	for _, p := range Providers() {
		for _, decoded := range p.Decoded {
			out = append(out, row(decoded.Name, decoded.Doc))
		}
	}
	duplicates := row(Duplicates, "which raw record repeated which, and how it was known")
	duplicates.Retention = rawRetention
	return append(
		out, duplicates,
		row(Ledger, "for each minute and raw partition: how many records were accepted and how they ended, by source"),
	)
}

func enrichedTopics() []Topic {
	row := func(name, doc string, retention, lag time.Duration) Topic {
		t := avroRow(name, FamilyOutput, doc)
		t.Delete, t.Retention = retention > 0, retention
		return compacted(t, lag)
	}
	return []Topic{
		row(EnrichedVerifications, "the state of each verification: attempts, outcome, cost, times", verificationRetention, shortCompactionLag),
		row(EnrichedPayments, "the state of each payment: phase, amounts, flags", paymentRetention, longCompactionLag),
		row(EnrichedAccounts, "the state of each Voximplant account, for its operator to act on", 0, shortCompactionLag),
		row(EnrichedJourneys, "verifications and payments of one correlation id, and which of them is missing", journeyRetention, longCompactionLag),
		row(FactsAttempts, "each attempt to deliver a code: channel, result, cost, times", attemptRetention, shortCompactionLag),
		row(FactsMoney, "each movement of money: paid, held, released, refunded, with a signed amount", movementRetention, longCompactionLag),
		funnelTopic(row(InsightsFunnel, "counts, costs and revenue of the codes of a window, by route and place", insightsRetention, shortCompactionLag)),
		signalsTopic(row(Signals, "what the detectors claim: pumping, an account that ends, a wait that costs, a provider's day", 0, shortCompactionLag)),
	}
}

// funnelTopic adds the views of one window size and one level each: every code is in one row of
// each of them.
func funnelTopic(t Topic) Topic {
	view := func(name, window, level, doc string) View {
		return View{Name: name, Doc: doc, Where: []Condition{{Column: "window", Value: window}, {Column: "level", Value: level}}}
	}
	t.Views = []View{
		view("funnel", "DAY", "COUNTRY", "days (UTC) by country: each code is in one row"),
		view("funnel_hourly", "HOUR", "COUNTRY", "hours by country: each code is in one row"),
		view("funnel_quarter_hourly", "QUARTER_HOUR", "COUNTRY", "quarters of an hour by country: each code is in one row"),
		view("funnel_areas", "DAY", "AREA", "days (UTC) by area: each code is in one row, those of no known area in the country's row without one"),
		view("funnel_blocks", "DAY", "BLOCK", "days (UTC) by block: each code is in one row, those of no shown block in the area's row without one"),
	}
	t.Questions = []Question{{
		"What did yesterday's codes cost per paying user, by country and route?",
		"SELECT country, provider, channel, source, requested, verified, paid, cost_per_paid_minor, currency\nFROM funnel\n" +
			"WHERE CAST(window_start AS DATE) = current_date - 1\nORDER BY cost_per_paid_minor DESC;",
	}, {
		"What did the codes of a week cost per paying user, by country and route?",
		"SELECT country, provider, channel, currency, sum(paid) AS payers, 1.0 * sum(cost_minor) / nullif(sum(paid), 0) AS per_payer, sum(cost_unknown) AS unknown\nFROM funnel\n" +
			"WHERE CAST(window_start AS DATE) >= current_date - 7\nGROUP BY country, provider, channel, currency;",
	}}
	return t
}

// signalsTopic adds the view of the claims that hold and the questions about claims.
func signalsTopic(t Topic) Topic {
	t.Views = []View{{
		Name: "signals", Doc: "the claims that hold; signals_all has the withdrawn ones, too",
		Where: []Condition{{Column: "state", Value: "WITHDRAWN", Not: true}},
	}}
	t.Questions = []Question{{
		"Which ranges of numbers are pumped, and what has it cost so far?",
		"SELECT country, area, block, evidence_since, codes, codes_verified, codes_paid, cost_minor, currency, suggested_rule\nFROM signals\nWHERE kind = 'PUMPING';",
	}, {
		"What would another wait before the next channel have saved, such as a shorter one for Telegram?",
		"SELECT country, channel, codes, currency, seen AS per_verified_minor, expected AS best_per_verified_minor,\n" +
			figure("timeout") + " AS wait_seconds,\n" + figure("best_timeout") + " AS best_wait_seconds,\n" + figure("saving") + " AS saving_minor,\n" +
			"  confidence, suggested_rule\nFROM signals\nWHERE kind = 'FALLBACK_FRONTIER'\nORDER BY saving_minor DESC;",
	}, {
		"Until when does the telephony account last?",
		"SELECT account_id, severity, channel, to_timestamp(\n" + figure("ends_at") + ") AS ends_at,\n" + figure("balance") + " AS balance_minor,\n" +
			figure("burn_per_hour") + " AS burn_per_hour_minor,\n  claim, suggested_rule\nFROM signals\n" +
			"WHERE kind = 'ACCOUNT_RUNWAY'\nORDER BY ends_at;",
	}, {
		"How did the providers report yesterday?",
		"SELECT provider, severity,\n" + figure("facts") + " AS facts,\n" + figure("lateness_p90") + " AS late_seconds_p90,\n" + figure("repeats_share") + " AS repeats,\n" +
			figure("missed_attempts") + " AS missed,\n" + figure("unknown_names") + " AS unknown_names,\n  claim\nFROM signals\n" +
			"WHERE kind = 'PROVIDER_SCORECARD' AND CAST(evidence_since AS DATE) = current_date - 1\nORDER BY provider;",
	}, {
		"What was pumped in the last week and is over?",
		"SELECT country, area, block, raised_at, withdrawn_at, codes, codes_paid, cost_minor, currency\nFROM signals_all\n" +
			"WHERE kind = 'PUMPING' AND state = 'WITHDRAWN' AND CAST(withdrawn_at AS DATE) >= current_date - 7\nORDER BY withdrawn_at;",
	}}
	return t
}

// figure is the value of a figure in the evidence of a claim.
func figure(name string) string {
	return "  (SELECT e.value FROM (SELECT unnest(evidence) AS e) WHERE e.name = '" + name + "')"
}

func deadLetterTopics() []Topic {
	row := func(name, doc string) Topic {
		return Topic{
			Name: name, Family: FamilyOutput, Format: FormatRaw, Access: AccessRestricted,
			Delete: true, Retention: rawRetention, MaxMessageBytes: maxMessageBytes, Doc: doc,
		}
	}
	var out []Topic
	for _, p := range Providers() {
		out = append(out, row(p.DeadLetter, "raw "+p.Title+" records that can never be handled, cause in headers"))
	}
	return append(
		out,
		row(DeadLetterUnibellCall, "internal Unibell records that can never be handled, cause in headers"),
		row(DeadLetterJourney, "internal journey records that can never be handled, cause in headers"),
		row(DeadLetterInsights, "internal insights records that can never be handled, cause in headers"),
	)
}

func internalTopics() []Topic {
	repartition := func(name, family, doc string) Topic {
		t := avroRow(name, family, doc)
		t.Access = AccessRestricted
		t.Delete, t.Retention = true, rawRetention
		return t
	}
	changelog := func(name, family string) Topic {
		return compacted(Topic{
			Name: name, Family: family, Format: FormatState, Access: AccessRestricted,
			MaxMessageBytes: maxMessageBytes, MinCleanableDirtyRatio: changelogDirtyRatio,
			Doc: "the state of stage " + family + ", private format: restored from, never read by others",
		}, changelogCompactionLag)
	}
	operations := avroRow(Operations, FamilyOutput, "what people did in the console: who, what, when, why; written before each act")
	operations.Access, operations.Delete, operations.Retention = AccessRestricted, true, operationsRetention
	pauses := avroRow(InternalPauses, FamilyOutput, "which stages are paused, since when, by whom and why")
	pauses.Access = AccessRestricted
	out := []Topic{
		operations, compacted(pauses, shortCompactionLag),
		repartition(InternalUnibell, FamilyUnibellCall, "Unibell facts and bindings on their way to the verification"),
		repartition(InternalJourney, FamilyJourney, "members and upstream clocks on their way to the journey"),
		repartition(InternalInsights, FamilyInsights, "differences of counts and upstream watermarks on their way to the insights"),
	}
	for _, p := range Providers() {
		out = append(out, changelog(p.Changelog, p.ID))
	}
	return append(
		out,
		changelog(ChangelogUnibellCall, FamilyUnibellCall),
		changelog(ChangelogJourney, FamilyJourney),
		changelog(ChangelogInsights, FamilyInsights),
		Topic{
			Name: InternalReplays, Family: FamilyOutput, Format: FormatState, Access: AccessRestricted,
			Delete: true, Retention: replaysRetention, MaxMessageBytes: maxMessageBytes,
			Doc: "which dead letters were replayed, by whom and when",
		},
	)
}

// compacted returns the row of a compacted topic.
func compacted(t Topic, lag time.Duration) Topic {
	t.Compact = true
	t.DeleteRetention, t.Segment, t.CompactionLag = tombstoneRetention, compactedSegment, lag
	return t
}

// avroRow returns the settings shared by all Avro topics; the schema is named as the
// topic.
func avroRow(name, family, doc string) Topic {
	return Topic{
		Name: name, Family: family, Format: FormatAvro, Access: AccessOpen,
		MaxMessageBytes: maxMessageBytes, Schema: name, Doc: doc,
	}
}
