package trace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
)

// checkTopics returns an error if the table of topics has one that a trace neither reads nor
// may leave out: an erasure uses a trace to find all records about a person.
func checkTopics() error {
	read := append(append(schemas.RawTopics(), schemas.OutcomeTopics()...), append(schemas.EnrichedTopics(), schemas.FactTopics()...)...)
	read = append(read, schemas.EnrichedJourneys, schemas.InternalJourney, schemas.DeadLetterJourney, schemas.DeadLetterUnibellCall, schemas.InsightsFunnel, schemas.Signals)
	leftOut := []string{
		// Copies of facts that are in decoded topics, sums of contributions, and their dead letters.
		schemas.InternalUnibell, schemas.InternalInsights, schemas.DeadLetterInsights,
		// Counts of records, acts of operators, replays and pauses: by position or stage, not by entity.
		schemas.Ledger, schemas.Operations, schemas.InternalReplays, schemas.InternalPauses,
	}
	for _, topic := range schemas.Table() {
		// A changelog is read only by its stage.
		if !slices.Contains(read, topic.Name) && !slices.Contains(leftOut, topic.Name) && !strings.HasPrefix(topic.Name, "internal.changelog.") {
			return fmt.Errorf("a trace does not read %s", topic.Name)
		}
	}
	return nil
}
