package dashboards

const ofProvider = `provider=~"$provider"`

func ingest() Dashboard {
	return Dashboard{
		Name: "ingest", Title: "Tributary: ingest", Since: "3h", Refresh: "30s",
		Description: "From HTTP to the raw topics: who sends what, what is answered, and how Kafka takes it.",
		Variables: []Variable{
			{"provider", "Provider", "tributary_ingest_records_total"}, {"instance", "Instance", `up{job=~".*ingest"}`},
		},
		Panels: append(append(ingestHTTP(), ingestKafka()...), resources("ingest")...),
	}
}

func ingestHTTP() []Panel {
	return []Panel{
		{Kind: Row, Title: "Requests"},
		{
			Kind: TimeSeries, Title: "Requests by source", Unit: "reqps", Width: 12, Height: 8, Decimals: -1,
			Description: "All requests to each source, whatever is answered. What goes to no known source is without a name.",
			Queries:     []Query{{Expr: rate("tributary_ingest_requests_total", ofProvider, "provider", "source"), Legend: "{{provider}} {{source}}"}},
			Alerts:      []string{"TributaryProviderSilent"},
		},
		{
			Kind: TimeSeries, Title: "Answers by code", Unit: "reqps", Width: 12, Height: 8, Decimals: -1, Stacked: true,
			Description: "What is answered. 200: every in-sync replica has it. 401: not proven. 503: Kafka did not take it in time, the provider sends it again.",
			Queries:     []Query{{Expr: rate("tributary_ingest_requests_total", ofProvider, "code"), Legend: "{{code}}"}},
			Alerts:      []string{"TributaryRefused", "TributaryIngestFailing"},
		},
		{
			Kind: TimeSeries, Title: "Refused, by reason", Unit: "reqps", Width: 12, Height: 8, Decimals: -1, Empty: "nothing is refused",
			Description: "Requests answered with 4xx, by source and reason. Not proven after a change of secrets means that one side still has the old one.",
			Queries: []Query{{
				Expr: rate("tributary_ingest_requests_total", ofProvider+`, code=~"4.."`, "source", "code", "reason"), Legend: "{{source}} {{code}} {{reason}}",
				Quiet: "nothing was refused since the start",
			}},
			Alerts: []string{"TributaryRefused"},
		},
		{
			Kind: TimeSeries, Title: "Failed, by reason", Unit: "reqps", Width: 12, Height: 8, Decimals: -1, Empty: "nothing failed",
			Description: "Requests answered with 5xx: ours, but for 502 and 504, which are the relay's provider.",
			Queries: []Query{{
				Expr: rate("tributary_ingest_requests_total", ofProvider+`, code=~"5.."`, "source", "code", "reason"), Legend: "{{source}} {{code}} {{reason}}",
				Quiet: "nothing failed since the start",
			}},
			Alerts: []string{"TributaryIngestFailing", "TributaryKafkaAway", "TributaryRelayFailing"},
		},
		{
			Kind: TimeSeries, Title: "Proven, by secret", Unit: "reqps", Width: 12, Height: 7, Decimals: -1,
			Description: "Which secret proved the requests and callbacks of a source. During a rotation the new one rises; when the old one is at zero it can be taken out.",
			Queries:     []Query{{Expr: rate("tributary_ingest_proofs_total", "", "source", "secret"), Legend: "{{source}} {{secret}}"}},
			Alerts:      []string{"TributaryReloadFailed"},
		},
		{
			Kind: TimeSeries, Title: "Relayed calls", Unit: "s", Width: 12, Height: 7, Decimals: -1, Empty: "no call was relayed",
			Description: "How long Unibell took for the calls that are relayed to it, by how they ended: median and slowest twentieth. Callers wait for it.",
			Queries: []Query{
				{Expr: quantile(.5, "tributary_ingest_relay_call_seconds", "", "end"), Legend: "{{end}} p50"},
				{Expr: quantile(.95, "tributary_ingest_relay_call_seconds", "", "end"), Legend: "{{end}} p95"},
			},
			Alerts: []string{"TributaryRelayFailing", "TributaryRelayUnrecorded"},
		},
	}
}

