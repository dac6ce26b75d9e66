package kafka

import "github.com/twmb/franz-go/pkg/kgo"

// The causes of a gap in the offsets of polled records.
const (
	GapRetention = "retention"
	GapAborted   = "aborted"
)

// GapCause returns why the offsets from polled to a record held nothing: the log begins
// behind the gap, or they are those of an aborted transaction.
func GapCause(fetches kgo.Fetches, r *kgo.Record, polled int64) string {
	cause := GapAborted
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		if f.Topic == r.Topic && f.Partition == r.Partition && f.LogStartOffset > polled {
			cause = GapRetention
		}
	})
	return cause
}
