package audit

import (
	"github.com/tributary-hq/tributary/cmd/internal/tool/audit/offsetset"
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
		Provider: p.name, Partition: partition, From: at.low, To: at.high, Raw: at.raw.Count(), Replayed: at.replays.Count(),
		Decoded: at.outcomes[decoded].Count(), Duplicates: at.outcomes[duplicate].Count(), DeadLetters: at.outcomes[deadLetter].Count(),
	}
	account.Accepted = account.Raw - account.Replayed
	account.DeadLettersReplayed = at.replayed.Once.Intersect(at.outcomes[deadLetter].Once).Count()
	before := a.report.Differences
	tell := func(kind, missing, there string, which offsetset.Set) {
		a.reportAll(kind, p.topic, partition, missing, there, which)
	}
	end := func(outcome int) offsetset.Set { return at.outcomes[outcome].Once }
	ways := outcomeTopic(decoded, p.name) + ", " + outcomeTopic(duplicate, p.name) + ", " + outcomeTopic(deadLetter, p.name)
	tell(KindNoOutcome, ways, p.topic, at.raw.Once.Minus(end(decoded), end(duplicate), end(deadLetter)))
	for outcome := range outcomes {
		tell(KindNoRaw, p.topic, outcomeTopic(outcome, p.name), end(outcome).Minus(at.raw.Once))
		tell(KindRepeated, "", outcomeTopic(outcome, p.name), at.outcomes[outcome].Again)
		for other := outcome + 1; other < outcomes; other++ {
			tell(KindTwoOutcomes, "", outcomeTopic(outcome, p.name)+", "+outcomeTopic(other, p.name), end(outcome).Intersect(end(other)))
		}
	}
	tell(KindNoDeadLetter, outcomeTopic(deadLetter, p.name), "a replay", at.replayed.Once.Minus(end(deadLetter)))
	account.Differences = a.report.Differences - before
	a.report.Accounts = append(a.report.Accounts, account)
}

// reportAll lists every offset of a set as a difference.
func (a *auditor) reportAll(kind, topic string, partition int32, missing, there string, which offsetset.Set) {
	for offset := range which.All() {
		a.report.differ(&Difference{Kind: kind, Topic: topic, Partition: partition, Offset: offset, Missing: missing, There: there})
	}
}
