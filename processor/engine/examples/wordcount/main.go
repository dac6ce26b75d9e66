// Command wordcount counts how often each word was seen, exactly once.
//
//	words (keyed by word) ─► counts (the word's count after each record)
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

var counts = state.Of("count", state.StringKey(), state.Varint())

type counter struct{}

func (counter) Decode(in *stage.Input) (stage.Event, error) {
	if len(in.Key) == 0 {
		return nil, stage.Permanentf(stage.CauseUndecodable, "no key") // goes to words-dlq
	}
	return string(in.Key), nil
}

func (counter) Apply(tx stage.Tx, in *stage.Input, event stage.Event) error {
	word := event.(string)
	n, _, err := counts.Get(tx, word)
	if err != nil {
		return err
	}
	tx.Emit(stage.Output{Topic: "counts", Key: in.Key, Value: strconv.AppendInt(nil, n+1, 10)})
	return counts.Put(tx, word, n+1, time.Time{})
}

func (counter) OnTimer(stage.Tx, []byte) error { return errors.New("no entry has a timer") }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := engine.Run(ctx, engine.DefaultConfig(), []engine.Spec{{
		Name: "wordcount", Stage: counter{}, Input: "words", Changelog: "wordcount-changelog",
		Outputs: []string{"counts"}, DeadLetter: "words-dlq",
	}}, engine.Deps{Kafka: []kgo.Opt{kgo.SeedBrokers(os.Args[1:]...)}})
	if err != nil {
		log.Fatal(err)
	}
}
