package dashboards

const (
	ofStage = `stage=~"$stage"`
	byStage = "stage"
)

func processor() Dashboard {
	panels := append(processorFlow(), processorEnds()...)
	panels = append(append(panels, processorAges()...), processorState()...)
	return Dashboard{
		Name: "processor", Title: "Tributary: processor", Since: "3h", Refresh: "30s",
		Description: "From the raw topics to the enriched ones: what the stages handle, what becomes of it, how fast, and how their state is.",
		Variables: []Variable{
			{"stage", "Stage", "tributary_processor_partitions"},
			{"provider", "Provider", "tributary_processor_accepted_records_total"},
			{"instance", "Instance", `up{job=~".*processor"}`},
		},
		Panels: append(panels, resources("processor")...),
	}
}

func processorFlow() []Panel {
	return []Panel{
		{Kind: Row, Title: "Rounds"},
		{
			Kind: TimeSeries, Title: "Records handled", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Input records whose effect was committed, a second, by stage. Clocks that stages tell each other count, too.",
			Queries:     []Query{{Expr: rate("tributary_processor_records_total", ofStage, byStage), Legend: "{{stage}}"}},
			Alerts:      []string{"TributaryLag", "TributaryGroupStuck"},
		},
		{
			Kind: TimeSeries, Title: "Records written", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Records emitted and committed, a second, by topic.",
			Queries:     []Query{{Expr: rate("tributary_processor_outputs_total", ofStage, "topic"), Legend: "{{topic}}"}},
		},
		{
			Kind: TimeSeries, Title: "From begin to stored", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "How long committed rounds took from the begin of the transaction until their state was stored. The commit itself is most of it: a slow one is a slow broker.",
			Queries:     quantiles("tributary_processor_transaction_seconds", ofStage, byStage),
		},
		{
			Kind: TimeSeries, Title: "Rounds by outcome", Unit: "ops", Width: 8, Height: 8, Decimals: -1, Stacked: true,
			Description: "Committed rounds, and others: aborted ones are done again, an everyday event in a rebalance; unknown means that the committed offset had to be asked.",
			Queries:     []Query{{Expr: rate("tributary_processor_transactions_total", ofStage, "outcome"), Legend: "{{outcome}}"}},
		},
		{
			Kind: TimeSeries, Title: "Sessions, fences, aborts", Unit: "cpm", Width: 8, Height: 8, Decimals: -1, Empty: "none",
			Description: "Per minute: sessions that ended and were joined anew, former owners fenced because they left a transaction open, transactions aborted, polls that failed. All of them once in a while, none for ever.",
			Queries: []Query{
				{Expr: `60 * ` + rate("tributary_processor_session_restarts_total", ofStage, byStage), Legend: "{{stage}} joined anew", Quiet: "no session ended"},
				{Expr: `60 * ` + rate("tributary_processor_fenced_total", ofStage, byStage), Legend: "{{stage}} fenced", Quiet: "nobody was fenced"},
				{Expr: `60 * ` + rate("tributary_processor_aborts_total", ofStage, byStage), Legend: "{{stage}} aborted", Quiet: "no transaction was aborted"},
				{Expr: `60 * ` + rate("tributary_processor_fetch_errors_total", ofStage, byStage), Legend: "{{stage}} poll failed", Quiet: "no poll failed"},
			},
			Alerts: []string{"TributaryProcessorUnsteady", "TributaryRestarts"},
		},
		{
			Kind: TimeSeries, Title: "Deadlines fired", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Due deadlines a second: verifications that expire, journeys that are not paid, what is forgotten after its retention.",
			Queries:     []Query{{Expr: rate("tributary_processor_deadlines_total", ofStage, byStage), Legend: "{{stage}}"}},
		},
	}
}

