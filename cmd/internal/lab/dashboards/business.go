package dashboards

// The choice of the person on the business dashboard.
const (
	where   = `country=~"$country"`
	onRange = "$__range"
)

func business() Dashboard {
	return Dashboard{
		Name: "business", Title: "Tributary: business", Since: "24h", Refresh: "1m",
		Description: "What the company asks: whom codes reach, on which channel, where and at what cost, and what becomes of the money. Counted from committed facts, so equal to the enriched topics; withdrawn where a later fact changed an outcome.",
		Variables:   []Variable{{"country", "Country", "tributary_business_verifications_total"}},
		Panels:      append(append(businessNow(), businessCodes()...), businessMoney()...),
	}
}

// raised is the number of signals that hold, by kind; each exporter counts all of them.
func raised(selected string) string {
	return `sum by (kind) (max by (kind, severity) (tributary_signals_raised{` + selected + `}))`
}

func businessNow() []Panel {
	ofAll := inForce("verifications", where+", "+ended, onRange)
	verified := inForce("verifications", where+", "+success, onRange)
	complete, notPaid := inForce("journeys", `outcome="complete"`, onRange), inForce("journeys", `outcome="verified_not_paid"`, onRange)
	return []Panel{
		{
			Kind: Stat, Title: "Verified users", Unit: "short", Width: 4, Height: 5,
			Description: "Verifications that succeeded in the time shown.",
			Queries:     []Query{{Expr: verified, Legend: "verified"}},
		},
		{
			Kind: Stat, Title: "Success rate", Unit: "percentunit", Width: 4, Height: 5, Decimals: 1, Empty: "none ended",
			Description: "Verifications that succeeded, of those that ended in the time shown: succeeded, failed, ended in an error or expired. A person who asks for three codes counts three times.",
			Queries:     []Query{{Expr: share(verified, ofAll), Legend: "succeeded"}},
			Steps:       []Step{{Color: red}, {From: .7, Color: yellow}, {From: .85, Color: green}},
		},
		{
			Kind: Stat, Title: "Cost per verified user", Unit: "short", Width: 4, Height: 5, Decimals: 4, Empty: "no cost told",
			Description: "Cost of all verifications, those that failed included, over the number that succeeded, by currency.",
			Queries: []Query{{
				Expr:   inForce("verification_cost_minor", where, onRange, "currency") + ` / 100 / ignoring(currency) group_left () (` + verified + ` > 0)`,
				Legend: "{{currency}}",
			}},
		},
		{
			Kind: Stat, Title: "Needed a fallback", Unit: "percentunit", Width: 4, Height: 5, Decimals: 1, Empty: "none succeeded",
			Description: "The share of successful verifications that came after a fallback to another channel. A rise is a first channel that fails.",
			Queries:     []Query{{Expr: share(inForce("fallback_verifications", where, onRange), verified), Legend: "fallback"}},
			Steps:       []Step{{Color: green}, {From: .3, Color: yellow}, {From: .5, Color: red}},
		},
		{
			Kind: Stat, Title: "Verified, not paid", Unit: "percentunit", Width: 4, Height: 5, Decimals: 1, Empty: "none ended",
			Description: "The share of journeys verified but not paid by the deadline, of those and the complete ones. People who proved their phone and went away: the checkout or the payment provider.",
			Queries:     []Query{{Expr: share(notPaid, "("+complete+" + "+notPaid+")"), Legend: "not paid"}},
			Steps:       []Step{{Color: green}, {From: .2, Color: yellow}, {From: .4, Color: red}},
		},
		{
			Kind: Stat, Title: "Paid", Unit: "currencyUAH", Width: 4, Height: 5,
			Description: "Amounts that became paid in the time shown, in hryvnia; what was given back later is included.",
			Queries:     []Query{{Expr: inForce("paid_minor", `currency="UAH"`, onRange) + " / 100", Legend: "paid"}},
		},
		{
			Kind: Stat, Title: "Pumping and ending accounts", Unit: "short", Width: 12, Height: 4, Empty: "none was counted",
			Description: "Claims of pumping and of accounts that end, which hold now, but for those that are only worth knowing. `tributary insights` has each with its figures.",
			Queries:     []Query{{Expr: raised(`kind!~"PROVIDER_SCORECARD|FALLBACK_FRONTIER",severity!="INFO"`), Legend: "{{kind}}", Quiet: "lag --serve does not run"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: red}}, Alerts: []string{"TributaryPumping", "TributaryAccountRunway", "TributarySignal"},
		},
		{
			Kind: Stat, Title: "Providers beyond their bounds", Unit: "short", Width: 6, Height: 4, Empty: "none was counted",
			Description: "Scorecards of today and yesterday in which a provider passed a bound of insights.scorecard: late, repeated, missed or contradictory facts. `tributary insights --kind scorecard` has the figures.",
			Queries:     []Query{{Expr: raised(`kind="PROVIDER_SCORECARD",severity=~"WARNING|CRITICAL"`), Legend: "scorecards", Quiet: "lag --serve does not run"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: yellow}}, Alerts: []string{"TributaryProviderScorecard"},
		},
		{
			Kind: Stat, Title: "Waits that cost", Unit: "short", Width: 6, Height: 4, Empty: "none was counted",
			Description: "Countries and first channels for which another wait before the next channel would have cost less per verified user, in the last seven days. `tributary insights --kind frontier` has the wait and the saving.",
			Queries:     []Query{{Expr: raised(`kind="FALLBACK_FRONTIER"`), Legend: "waits", Quiet: "lag --serve does not run"}},
			Steps:       []Step{{Color: green}, {From: 1, Color: yellow}}, Alerts: []string{"TributaryFallbackFrontier"},
		},
	}
}