func ingestKafka() []Panel {
	of := process("ingest")
	return []Panel{
		{Kind: Row, Title: "Kafka"},
		{
			Kind: TimeSeries, Title: "Records acknowledged", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Records that all in-sync replicas have, by provider. One request of Voximplant may bring several.",
			Queries:     []Query{{Expr: rate("tributary_ingest_records_total", ofProvider, "provider"), Legend: "{{provider}}"}},
		},
		{
			Kind: TimeSeries, Title: "Time to acknowledge", Unit: "s", Width: 8, Height: 8, Decimals: -1,
			Description: "From producing a request's records to the last acknowledgement: nearly all of what a provider waits for.",
			Queries: []Query{
				{Expr: quantile(.5, "tributary_ingest_ack_seconds", of), Legend: "p50"},
				{Expr: quantile(.95, "tributary_ingest_ack_seconds", of), Legend: "p95"},
				{Expr: quantile(.99, "tributary_ingest_ack_seconds", of), Legend: "p99"},
			},
			Alerts: []string{"TributaryIngestSlow"},
		},
		{
			Kind: TimeSeries, Title: "Errors on the way to Kafka", Unit: "cps", Width: 8, Height: 8, Decimals: -1, Empty: "none",
			Description: "Connections to brokers that failed and records that were not taken, by kind. A few while brokers restart are an everyday event.",
			Queries: []Query{{
				Expr: rate("tributary_ingest_kafka_errors_total", of, "kind"), Legend: "{{kind}}", Quiet: "no error since the start",
			}},
			Alerts: []string{"TributaryKafkaAway"},
		},
		{
			Kind: TimeSeries, Title: "Waiting to be acknowledged", Unit: "short", Width: 6, Height: 7, Decimals: -1,
			Description: "Records that wait for the replicas. It rises with load, and without end while Kafka is away: then ingest answers 503.",
			Queries:     []Query{{Expr: `sum by (instance) (tributary_ingest_buffered_records{` + of + `})`, Legend: "{{instance}}"}},
			Alerts:      []string{"TributaryKafkaAway"},
		},
		{
			Kind: TimeSeries, Title: "Bytes in flight", Unit: "bytes", Width: 6, Height: 7, Decimals: -1,
			Description: "Bytes taken by bodies being handled, and those of the records that wait. At ingest's limit further requests are answered 503.",
			Queries: []Query{
				{Expr: `sum by (instance) (tributary_ingest_in_flight_bytes{` + of + `})`, Legend: "{{instance}} bodies"},
				{Expr: `sum by (instance) (tributary_ingest_buffered_bytes{` + of + `})`, Legend: "{{instance}} records"},
			},
		},
		{
			Kind: TimeSeries, Title: "Connections", Unit: "short", Width: 6, Height: 7, Decimals: 0,
			Description: "Open connections of senders. Many that do nothing are a sender that does not reuse them, or somebody who holds them open.",
			Queries: []Query{
				{Expr: `sum by (instance) (tributary_ingest_connections{` + of + `})`, Legend: "{{instance}}"},
				{Expr: `max(tributary_ingest_connections_limit{` + of + `})`, Legend: "limit"},
			},
			Alerts: []string{"TributaryConnectionsFull"},
		},
		{
			Kind: Stat, Title: "Kafka away", Unit: "s", Width: 3, Height: 7,
			Description: "For how long Kafka has not taken a record of some raw topic, 0 while it takes those of all.",
			Queries:     []Query{{Expr: `max(tributary_ingest_kafka_away_seconds{` + of + `})`, Legend: "away"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: yellow}, {From: 15, Color: red}}, Alerts: []string{"TributaryKafkaAway"},
		},
		{
			Kind: Stat, Title: "Certificate ends in", Unit: "s", Width: 3, Height: 7, Empty: "no TLS here",
			Description: "How long the certificate of the webhooks' port is still valid. Without TLS at this port there is none.",
			Queries: []Query{{
				Expr:   `min((tributary_ingest_certificate_expiry_timestamp_seconds{` + of + `} > 0) - time())`,
				Legend: "left", Quiet: "the port has no TLS",
			}},
			Steps: []Step{{Color: red}, {From: 2 * 86400, Color: yellow}, {From: 14 * 86400, Color: green}}, Alerts: []string{"TributaryCertificateEnds"},
		},
	}
}