func processorEnds() []Panel {
	by := func(metric string) string {
		return rate("tributary_processor_"+metric+"_records_total", ofProvider, "provider")
	}
	return []Panel{
		{Kind: Row, Title: "What becomes of the records"},
		{
			Kind: TimeSeries, Title: "Facts", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Raw records that became a fact, a second, by provider.",
			Queries:     []Query{{Expr: by("decoded"), Legend: "{{provider}}"}},
		},
		{
			Kind: TimeSeries, Title: "Duplicates", Unit: "percentunit", Width: 8, Height: 8, Decimals: -1,
			Description: "The share of raw records that repeated a fact. A provider that does not hear our 200 in time repeats everything: see the time to acknowledge in Ingest.",
			Queries:     []Query{{Expr: share(by("duplicate"), by("accepted")), Legend: "{{provider}}"}},
		},
		{
			Kind: TimeSeries, Title: "Dead letters, by cause", Unit: "cpm", Width: 8, Height: 8, Decimals: -1, Empty: "none",
			Description: "Records that can never be handled, a minute, by stage and cause. They are kept: `tributary deadletter list`, and replay after the repair.",
			Queries: []Query{{
				Expr: `60 * ` + rate("tributary_processor_dead_letters_total", ofStage, byStage, "cause"), Legend: "{{stage}} {{cause}}", Quiet: "no dead letter since the start",
			}},
			Alerts: []string{"TributaryDeadLetters", "TributaryDeadLettersMany", "TributaryInternalDeadLetters"},
		},
		{
			Kind: TimeSeries, Title: "Dead letters that wait", Unit: "short", Width: 8, Height: 8, Decimals: -1, Empty: "none",
			Description: "Dead letters that were not replayed, by provider or internal stage and cause, until retention deletes them: `tributary deadletter list --waiting`.",
			Queries:     []Query{{Expr: `sum by (provider, cause) (tributary_dead_letters_waiting)`, Legend: "{{provider}} {{cause}}", Quiet: "none was counted"}},
		},
		{
			Kind: Table, Title: "The account of the time shown", Unit: "short", Width: 24, Height: 8,
			Description: "Raw records by provider and source in the time shown. Accepted is decoded plus duplicates plus dead letters; replayed are dead letters that came again; open must be 0.",
			Queries: []Query{
				{Expr: risen("tributary_processor_accepted_records_total", ofProvider, onRange, "provider", "source"), Legend: "accepted"},
				{Expr: risen("tributary_processor_decoded_records_total", ofProvider, onRange, "provider", "source"), Legend: "decoded"},
				{Expr: risen("tributary_processor_duplicate_records_total", ofProvider, onRange, "provider", "source"), Legend: "duplicates"},
				{Expr: risen("tributary_processor_dead_lettered_records_total", ofProvider, onRange, "provider", "source"), Legend: "dead letters"},
				{Expr: risen("tributary_processor_replayed_records_total", ofProvider, onRange, "provider", "source"), Legend: "replayed"},
				{Expr: risen("tributary_processor_unaccounted_records_total", ofProvider, onRange, "provider", "source"), Legend: "open"},
			},
			Alerts: []string{"TributaryLedgerNotClosing"},
		},
		{
			Kind: Stat, Title: "Offsets skipped", Unit: "short", Width: 4, Height: 8,
			Description: "Offsets of raw topics that held no record when they were read, in the time shown. Any means that records were lost to retention before they were handled.",
			Queries:     []Query{{Expr: risen("tributary_processor_skipped_offsets_total", ofProvider, onRange), Legend: "offsets"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: red}}, Alerts: []string{"TributaryOffsetsSkipped"},
		},
		{
			Kind: Stat, Title: "Attempts missed", Unit: "short", Width: 4, Height: 8,
			Description: "Delivery attempts of LOX24 in the time shown that never got our 200 though a later one did, less those that were seen after all.",
			Queries: []Query{{
				Expr:   risen("tributary_processor_missed_attempts_total", ofProvider, onRange) + " - " + risen("tributary_processor_missed_attempts_withdrawn_total", ofProvider, onRange),
				Legend: "attempts",
			}},
			Steps: []Step{{Color: green}, {From: 1, Color: yellow}}, Alerts: []string{"TributaryMissedAttempts"},
		},
	}
}

func processorAges() []Panel {
	selector := ofStage + ", " + ofProvider
	return []Panel{
		{Kind: Row, Title: "Ages of facts"},
		{
			Kind: TimeSeries, Title: "From the provider to ingest", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "From the provider's own time of a fact to its receipt: what the provider and the network take, retries included. It is a provider's, not ours.",
			Queries:     quantiles("tributary_processor_provider_to_received_seconds", selector, "provider"),
		},
		{
			Kind: TimeSeries, Title: "From ingest to committed", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "From the receipt of a fact to the commit of its effect, by stage: what is ours. The journey's is from the receipt, too, through all stages before.",
			Queries:     quantiles("tributary_processor_received_to_committed_seconds", selector, byStage),
			Alerts:      []string{"TributaryLag"},
		},
		{
			Kind: TimeSeries, Title: "End to end", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "From the provider's own time of a fact to the commit of its effect in the journey: how old what analysts read is when it appears.",
			Queries:     quantiles("tributary_processor_provider_to_committed_seconds", selector, "provider"),
		},
		{
			Kind: TimeSeries, Title: "Newest fact", Unit: "s", Width: 24, Height: 6, Decimals: -1,
			Description: "Seconds since the newest fact of each provider was received whose effect a stage has committed. Saw teeth are a provider that sends seldom.",
			Queries: []Query{{
				Expr:   `time() - max by (stage, provider) (tributary_processor_newest_fact_timestamp_seconds{` + selector + `})`,
				Legend: "{{stage}} {{provider}}",
			}},
			Alerts: []string{"TributaryProviderSilent"},
		},
	}
}

