package dashboards

const ofGroup = `group=~"$group"`

func lag() Dashboard {
	return Dashboard{
		Name: "lag", Title: "Tributary: lag", Since: "3h", Refresh: "30s",
		Description: "How far each consumer group is behind, in seconds and records, and why: ours and those of others, as `tributary lag --serve` sees them.",
		Variables:   []Variable{{"group", "Group", "tributary_lag_group_bad"}},
		Panels:      append(lagNow(), lagOverTime()...),
	}
}

func lagNow() []Panel {
	return []Panel{
		{
			Kind: Stat, Title: "Oldest unread record", Unit: "s", Width: 6, Height: 5,
			Description: "The age of the oldest record that one of the groups has not read.",
			Queries:     []Query{{Expr: `max(tributary_lag_seconds{` + ofGroup + `})`, Legend: "behind"}},
			Steps:       []Step{{Color: green}, {From: 30, Color: yellow}, {From: 60, Color: red}}, Alerts: []string{"TributaryLag"},
		},
		{
			Kind: Stat, Title: "Unread records", Unit: "short", Width: 6, Height: 5,
			Description: "Offsets that the groups have not read, up to the last stable one, over all of them.",
			Queries: []Query{{
				Expr: `sum(max by (group, topic, partition) (tributary_lag_records{` + ofGroup + `}))`, Legend: "records",
			}},
		},
		{
			Kind: Stat, Title: "Groups that need somebody", Unit: "short", Width: 6, Height: 5,
			Description: "Groups that are stuck, blocked, falling behind, without members, or that have lost records.",
			Queries:     []Query{{Expr: `sum(max by (group) (tributary_lag_group_bad{` + ofGroup + `}))`, Legend: "groups"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: red}}, Alerts: []string{"TributaryGroupStuck"},
		},
		{
			Kind: Stat, Title: "Longest open transaction", Unit: "s", Width: 6, Height: 5,
			Description: "For how long a transaction holds records back from readers of committed ones; 0 if none does. `tributary lag` names its transactional id.",
			Queries:     []Query{{Expr: `max(tributary_lag_transaction_open_seconds{` + ofGroup + `})`, Legend: "open"}},
			Steps:       []Step{{Color: green}, {From: 10, Color: yellow}, {From: 30, Color: red}}, Alerts: []string{"TributaryTransactionOpen"},
		},
		{
			Kind: Table, Title: "Groups", Unit: "short", Width: 24, Height: 9,
			Description: "Each group's verdict in a word, judged over a window rather than by a threshold; how far it is behind, what it reads and what is written to it, and how long the rest will take at these rates.",
			Queries: []Query{
				{Expr: `max by (group, verdict) (tributary_lag_group_verdict{` + ofGroup + `}) == 1`, Legend: "is so"},
				{Expr: `max by (group) (tributary_lag_seconds{` + ofGroup + `})`, Legend: "behind"},
				{Expr: `sum by (group) (max by (group, topic, partition) (tributary_lag_records{` + ofGroup + `}))`, Legend: "records"},
				{Expr: `max by (group) (tributary_lag_group_written_records_per_second{` + ofGroup + `})`, Legend: "written"},
				{Expr: `max by (group) (tributary_lag_group_read_records_per_second{` + ofGroup + `})`, Legend: "read"},
				{Expr: `max by (group) (tributary_lag_group_catch_up_seconds{` + ofGroup + `})`, Legend: "caught up in"},
				{Expr: `max by (group) (tributary_lag_group_members{` + ofGroup + `})`, Legend: "members"},
			},
			Units:  map[string]string{"behind": "s", "caught up in": "s", "written": "cps", "read": "cps"},
			Hidden: []string{"Value #A"}, Alerts: []string{"TributaryGroupStuck"},
		},
	}
}

