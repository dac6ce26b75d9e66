package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"example.com/streams/kafkatest"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/stage"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m, main)) }

// TestSessions kills the program in the middle of its work. The sessions must be those
// that the gaps between a user's clicks make, each exactly once.
func TestSessions(t *testing.T) {
	t.Parallel()
	c := kafkatest.New(t, []string{"sessions"}, []string{"clicks", "sessions", "clicks-dlq", "sessions-changelog"})
	clicks, want := plan(t)
	disk := t.TempDir()
	first := c.Start(disk)
	c.Produce(clicks[:len(clicks)/2]...)
	c.Await("sessions", len(want)/4)
	first.Kill()

	second := c.Start(disk)
	c.Produce(clicks[len(clicks)/2:]...)
	c.Await("sessions", len(want))
	second.Stop()

	got := c.Read("sessions")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %d sessions %v, want %d %v", len(got), got, len(want), want)
	}
}

// plan returns clicks in the order of their time and the sessions that they make. The
// last click of each partition is a day later: it ends the sessions of the others.
func plan(t *testing.T) (clicks []*kgo.Record, want []string) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	open := map[string]session{}
	end := func(user string) {
		value, _ := json.Marshal(open[user])
		want = append(want, fmt.Sprintf("%s=%s", user, value))
	}
	for range 3000 {
		at = at.Add(time.Duration(random.IntN(240)) * time.Second)
		user := fmt.Sprintf("user-%d", random.IntN(15))
		s, found := open[user]
		if found && at.Sub(s.End) >= timeout {
			end(user)
			found = false
		}
		if !found {
			s = session{Start: at}
		}
		s.End = at
		s.Clicks++
		open[user] = s
		clicks = append(clicks, kafkatest.Record("clicks", user, "", at))
	}
	for user := range open {
		end(user)
	}
	for p := range int32(kafkatest.Partitions) {
		last := kafkatest.Record("clicks", fmt.Sprintf("last-%d", p), "", at.Add(24*time.Hour))
		last.Partition = p
		clicks = append(clicks, last)
	}
	return clicks, want
}

// TestChaos runs the stage without Kafka under schedules of aborted transactions and
// crashes: the sessions must be those of a run without faults.
func TestChaos(t *testing.T) {
	t.Parallel()
	clicks, _ := plan(t)
	var inputs []stage.Input
	for i, click := range clicks[:150] {
		inputs = append(inputs, stage.Input{Offset: int64(i), Key: click.Key, Timestamp: click.Timestamp})
	}
	enginetest.Chaos(t, enginetest.ChaosConfig{
		Stage: func() stage.Stage { return newSessions() }, Outputs: []string{"sessions"}, DeadLetter: "clicks-dlq", Inputs: inputs,
	})
}
