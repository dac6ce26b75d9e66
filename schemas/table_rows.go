package schemas

import "time"

const (
	// rawRetention covers a week in which a processor is down or a wrong version
	// of it has to be replayed.
	rawRetention     = 7 * day
	decodedRetention = 30 * day
	// replaysRetention is far longer than that of any dead letter.
	replaysRetention = 90 * day
	// The enriched retentions are not shorter than the state behind them.
	verificationRetention = 30 * day
	paymentRetention      = 400 * day
	journeyRetention      = 400 * day
)

func rawTopics() []Topic {
	row := func(name, family, doc string) Topic {
		return Topic{
			Name: name, Family: family, Format: FormatRaw, Access: AccessRestricted,
			Delete: true, Retention: rawRetention, MaxMessageBytes: rawMaxMessageBytes, Doc: doc,
		}
	}
	return []Topic{
		row(RawLOX24, FamilyLOX24, "LOX24's webhooks as sent, proof in headers; holds one-time codes and phones"),
		row(RawUAPAY, FamilyUAPAY, "UAPAY's signed callbacks as sent, proof in headers"),
		row(RawVoximplant, FamilyVoximplant, "Voximplant's callbacks as sent, one record for each of a batch, proof in headers"),
		row(RawUnibell, FamilyUnibell, "Unibell requests, answers and status callbacks as sent; holds one-time codes and phones"),
	}
}

func decodedTopics() []Topic {
	row := func(name, doc string) Topic {
		t := avroRow(name, FamilyOutput, doc)
		t.Delete, t.Retention = true, decodedRetention
		return t
	}
	duplicates := row(Duplicates, "which raw record repeated which, and how it was known")
	duplicates.Retention = rawRetention
	return []Topic{
		row(DecodedLOX24VerifyCode, "each verify_code event of LOX24 once, typed, without the code"),
		row(DecodedLOX24SMS, "each SMS event of LOX24 once, typed"),
		row(DecodedLOX24UnknownEvent, "each event of LOX24 of an unknown name once: the names of its fields, no values"),
		row(DecodedUAPAYPayment, "each invoice and P2P callback of UAPAY once, typed"),
		row(DecodedVoximplantAccountCallback, "each account callback of Voximplant once, typed, one field per type"),
		row(DecodedUnibellCall, "each request, answer and status of a Unibell call once, typed, without the code"),
		duplicates,
		row(Ledger, "for each minute and raw partition: how many records were accepted and how they ended, by source"),
	}
}

func enrichedTopics() []Topic {
	row := func(name, doc string, retention time.Duration) Topic {
		t := avroRow(name, FamilyOutput, doc)
		t.Compact = true
		t.Delete, t.Retention = retention > 0, retention
		return t
	}
	return []Topic{
		row(EnrichedVerifications, "the state of each verification: attempts, outcome, cost, times", verificationRetention),
		row(EnrichedPayments, "the state of each payment: phase, amounts, flags", paymentRetention),
		row(EnrichedAccounts, "the state of each Voximplant account: what an operator acts on", 0),
		row(EnrichedJourneys, "verifications and payments of one correlation id, and which of them is missing", journeyRetention),
	}
}

func deadLetterTopics() []Topic {
	row := func(name, doc string) Topic {
		return Topic{
			Name: name, Family: FamilyOutput, Format: FormatRaw, Access: AccessRestricted,
			Delete: true, Retention: rawRetention, MaxMessageBytes: maxMessageBytes, Doc: doc,
		}
	}
	return []Topic{
		row(DeadLetterLOX24, "raw LOX24 records that can never be handled, cause in headers"),
		row(DeadLetterUAPAY, "raw UAPAY records that can never be handled, cause in headers"),
		row(DeadLetterVoximplant, "raw Voximplant records that can never be handled, cause in headers"),
		row(DeadLetterUnibell, "raw Unibell records that can never be handled, cause in headers"),
		row(DeadLetterUnibellCall, "internal Unibell records that can never be handled, cause in headers"),
		row(DeadLetterJourney, "internal journey records that can never be handled, cause in headers"),
	}
}

func internalTopics() []Topic {
	repartition := func(name, family, doc string) Topic {
		t := avroRow(name, family, doc)
		t.Access = AccessRestricted
		t.Delete, t.Retention = true, rawRetention
		return t
	}
	changelog := func(name, family string) Topic {
		return Topic{
			Name: name, Family: family, Format: FormatState, Access: AccessRestricted,
			Compact: true, MaxMessageBytes: maxMessageBytes,
			MinCleanableDirtyRatio: changelogDirtyRatio, DeleteRetention: changelogDeleteRetention,
			Doc: "the state of stage " + family + ", private format: restored from, never read by others",
		}
	}
	return []Topic{
		repartition(InternalUnibell, FamilyUnibellCall, "Unibell facts and bindings on their way to the verification"),
		repartition(InternalJourney, FamilyJourney, "members and upstream clocks on their way to the journey"),
		changelog(ChangelogLOX24, FamilyLOX24),
		changelog(ChangelogUAPAY, FamilyUAPAY),
		changelog(ChangelogVoximplant, FamilyVoximplant),
		changelog(ChangelogUnibell, FamilyUnibell),
		changelog(ChangelogUnibellCall, FamilyUnibellCall),
		changelog(ChangelogJourney, FamilyJourney),
		{
			Name: InternalReplays, Family: FamilyOutput, Format: FormatState, Access: AccessRestricted,
			Delete: true, Retention: replaysRetention, MaxMessageBytes: maxMessageBytes,
			Doc: "which dead letters were replayed, by whom and when",
		},
	}
}

// avroRow returns the settings shared by all Avro topics; the schema is named as the
// topic.
func avroRow(name, family, doc string) Topic {
	return Topic{
		Name: name, Family: family, Format: FormatAvro, Access: AccessOpen,
		MaxMessageBytes: maxMessageBytes, Schema: name, Doc: doc,
	}
}