func businessCodes() []Panel {
	by := func(label string) (verified, all string) {
		return inForce("verifications", where+", "+success, onRange, label), inForce("verifications", where+", "+ended, onRange, label)
	}
	inCountry, endedIn := by("country")
	byChannel, _ := by("channel")
	costs := func(label string) string {
		return inForce("verification_cost_minor", where, onRange, label, "currency")
	}
	perVerified := func(label, verified string) Query {
		return Query{
			Expr:   costs(label) + ` / 100 / on (` + label + `) group_left () (` + verified + ` > 0)`,
			Legend: "{{" + label + "}} {{currency}}",
		}
	}
	attempts := func(outcome string) string { return inForce("attempts", where+outcome, onRange, "channel") }
	return []Panel{
		{Kind: Row, Title: "Codes"},
		{
			Kind: TimeSeries, Title: "Verifications by outcome", Unit: "cpm", Width: 12, Height: 8, Decimals: -1, Stacked: true,
			Description: "Verifications that came to an outcome, a minute. Expired means that nobody told one by the deadline; a real one that comes later replaces it.",
			Queries: []Query{{
				Expr: `60 * ` + rate("tributary_business_verifications_total", where, "outcome"), Legend: "{{outcome}}",
			}},
		},
		{
			Kind: TimeSeries, Title: "Success rate by provider", Unit: "percentunit", Width: 12, Height: 8, Decimals: -1, Max: 1,
			Description: "Verifications that succeeded, of those that ended within the hour before, by provider.",
			Queries: []Query{{
				Expr:   share(inForce("verifications", where+", "+success, window1h, "provider"), inForce("verifications", where+", "+ended, window1h, "provider")),
				Legend: "{{provider}}",
			}},
		},
		{
			Kind: BarGauge, Title: "Success rate by channel", Unit: "percentunit", Width: 6, Height: 8, Decimals: 1, Max: 1, Empty: "no attempt ended",
			Description: "Attempts on each channel that succeeded, of those that ended there in the time shown. A code that failed by Telegram and arrived by SMS counts against the one and for the other.",
			Queries:     []Query{{Expr: share(attempts(`, outcome="success"`), attempts("")), Legend: "{{channel}}"}},
			Steps:       []Step{{Color: red}, {From: .7, Color: yellow}, {From: .85, Color: green}},
		},
		{
			Kind: BarGauge, Title: "Success rate by country", Unit: "percentunit", Width: 6, Height: 8, Decimals: 1, Max: 1, Empty: "none ended",
			Description: "Verifications that succeeded, of those that ended in the time shown, by the phone's country. Which countries stand apart is a setting, processor.countries.",
			Queries:     []Query{{Expr: share(inCountry, endedIn), Legend: "{{country}}"}},
			Steps:       []Step{{Color: red}, {From: .7, Color: yellow}, {From: .85, Color: green}},
		},
		{
			Kind: BarGauge, Title: "Cost per verified user by channel", Unit: "short", Width: 6, Height: 8, Decimals: 4, Empty: "no cost told",
			Description: "Cost of the verifications that a channel delivered, failed attempts before it included, over their number. What no channel delivered costs, too: see the whole above.",
			Queries:     []Query{perVerified("channel", byChannel)}, Steps: []Step{{Color: blue}},
		},
		{
			Kind: BarGauge, Title: "Cost per verified user by country", Unit: "short", Width: 6, Height: 8, Decimals: 4, Empty: "no cost told",
			Description: "Cost of all verifications of a country, those that failed included, over the number that succeeded there.",
			Queries:     []Query{perVerified("country", inCountry)}, Steps: []Step{{Color: blue}},
		},
		{
			Kind: TimeSeries, Title: "Needed a fallback, by country", Unit: "percentunit", Width: 12, Height: 8, Decimals: -1, Max: 1,
			Description: "The share of successful verifications within the hour before that came after a fallback to another channel, by country.",
			Queries: []Query{{
				Expr:   share(inForce("fallback_verifications", where, window1h, "country"), inForce("verifications", where+`, provider="lox24", `+success, window1h, "country")),
				Legend: "{{country}}",
			}},
		},
		{
			Kind: Table, Title: "Countries", Unit: "short", Width: 12, Height: 8,
			Description: "Verifications, success rate, fallbacks and cost by the phone's country in the time shown; unknown is where no valid phone was told.",
			Queries: []Query{
				{Expr: endedIn + " > 0", Legend: "ended"},
				{Expr: share(inCountry, endedIn), Legend: "success rate"},
				{Expr: share(inForce("fallback_verifications", where, onRange, "country"), inCountry), Legend: "fallback"},
				{Expr: inForce("verification_cost_minor", where+`, currency="EUR"`, onRange, "country") + " / 100 > 0", Legend: "cost, EUR"},
			},
			Units: map[string]string{"success rate": "percentunit", "fallback": "percentunit", "cost, EUR": "currencyEUR"},
		},
	}
}

