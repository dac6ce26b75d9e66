package processor

import "github.com/tributary-hq/tributary/schemas"

// Benchmark changes the topology for comparisons with programs that do less. Not for
// production: with it, topics do not have the content that the documentation describes.
type Benchmark struct {
	// LikeForLike leaves out all that the Kafka Streams application in PERFORMANCE.md
	// does not do: the ledger, duplicates and snapshots of payments; and a verification
	// sends its journeys an update only when its outcome changes.
	LikeForLike bool `json:"like_for_like" koanf:"like_for_like" yaml:"like_for_like"`
}

// discarded are the topics that are not written.
func (b *Benchmark) discarded() []string {
	if !b.LikeForLike {
		return nil
	}
	return []string{schemas.EnrichedPayments, schemas.Duplicates, schemas.Ledger}
}
