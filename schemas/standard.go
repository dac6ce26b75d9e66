package schemas

import "github.com/tributary-hq/tributary/schemas/raw"

// The topics of Standard Webhooks.
const (
	RawStandard          = "raw.standard.v1"
	DecodedStandardEvent = "decoded.standard.event.v1"
	DeadLetterStandard   = "deadletter.standard.v1"
	ChangelogStandard    = "internal.changelog.standard.v1"
)

func standardRow() Provider {
	return Provider{
		ID: raw.ProviderStandard, Title: "Standard Webhooks", Entity: "events",
		Raw: RawStandard, RawDoc: "webhooks of senders that sign as Standard Webhooks specifies, as sent, proof in headers",
		DeadLetter: DeadLetterStandard, Changelog: ChangelogStandard,
		Decoded:   []DecodedTopic{{DecodedStandardEvent, "each Standard Webhook once: id, type, time and the fields that its source's settings name"}},
		Assurance: raw.AssuranceSignedBody, Scoped: true, Fields: []string{"body"},
	}
}
