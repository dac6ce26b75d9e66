package producer_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pierrec/lz4/v4"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tributary-hq/tributary/ingest/producer"
)

// TestLZ4 reads what the broker gets with the library's own reader, which checks the
// header of a frame: texts, noise and batches of more than a block.
func TestLZ4(t *testing.T) {
	t.Parallel()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.DefaultProduceTopic("t"), kgo.ConsumeTopics("t"), producer.LZ4())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	noise := make([]byte, 300<<10)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	frames := make(chan []byte, 1)
	broker.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		broker.KeepControl()
		produce, ok := request.(*kmsg.ProduceRequest)
		if !ok {
			t.Errorf("a %T for a produce request", request)
			return nil, nil, false
		}
		var batch kmsg.RecordBatch
		if err := batch.ReadFrom(produce.Topics[0].Partitions[0].Records); err != nil {
			t.Error(err)
		}
		if batch.Attributes&7 == 3 { // lz4; a batch that does not get smaller is sent as it is
			frames <- batch.Records
		} else {
			frames <- nil
		}
		return nil, nil, false
	})
	text := []byte(strings.Repeat(`{"id":"5f0c","state":"delivered"}`, 10000))
	for _, value := range [][]byte{[]byte("short"), text[:1000], text, noise, append(bytes.Clone(text[:100<<10]), noise...)} {
		if err := client.ProduceSync(t.Context(), &kgo.Record{Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if frame := <-frames; frame != nil {
			var plain bytes.Buffer
			if _, err := plain.ReadFrom(lz4.NewReader(bytes.NewReader(frame))); err != nil || !bytes.Contains(plain.Bytes(), value) {
				t.Errorf("a value of %d bytes: %v", len(value), err)
			}
		} else if bytes.Equal(value, text) {
			t.Error("a long text was not compressed with lz4")
		}
		got := client.PollFetches(t.Context())
		if records := got.Records(); len(records) != 1 || !bytes.Equal(records[0].Value, value) {
			t.Errorf("%d records instead of a value of %d bytes, %v", len(records), len(value), got.Err())
		}
	}
}
