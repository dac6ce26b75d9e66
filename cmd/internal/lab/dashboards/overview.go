package dashboards

import "slices"

// The names that several dashboards use.
const (
	verdicts = `max by (group, verdict) (tributary_lag_group_verdict{ours="true"}) == 1`
	window1h = "1h"
	window15 = "15m"
	ended    = `outcome=~"success|failed|error|expired"`
	success  = `outcome="success"`
)

func overview() Dashboard {
	return Dashboard{
		Name: "overview", Title: "Tributary: overview", Since: "3h", Refresh: "10s",
		Description: "For the screen on the wall: what is wrong now and where, is money flowing, are codes arriving, how old is the newest fact.",
		Panels:      slices.Concat(overviewWrong(), overviewStats(), overviewFlow(), overviewAccount()),
	}
}

func overviewStats() []Panel {
	return []Panel{
		{
			Kind: Stat, Title: "Paid in the last hour", Unit: "currencyUAH", Width: 6, Height: 5,
			Description: "Is money flowing? The amounts that became paid within the last hour, in hryvnia, the one currency UAPAY knows. Zero at a time when people pay: look at the codes beside it, then at Ingest for uapay.",
			Queries:     []Query{{Expr: inForce("paid_minor", `currency="UAH"`, window1h) + " / 100", Legend: "paid"}},
			Steps:       []Step{{Color: red}, {From: 1, Color: green}}, Alerts: []string{"TributaryProviderSilent"},
		},
		{
			Kind: Stat, Title: "Codes that arrive", Unit: "percentunit", Width: 6, Height: 5, Decimals: 1, Empty: "no code was ordered",
			Description: "Are codes arriving? The share of verifications that succeeded among those that ended in the last quarter of an hour. A low share: see by channel and country in Business.",
			Queries: []Query{{
				Expr: share(inForce("verifications", success, window15), inForce("verifications", ended, window15)), Legend: "succeeded",
				Quiet: "no verification ended in the last quarter of an hour",
			}},
			Steps: []Step{{Color: red}, {From: .7, Color: yellow}, {From: .85, Color: green}},
		},
		{
			Kind: Stat, Title: "Newest fact", Unit: "s", Width: 6, Height: 5, Empty: "none since the start",
			Description: "How old is the newest fact? Seconds since ingest received the newest fact whose effect is committed, of any provider. When nobody sends, it is old, too: the lag beside it tells the difference.",
			Queries:     []Query{{Expr: "time() - max(tributary_processor_newest_fact_timestamp_seconds)", Legend: "age"}},
			Steps:       []Step{{Color: green}, {From: 60, Color: yellow}, {From: 300, Color: red}}, Alerts: []string{"TributaryLag", "TributaryProviderSilent"},
		},
		{
			Kind: Stat, Title: "Oldest unread record", Unit: "s", Width: 3, Height: 5,
			Description: "The age of the oldest record that any of our groups has not read yet, what an open transaction holds back included. It is the lag of the whole pipeline in time.",
			Queries:     []Query{{Expr: "max(tributary_lag_seconds{ours=\"true\"})", Legend: "lag"}},
			Steps:       []Step{{Color: green}, {From: 30, Color: yellow}, {From: 60, Color: red}}, Alerts: []string{"TributaryLag"},
		},
		{
			Kind: Stat, Title: "Alerts", Unit: "none", Width: 3, Height: 5,
			Description: "How many alerts of Tributary fire now. They are listed above.",
			Queries:     []Query{{Expr: "count(" + alertsQuery + ") or vector(0)", Legend: "firing"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: red}},
		},
	}
}

func overviewFlow() []Panel {
	return []Panel{
		{
			Kind: TimeSeries, Title: "Money", Unit: "currencyUAH", Width: 8, Height: 8, Decimals: -1,
			Description: "Amounts that became paid and that were given back, in hryvnia an hour.",
			Queries: []Query{
				{Expr: `3600 / 100 * ` + rate("tributary_business_paid_minor_total", `currency="UAH"`), Legend: "paid an hour"},
				{Expr: `3600 / 100 * ` + rate("tributary_business_refunded_minor_total", `currency="UAH"`), Legend: "given back an hour"},
			},
		},
		{
			Kind: TimeSeries, Title: "Codes", Unit: "cpm", Width: 8, Height: 8, Decimals: -1, Stacked: true,
			Description: "Verifications that ended, a minute, by how. Expired means that nothing was told by the deadline.",
			Queries: []Query{{
				Expr: `60 * ` + rate("tributary_business_verifications_total", ended, "outcome"), Legend: "{{outcome}}",
			}},
		},
		{
			Kind: TimeSeries, Title: "Journeys", Unit: "cpm", Width: 8, Height: 8, Decimals: -1, Stacked: true,
			Description: "Journeys that came to an outcome, a minute. Complete is verified and paid; verified_not_paid is money that did not come.",
			Queries:     []Query{{Expr: `60 * ` + rate("tributary_business_journeys_total", "", "outcome"), Legend: "{{outcome}}"}},
		},
		{
			Kind: TimeSeries, Title: "Webhooks taken", Unit: "reqps", Width: 8, Height: 8, Decimals: -1,
			Description: "Requests answered 200 by provider, a second. A line that falls to zero is a provider that is silent, or whom we refuse: see Ingest.",
			Queries:     []Query{{Expr: rate("tributary_ingest_requests_total", `code="200"`, "provider"), Legend: "{{provider}}"}},
			Alerts:      []string{"TributaryProviderSilent", "TributaryRefused"},
		},
		{
			Kind: TimeSeries, Title: "Webhooks against what is usual", Unit: "percentunit", Width: 8, Height: 8, Decimals: -1,
			Description: "What each source sends, taken or refused by us, as a share of what it usually sends at this hour. Far below 1 for a busy source means silence, far above means a burst or a backlog at the provider.",
			Queries: []Query{{
				Expr:   "source:tributary_ingest_heard:rate5m / (source:tributary_ingest_heard:usual_rate1h > 0)",
				Legend: "{{source}}", Quiet: "the first minutes of a new stack: nothing is usual yet",
			}},
			Alerts: []string{"TributaryProviderSilent"},
		},
		{
			Kind: TimeSeries, Title: "From the provider to the topic", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "The age of facts when their effect was committed, from the receipt by ingest: the delay that we are answerable for, median and the slowest twentieth.",
			Queries: []Query{
				{Expr: quantile(.5, "tributary_processor_received_to_committed_seconds", ""), Legend: "p50"},
				{Expr: quantile(.95, "tributary_processor_received_to_committed_seconds", ""), Legend: "p95"},
			},
			Alerts: []string{"TributaryLag"},
		},
	}
}

