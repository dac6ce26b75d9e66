// Command sessions groups the clicks of a user into sessions, which end when the user
// has not clicked for half an hour of event time.
//
//	clicks (keyed by user, timestamp = event time) ─► sessions (one record for each ended session)
//
// Whether a session ends depends on the timestamps of the records alone: not on the
// wall clock, a restart or how the records were batched.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/state"
)

// timeout is the time without a click after which a session has ended.
const timeout = 30 * time.Minute

// session is the state of a user and, when it has ended, the output.
type session struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Clicks int       `json:"clicks"`
}

type sessions struct{ table *state.Table[string, session] }

func newSessions() sessions {
	return sessions{table: state.Of("session", state.StringKey(), state.JSON[session]())}
}

// Decode implements stage.Stage: a click has nothing but its key and timestamp.
func (sessions) Decode(*stage.Input) (stage.Event, error) { return nil, nil }

// Apply implements stage.Stage.
func (s sessions) Apply(tx stage.Tx, in *stage.Input, _ stage.Event) error {
	tx.AdvanceWatermark(in.Timestamp)
	user := string(in.Key)
	current, found, err := s.table.Get(tx, user)
	if err != nil {
		return err
	}
	// The click may come in the same transaction as the one before: the timer of the
	// session that it does not belong to has not fired yet.
	if found && in.Timestamp.Sub(current.End) >= timeout {
		if err := emit(tx, user, current); err != nil {
			return err
		}
		found = false
	}
	if !found {
		current = session{Start: in.Timestamp, End: in.Timestamp}
	}
	if in.Timestamp.After(current.End) {
		current.End = in.Timestamp
	}
	current.Clicks++
	return s.table.Put(tx, user, current, current.End.Add(timeout))
}

// OnTimer implements stage.Stage: the watermark has passed the session's timeout.
func (s sessions) OnTimer(tx stage.Tx, key []byte) error {
	user, found := s.table.Key(key)
	if !found {
		return fmt.Errorf("unknown state key %q", key)
	}
	ended, _, err := s.table.Get(tx, user)
	if err != nil {
		return err
	}
	s.table.Delete(tx, user)
	return emit(tx, user, ended)
}

func emit(tx stage.Tx, user string, ended session) error {
	value, err := json.Marshal(ended)
	tx.Emit(stage.Output{Topic: "sessions", Key: []byte(user), Value: value, Timestamp: ended.End})
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := engine.Run(ctx, engine.DefaultConfig(), []engine.Spec{{
		Name: "sessions", Stage: newSessions(), Input: "clicks", Changelog: "sessions-changelog",
		Outputs: []string{"sessions"}, DeadLetter: "clicks-dlq",
		// WallClock would also end the sessions of a partition that gets no more clicks.
	}}, engine.Deps{Kafka: []kgo.Opt{kgo.SeedBrokers(os.Args[1:]...)}})
	if err != nil {
		log.Fatal(err)
	}
}
