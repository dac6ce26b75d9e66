package kafka_test

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/internal/kafka"
)

// TestGapCause: offsets before the beginning of the log are lost to retention, others
// are those of an aborted transaction.
func TestGapCause(t *testing.T) {
	t.Parallel()
	fetches := kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "raw", Partitions: []kgo.FetchPartition{
		{Partition: 0, LogStartOffset: 40}, {Partition: 1, LogStartOffset: 10},
	}}}}}
	for name, test := range map[string]struct {
		partition int32
		polled    int64
		want      string
	}{
		"the log begins behind the gap":     {0, 20, "retention"},
		"the log begins where it was read":  {1, 10, "aborted"},
		"the log begins before":             {1, 20, "aborted"},
		"a partition that was not answered": {2, 20, "aborted"},
	} {
		if got := kafka.GapCause(fetches, &kgo.Record{Topic: "raw", Partition: test.partition, Offset: 45}, test.polled); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
