package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streams/kafkatest"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m, main)) }

// TestExactlyOnce kills the program twice in the middle of its work and takes its disk
// away once. Each count of each word must come exactly once and in order.
func TestExactlyOnce(t *testing.T) {
	t.Parallel()
	c := kafkatest.New(t, []string{"wordcount"}, []string{"words", "counts", "words-dlq", "wordcount-changelog"})
	const n = 3000
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	sent := map[string]int{}
	produce := func() {
		var records []*kgo.Record
		for range n {
			word := fmt.Sprintf("word-%d", random.IntN(50))
			sent[word]++
			records = append(records, kafkatest.Record("words", word, "", time.Now()))
		}
		c.Produce(append(records, kafkatest.Record("words", "", "no key", time.Now()))...)
	}
	first := c.Start(t.TempDir())
	produce()
	c.Await("counts", n/3)
	first.Kill()

	disk := t.TempDir()
	second := c.Start(disk) // restores its state from the changelog
	produce()
	c.Await("counts", n+n/3)
	second.Kill()

	third := c.Start(disk)
	produce()
	c.Await("counts", 3*n)
	c.Await("words-dlq", 3)
	third.Stop()

	got := map[string][]string{}
	for _, line := range c.Read("counts") {
		word, _, _ := strings.Cut(line, "=")
		got[word] = append(got[word], line)
	}
	for word, count := range sent {
		var want []string
		for i := range count {
			want = append(want, fmt.Sprintf("%s=%d", word, i+1))
		}
		if !slices.Equal(got[word], want) {
			t.Errorf("%s: got %v, want 1 to %d", word, got[word], count)
		}
	}
	if letters := c.Read("words-dlq"); len(got) != len(sent) || len(letters) != 3 {
		t.Errorf("%d words, want %d; dead letters %v, want 3", len(got), len(sent), letters)
	}
}

// TestChaos runs the stage without Kafka under schedules of aborted transactions and
// crashes, and compares it with a map.
func TestChaos(t *testing.T) {
	t.Parallel()
	var inputs []stage.Input
	for i := range 200 {
		word := []byte(fmt.Sprintf("word-%d", i*i%17))
		inputs = append(inputs, stage.Input{Partition: int32(word[len(word)-1]) % 3, Offset: int64(i), Key: word, Timestamp: time.UnixMilli(int64(i))})
	}
	enginetest.Chaos(t, enginetest.ChaosConfig{
		Stage: func() stage.Stage { return counter{} }, Outputs: []string{"counts"}, DeadLetter: "words-dlq", Inputs: inputs,
		Text: func(out *stage.Output) string { return string(out.Key) + "=" + string(out.Value) },
		Model: func(inputs []stage.Input) (want []string) {
			seen := map[string]int{}
			for i := range inputs {
				word := string(inputs[i].Key)
				seen[word]++
				want = append(want, fmt.Sprintf("%s=%d", word, seen[word]))
			}
			return want
		},
	})
}
