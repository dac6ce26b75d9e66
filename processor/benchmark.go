package processor

import "github.com/tributary-hq/tributary/schemas"

// Benchmark is for comparisons with programs that do less, and for nothing else: with
// it the topics do not say what the documentation says.
type Benchmark struct {
	// LikeForLike leaves out what the Kafka Streams application in PERFORMANCE.md does
	// not do: the ledger, duplicates, snapshots of payments; and a journey hears of a
	// verification only when its outcome changes.
	LikeForLike bool `json:"like_for_like" koanf:"like_for_like" yaml:"like_for_like"`
}

// discarded are the topics that are not written.
func (b *Benchmark) discarded() []string {
	if !b.LikeForLike {
		return nil
	}
	return []string{schemas.EnrichedPayments, schemas.Duplicates, schemas.Ledger}
}
