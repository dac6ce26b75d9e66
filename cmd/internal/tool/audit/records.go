package audit

import (
	"github.com/tributary-hq/tributary/schemas"
)

// concludeRecords finds the raw records that do not have exactly one outcome, and the
// outcomes without a raw record.
func (a *auditor) concludeRecords() {
	for _, name := range schemas.RawTopics() {
		p := a.raw[name]
		for partition, at := range sorted(p.parts) {
			a.concludePart(p, partition, at)
		}
	}
}

func (a *auditor) concludePart(p *provider, partition int32, at *part) {
	account := Account{
		Provider: p.name, Partition: partition, From: at.low, To: at.high, Raw: at.raw.count(), Replayed: at.replays.count(),
		Decoded: at.outcomes[decoded].count(), Duplicates: at.outcomes[duplicate].count(), DeadLetters: at.outcomes[deadLetter].count(),
	}
	account.Accepted = account.Raw - account.Replayed
	account.DeadLettersReplayed = at.replayed.once.intersect(at.outcomes[deadLetter].once).count()
	before := a.report.Differences
	tell := func(kind, missing, there string, which offsetSet) {
		a.reportAll(kind, p.topic, partition, missing, there, which)
	}
	end := func(outcome int) offsetSet { return at.outcomes[outcome].once }
	ways := outcomeTopic(decoded, p.name) + ", " + outcomeTopic(duplicate, p.name) + ", " + outcomeTopic(deadLetter, p.name)
	tell(KindNoOutcome, ways, p.topic, at.raw.once.minus(end(decoded), end(duplicate), end(deadLetter)))
	for outcome := range outcomes {
		tell(KindNoRaw, p.topic, outcomeTopic(outcome, p.name), end(outcome).minus(at.raw.once))
		tell(KindRepeated, "", outcomeTopic(outcome, p.name), at.outcomes[outcome].again)
		for other := outcome + 1; other < outcomes; other++ {
			tell(KindTwoOutcomes, "", outcomeTopic(outcome, p.name)+", "+outcomeTopic(other, p.name), end(outcome).intersect(end(other)))
		}
	}
	tell(KindNoDeadLetter, outcomeTopic(deadLetter, p.name), "a replay", at.replayed.once.minus(end(deadLetter)))
	account.Differences = a.report.Differences - before
	a.report.Accounts = append(a.report.Accounts, account)
}

// reportAll lists every offset of a set as a difference.
func (a *auditor) reportAll(kind, topic string, partition int32, missing, there string, which offsetSet) {
	for offset := range which.all() {
		a.report.differ(&Difference{Kind: kind, Topic: topic, Partition: partition, Offset: offset, Missing: missing, There: there})
	}
}
