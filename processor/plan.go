package processor

import (
	"slices"

	"github.com/tributary-hq/tributary/schemas"
)

// The stages. A stage's name is that of its consumer group, without prefix, and
// of its topic family.
const (
	StageLOX24       = schemas.FamilyLOX24
	StageUAPAY       = schemas.FamilyUAPAY
	StageVoximplant  = schemas.FamilyVoximplant
	StageUnibell     = schemas.FamilyUnibell
	StageUnibellCall = schemas.FamilyUnibellCall
	StageJourney     = schemas.FamilyJourney
)

// StageNames returns every stage, in the order in which a record passes them.
func StageNames() []string {
	return []string{StageLOX24, StageUAPAY, StageVoximplant, StageUnibell, StageUnibellCall, StageJourney}
}

// Topics are the topics that a stage reads and writes, without prefix.
type Topics struct {
	Input, Changelog, DeadLetter string
	Outputs                      []string
}

// TopicsOf returns a stage's topics; ok is false if there is no such stage.
func TopicsOf(stage string) (topics Topics, ok bool) {
	switch stage {
	case StageLOX24:
		return Topics{
			Input: schemas.RawLOX24, Changelog: schemas.ChangelogLOX24, DeadLetter: schemas.DeadLetterLOX24,
			Outputs: []string{
				schemas.DecodedLOX24VerifyCode, schemas.DecodedLOX24SMS, schemas.DecodedLOX24UnknownEvent, schemas.EnrichedVerifications,
				schemas.Duplicates, schemas.InternalJourney, schemas.Ledger,
			},
		}, true
	case StageUAPAY:
		return Topics{
			Input: schemas.RawUAPAY, Changelog: schemas.ChangelogUAPAY, DeadLetter: schemas.DeadLetterUAPAY,
			Outputs: []string{schemas.DecodedUAPAYPayment, schemas.EnrichedPayments, schemas.Duplicates, schemas.InternalJourney, schemas.Ledger},
		}, true
	case StageVoximplant:
		return Topics{
			Input: schemas.RawVoximplant, Changelog: schemas.ChangelogVoximplant, DeadLetter: schemas.DeadLetterVoximplant,
			Outputs: []string{schemas.DecodedVoximplantAccountCallback, schemas.EnrichedAccounts, schemas.Duplicates, schemas.Ledger},
		}, true
	case StageUnibell:
		return Topics{
			Input: schemas.RawUnibell, Changelog: schemas.ChangelogUnibell, DeadLetter: schemas.DeadLetterUnibell,
			Outputs: []string{schemas.DecodedUnibellCall, schemas.Duplicates, schemas.InternalUnibell, schemas.Ledger},
		}, true
	case StageUnibellCall:
		return Topics{
			Input: schemas.InternalUnibell, Changelog: schemas.ChangelogUnibellCall, DeadLetter: schemas.DeadLetterUnibellCall,
			Outputs: []string{schemas.EnrichedVerifications, schemas.InternalUnibell, schemas.InternalJourney},
		}, true
	case StageJourney:
		return Topics{
			Input: schemas.InternalJourney, Changelog: schemas.ChangelogJourney, DeadLetter: schemas.DeadLetterJourney,
			Outputs: []string{schemas.EnrichedJourneys},
		}, true
	}
	return Topics{}, false
}

// readsRaw reports whether the stage reads a raw topic, which ingest writes. The
// watermark of such a stage follows the wall clock while no records arrive.
func readsRaw(stage string) bool {
	return !slices.Contains([]string{StageUnibellCall, StageJourney}, stage)
}

// journeyUpstreams are the stages that send members to the journey stage.
func journeyUpstreams() []string { return []string{StageLOX24, StageUAPAY, StageUnibellCall} }