func overviewWrong() []Panel {
	return []Panel{
		{
			Kind: Table, Title: "What is wrong now", Unit: "none", Width: 12, Height: 8, Empty: "Nothing: no alert fires.",
			Description: "The alerts that fire, each with the group, stage, source, topic or instance that it is about. Each has a section of the same name in the runbook: what it means, what to look at, what to do and what not to do.",
			Queries:     []Query{{Expr: alertsQuery, Legend: "fires", Quiet: "no alert fires"}},
			Hidden:      []string{"Value #A"},
		},
		{
			Kind: Table, Title: "Groups", Unit: "none", Width: 12, Height: 8,
			Description: "Each of our consumer groups in a word, judged over a window, with the age of the oldest record that it has not read. What each word means and what to do: `tributary lag`.",
			Queries: []Query{
				{Expr: verdicts, Legend: "is so"},
				{Expr: `max by (group) (tributary_lag_seconds{ours="true"})`, Legend: "behind"},
				{Expr: `sum by (group) (max by (group, topic, partition) (tributary_lag_records{ours="true"}))`, Legend: "records"},
			},
			Units:  map[string]string{"behind": "s", "records": "short"},
			Hidden: []string{"Value #A"}, Alerts: []string{"TributaryLag", "TributaryGroupStuck"},
		},
	}
}

func overviewAccount() []Panel {
	return []Panel{
		{
			Kind: Stat, Title: "Records of this hour", Unit: "short", Width: 12, Height: 4,
			Description: "Does it add up? Raw records whose effect was committed in the last hour and how they ended. Accepted is decoded plus duplicates plus dead letters.",
			Queries: []Query{
				{Expr: risen("tributary_processor_accepted_records_total", "", window1h), Legend: "accepted"},
				{Expr: risen("tributary_processor_decoded_records_total", "", window1h), Legend: "decoded"},
				{Expr: risen("tributary_processor_duplicate_records_total", "", window1h), Legend: "duplicates"},
				{Expr: risen("tributary_processor_dead_lettered_records_total", "", window1h), Legend: "dead letters"},
			},
			Alerts: []string{"TributaryDeadLetters", "TributaryLedgerNotClosing"},
		},
		{
			Kind: Stat, Title: "Not accounted for", Unit: "short", Width: 4, Height: 4,
			Description: "Raw records of the last day that ended neither as a fact nor as a duplicate nor as a dead letter, or as several of them. Any is a fault of the program: run `tributary audit`.",
			Queries:     []Query{{Expr: risen("tributary_processor_unaccounted_records_total", "", "1d"), Legend: "records"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: red}}, Alerts: []string{"TributaryLedgerNotClosing"},
		},
		{
			Kind: Stat, Title: "Kafka away", Unit: "s", Width: 4, Height: 4,
			Description: "For how long Kafka has not taken a record of ingest; 0 while it does. Meanwhile providers get 503 and send again.",
			Queries:     []Query{{Expr: "max(tributary_ingest_kafka_away_seconds)", Legend: "away"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: yellow}, {From: 15, Color: red}}, Alerts: []string{"TributaryKafkaAway"},
		},
		{
			Kind: Stat, Title: "Processes", Unit: "short", Width: 4, Height: 4,
			Description: "How many processes of each role answer Prometheus. Fewer than you run: one is down or cannot be reached.",
			Queries: []Query{
				{Expr: `sum by (job) (up{job=~".*(ingest|processor|lag)"})`, Legend: "{{job}}"},
			},
			Steps: []Step{{Color: red}, {From: 1, Color: green}}, Alerts: []string{"TributaryTargetDown"},
		},
	}
}