func lagOverTime() []Panel {
	return []Panel{
		{
			Kind: TimeSeries, Title: "Seconds behind", Unit: "s", Width: 12, Height: 9, Decimals: -1, Steps: []Step{{Color: text}, {From: 60, Color: red}},
			Description: "The age of the oldest record that the group has not read, what an open transaction holds back included. The line is where the alert begins.",
			Queries:     []Query{{Expr: `max by (group) (tributary_lag_seconds{` + ofGroup + `})`, Legend: "{{group}}"}},
			Alerts:      []string{"TributaryLag"},
		},
		{
			Kind: TimeSeries, Title: "Records behind", Unit: "short", Width: 12, Height: 9, Decimals: -1,
			Description: "Offsets that the group has not read, up to the last stable one.",
			Queries: []Query{{
				Expr: `sum by (group) (max by (group, topic, partition) (tributary_lag_records{` + ofGroup + `}))`, Legend: "{{group}}",
			}},
			Alerts: []string{"TributaryLag"},
		},
		{
			Kind: TimeSeries, Title: "Written to what the group reads", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Offsets a second, over the window. Markers of transactions count, too.",
			Queries:     []Query{{Expr: `max by (group) (tributary_lag_group_written_records_per_second{` + ofGroup + `})`, Legend: "{{group}}"}},
		},
		{
			Kind: TimeSeries, Title: "Read", Unit: "cps", Width: 8, Height: 8, Decimals: -1,
			Description: "Offsets that the group reads a second, over the window. Below what is written for long: more workers, instances or partitions.",
			Queries:     []Query{{Expr: `max by (group) (tributary_lag_group_read_records_per_second{` + ofGroup + `})`, Legend: "{{group}}"}},
		},
		{
			Kind: TimeSeries, Title: "Caught up in", Unit: "s", Width: 8, Height: 8, Decimals: -1, Empty: "never, at these rates",
			Description: "How long reading the rest will take at the rates of the window. Where it would not end there is no line.",
			Queries: []Query{{
				Expr: `max by (group) (tributary_lag_group_catch_up_seconds{` + ofGroup + `} < Inf)`, Legend: "{{group}}",
			}},
		},
		{
			Kind: TimeSeries, Title: "Held back by an open transaction", Unit: "short", Width: 8, Height: 8, Decimals: -1,
			Description: "Offsets behind an open transaction, by topic: readers of committed records do not get them yet. Short spikes are transactions at work.",
			Queries: []Query{{
				Expr: `sum by (topic) (max by (topic, partition) (tributary_lag_held_records{` + ofGroup + `}))`, Legend: "{{topic}}",
			}},
			Alerts: []string{"TributaryTransactionOpen"},
		},
		{
			Kind: TimeSeries, Title: "Lost to retention, or by the log", Unit: "short", Width: 8, Height: 8, Decimals: 0,
			Description: "Offsets that were deleted before the group read them. Any is a loss for that group: what is in the raw topics no more cannot be read again. Beyond the end: what the group read and the log has lost.",
			Queries: []Query{
				{Expr: `sum by (group) (max by (group, topic, partition) (tributary_lag_lost_records{` + ofGroup + `}))`, Legend: "{{group}}"},
				{Expr: `sum by (group) (max by (group, topic, partition) (tributary_lag_beyond_records{` + ofGroup + `}))`, Legend: "{{group}} beyond the end"},
			},
			Alerts: []string{"TributaryRecordsLost", "TributaryPositionBeyondEnd"},
		},
		{
			Kind: TimeSeries, Title: "Members", Unit: "short", Width: 8, Height: 8, Decimals: 0,
			Description: "Members of the group. A processor counts once for each worker of a stage.",
			Queries:     []Query{{Expr: `max by (group) (tributary_lag_group_members{` + ofGroup + `})`, Legend: "{{group}}"}},
			Alerts:      []string{"TributaryGroupStuck"},
		},
		{
			Kind: Table, Title: "The partitions that are behind most", Unit: "short", Width: 16, Height: 9,
			Description: "Ten partitions by the age of the oldest record not read. One alone is a hot key or a record that takes long; all of one member are that member.",
			Queries: []Query{
				{Expr: `topk(10, max by (group, topic, partition) (tributary_lag_seconds{` + ofGroup + `}))`, Legend: "behind"},
			},
			Units: map[string]string{"behind": "s"},
		},
		{
			Kind: TimeSeries, Title: "The lag itself", Unit: "s", Width: 8, Height: 9, Decimals: -1,
			Description: "How old the figures of this page are, by the process that finds them out. Old ones mean that it cannot ask Kafka.",
			Queries:     []Query{{Expr: `max by (job, instance) (time() - tributary_lag_last_success_timestamp_seconds)`, Legend: "{{job}} {{instance}}"}},
			Alerts:      []string{"TributaryLagUnknown"},
		},
	}
}
