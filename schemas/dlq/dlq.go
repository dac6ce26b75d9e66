// Package dlq names the headers that a dead letter has in addition to those of the
// record that could not be processed.
package dlq

// The headers.
const (
	HeaderCause     = "tributary-dlq-cause"
	HeaderDetail    = "tributary-dlq-detail"
	HeaderStage     = "tributary-dlq-stage"
	HeaderTopic     = "tributary-dlq-topic"
	HeaderPartition = "tributary-dlq-partition"
	HeaderOffset    = "tributary-dlq-offset"
	HeaderVersion   = "tributary-dlq-version"
	HeaderTime      = "tributary-dlq-time"
)
