package schemas

import "github.com/tributary-hq/tributary/schemas/raw"

func providerRows() []Provider {
	return []Provider{
		{
			ID: raw.ProviderLOX24, Title: "LOX24", Entity: "verification", Enriched: EnrichedVerifications, Facts: FactsAttempts,
			Raw: RawLOX24, RawDoc: "LOX24's webhooks as sent, proof in headers; holds one-time codes and phones",
			DeadLetter: DeadLetterLOX24, Changelog: ChangelogLOX24,
			Decoded: []DecodedTopic{
				{DecodedLOX24VerifyCode, "each verify_code event of LOX24 once, typed, without the code"},
				{DecodedLOX24SMS, "each SMS event of LOX24 once, typed"},
				{DecodedLOX24UnknownEvent, "each event of LOX24 of an unknown name once: the names of its fields, no values"},
			},
			Counted: DecodedLOX24VerifyCode, Assurance: raw.AssuranceSharedSecret,
			Fields: []string{"payload"}, Correlation: []string{"payload"},
		},
		{
			ID: raw.ProviderUAPAY, Title: "UAPAY", Entity: "payment", Enriched: EnrichedPayments, Facts: FactsMoney,
			Raw: RawUAPAY, RawDoc: "UAPAY's signed callbacks as sent, proof in headers",
			DeadLetter: DeadLetterUAPAY, Changelog: ChangelogUAPAY,
			Decoded: []DecodedTopic{{DecodedUAPAYPayment, "each invoice and P2P callback of UAPAY once, typed"}},
			Counted: DecodedUAPAYPayment, Assurance: raw.AssuranceSignedBody, Tokens: true,
			Fields: []string{"externalId", "operationExternalId", "extraInfo"}, Correlation: []string{"externalId", "operationExternalId"},
		},
		{
			ID: raw.ProviderVoximplant, Title: "Voximplant", Entity: "account", Enriched: EnrichedAccounts,
			Raw: RawVoximplant, RawDoc: "Voximplant's callbacks as sent, one record for each of a batch, proof in headers",
			DeadLetter: DeadLetterVoximplant, Changelog: ChangelogVoximplant,
			Decoded: []DecodedTopic{{DecodedVoximplantAccountCallback, "each account callback of Voximplant once, typed, one field per type"}},
			Counted: DecodedVoximplantAccountCallback, Assurance: raw.AssuranceSignedID,
		},
		{
			ID: raw.ProviderUnibell, Title: "Unibell", Entity: "verification", Enriched: EnrichedVerifications, Facts: FactsAttempts,
			Raw: RawUnibell, RawDoc: "Unibell requests, answers and status callbacks as sent; holds one-time codes and phones",
			DeadLetter: DeadLetterUnibell, Changelog: ChangelogUnibell,
			Decoded: []DecodedTopic{{DecodedUnibellCall, "each request, answer and status of a Unibell call once, typed, without the code"}},
			Counted: InternalUnibell, Assurance: raw.AssuranceSharedSecret, Scoped: true,
			Fields: []string{"reference"}, Correlation: []string{"reference"},
		},
		standardRow(),
	}
}