func processorState() []Panel {
	of := process("processor")
	return []Panel{
		{Kind: Row, Title: "State"},
		{
			Kind: TimeSeries, Title: "Partitions owned", Unit: "short", Width: 8, Height: 8, Decimals: 0, Stacked: true,
			Description: "Partitions by stage and state. One that is restoring is not handled yet.",
			Queries: []Query{{
				Expr: `sum by (stage, state) (tributary_processor_partitions{` + ofStage + `})`, Legend: "{{stage}} {{state}}",
			}},
			Alerts: []string{"TributaryRestoreLong"},
		},
		{
			Kind: TimeSeries, Title: "Restores", Unit: "short", Width: 8, Height: 8, Decimals: 0,
			Description: "Partitions restored, by kind, in the time between two points: none (nothing to replay), tail (the changelog's end), whole (all of it, after the disk was lost).",
			Queries: []Query{{
				Expr: `sum by (stage, kind) (increase(tributary_processor_restores_total{` + ofStage + `}[$__rate_interval]))`, Legend: "{{stage}} {{kind}}",
			}},
			Alerts: []string{"TributaryRestoreLong"},
		},
		{
			Kind: TimeSeries, Title: "Left to restore", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "How long the restores that run will take at their rate so far; 0 if none runs.",
			Queries: []Query{{
				Expr: `max by (instance, stage) (tributary_processor_restore_seconds_left{` + ofStage + `})`, Legend: "{{instance}} {{stage}}",
				Quiet: "no state had to be restored",
			}},
			Alerts: []string{"TributaryRestoreLong"},
		},
		{
			Kind: TimeSeries, Title: "Replayed from changelogs", Unit: "Bps", Width: 6, Height: 8, Decimals: -1,
			Description: "Keys and values replayed by restores and followed by warm copies, a second.",
			Queries: []Query{
				{Expr: rate("tributary_processor_restored_bytes_total", ofStage, byStage), Legend: "{{stage}} restored", Quiet: "nothing had to be restored"},
				{Expr: rate("tributary_processor_standby_bytes_total", ofStage, byStage), Legend: "{{stage}} followed", Quiet: "no warm copies are configured"},
			},
		},
		{
			Kind: TimeSeries, Title: "Warm copies behind", Unit: "short", Width: 6, Height: 8, Decimals: 0, Empty: "no warm copies are configured",
			Description: "Changelog offsets that the last of a process's warm copies is behind: what a takeover would have to replay.",
			Queries: []Query{{
				Expr: `max by (instance, stage) (tributary_processor_standby_offsets_behind_max{` + ofStage + `})`, Legend: "{{instance}} {{stage}}",
				Quiet: "no warm copies are configured",
			}},
		},
		{
			Kind: TimeSeries, Title: "State", Unit: "bytes", Width: 6, Height: 8, Decimals: -1,
			Description: "Bytes of the state directory. It grows with the entities of the retention and is flat then; it can always be made again from the changelogs.",
			Queries:     []Query{{Expr: `sum by (instance) (tributary_processor_state_bytes{` + of + `})`, Legend: "{{instance}}"}},
		},
		{
			Kind: TimeSeries, Title: "Disk left", Unit: "percentunit", Width: 6, Height: 8, Decimals: -1, Max: 1,
			Description: "What the disk of the state directory still takes, of all it holds. The processor ends when it is full; more disk, not another start, helps.",
			Queries: []Query{{
				Expr:   `sum by (instance) (tributary_processor_state_disk_free_bytes{` + of + `}) / sum by (instance) (tributary_processor_state_disk_size_bytes{` + of + `})`,
				Legend: "{{instance}}",
			}},
			Alerts: []string{"TributaryStateDisk"},
		},
	}
}
