package producer_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest/producer"
)

// TestLoneRecord: a record that no other is written beside does not wait for the linger,
// which is longer than a Write may take here.
func TestLoneRecord(t *testing.T) {
	t.Parallel()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	p, err := producer.New(producer.Config{
		Kafka: []kgo.Opt{kgo.SeedBrokers(broker.ListenAddrs()...)}, Compression: kgo.ProducerBatchCompression(kgo.Lz4Compression()), Linger: time.Minute, AnswerDeadline: 20 * time.Second,
		MaxBufferedBytes: 1 << 20, BatchBytes: 1 << 20, Topics: map[string]int32{"t": 0}, InUse: func() []string { return nil },
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	}, producer.NewMetrics())
	if err != nil {
		t.Fatal(err)
	}
	p.Start(t.Context())
	t.Cleanup(func() { p.Close(t.Context()) })
	for i := range int64(3) {
		receipts, err := p.Write(t.Context(), []kgo.Record{{Topic: "t", Value: []byte("v")}})
		if err != nil || len(receipts) != 1 || receipts[0].Offset != i {
			t.Errorf("Write() = %v, %v, want offset %d", receipts, err, i)
		}
	}
}