func businessMoney() []Panel {
	return []Panel{
		{Kind: Row, Title: "Money"},
		{
			Kind: TimeSeries, Title: "Paid and given back", Unit: "short", Width: 8, Height: 8, Decimals: -1,
			Description: "Amounts that became paid and that were given back, in whole units of the currency an hour.",
			Queries: []Query{
				{Expr: `3600 / 100 * ` + rate("tributary_business_paid_minor_total", "", "currency"), Legend: "paid {{currency}}"},
				{Expr: `3600 / 100 * ` + rate("tributary_business_refunded_minor_total", "", "currency"), Legend: "given back {{currency}}"},
			},
		},
		{
			Kind: TimeSeries, Title: "Payments by phase", Unit: "cpm", Width: 8, Height: 8, Decimals: -1,
			Description: "Payments that came to a phase, a minute. A payment passes several: new, pending, held, then paid or refused, perhaps refunded.",
			Queries:     []Query{{Expr: `60 * ` + rate("tributary_business_payments_total", "", "phase"), Legend: "{{phase}}"}},
		},
		{
			Kind: TimeSeries, Title: "Journeys by outcome", Unit: "cpm", Width: 8, Height: 8, Decimals: -1, Stacked: true,
			Description: "Journeys that came to an outcome, a minute. A missing fact is an outcome, too: verified_not_paid, paid_not_verified, verification_expired.",
			Queries:     []Query{{Expr: `60 * ` + rate("tributary_business_journeys_total", "", "outcome"), Legend: "{{outcome}}"}},
		},
		{
			Kind: BarGauge, Title: "Journeys of the time shown", Unit: "short", Width: 12, Height: 8, Empty: "none",
			Description: "Journeys by their newest outcome: those that came to it in the time shown, less those that left it again.",
			Queries:     []Query{{Expr: inForce("journeys", "", onRange, "outcome") + " > 0", Legend: "{{outcome}}"}},
			Steps:       []Step{{Color: blue}},
		},
		{
			Kind: TimeSeries, Title: "Corrected outcomes", Unit: "cpm", Width: 12, Height: 8, Decimals: -1,
			Description: "Journeys that left an outcome because a later fact changed it, a minute: paid after all, refunded, verified too late. Many late ones are a provider that sends late.",
			Queries:     []Query{{Expr: `60 * ` + rate("tributary_business_journeys_withdrawn_total", "", "outcome"), Legend: "no longer {{outcome}}"}},
		},
	}
}
