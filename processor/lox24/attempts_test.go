package lox24_test

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/ledger"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stage/dedupe"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// attempt is a delivery of an event. Number 0 tells none.
type attempt struct {
	event, source, task string
	number              int
	at                  time.Duration
	sms                 bool
}

// attemptInput is the raw record of a delivery.
func attemptInput(a attempt) stage.Input {
	number := ""
	if a.number > 0 {
		number = fmt.Sprintf(`,"attempt_total":4,"attempt_number":%d`, a.number)
	}
	name, data := "verify_code.channel.updated", `{"id":"code-%s","status":0,"is_code_deleted":false,"user_id":1,"phone":"+4915112345678","routing_strategy":[],"history":[],"created_at":1735689600,"updated_at":1735689600}`
	if a.sms {
		name, data = "sms.delivery", `{"id":"sms-%s","key_id":1,"dlr_code":1,"status_code":100}`
	}
	body := fmt.Sprintf(`{"id":%q,"api_version":"2022-05-25","name":%q,"created_at":1735689600%s,"notification_task_id":%q,"data":%s}`,
		a.event, name, number, a.task, fmt.Sprintf(data, a.event))
	in := record([]byte(body), a.source)
	in.Headers = raw.Append[stage.Header](nil, &raw.Envelope{
		Source: a.source, Provider: raw.ProviderLOX24, Assurance: raw.AssuranceSharedSecret, ReceivedAt: received().Add(a.at), Kind: raw.KindWebhook,
	})
	return in
}

// missedBy returns the net count of missed attempts by source.
func missedBy(counts []stage.Count) map[string]int64 {
	net := map[string]int64{}
	for _, c := range counts {
		switch c.Name {
		case ledger.CounterMissed:
			net[c.Label] += c.N
		case ledger.CounterMissedWithdrawn:
			net[c.Label] -= c.N
		}
		if net[c.Label] == 0 {
			delete(net, c.Label)
		}
	}
	return net
}

// TestAttempts plays testdata/attempts/*.txtar: deliveries, and what is counted.
func TestAttempts(t *testing.T) {
	t.Parallel()
	stagetest.Golden(t, "attempts", func(t *testing.T, _, input string) []txtar.File {
		t.Helper()
		return []txtar.File{{Name: "counted", Data: []byte(playAttempts(t, input))}}
	})
}

// playAttempts reads lines such as "5s e1 task-a 2", or "20m clock".
func playAttempts(t *testing.T, script string) string {
	t.Helper()
	m := newMemory(t)
	var out strings.Builder
	for lines := bufio.NewScanner(strings.NewReader(script)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		at, err := time.ParseDuration(words[0])
		if err != nil {
			t.Fatal(err)
		}
		before := len(m.Counts())
		if words[1] == "clock" {
			_, err = m.AdvanceTo(0, received().Add(at))
		} else {
			a := attempt{event: words[1], source: "shop", task: words[2], at: at, sms: strings.HasPrefix(words[1], "sms")}
			if len(words) > 3 {
				if a.number, err = strconv.Atoi(words[3]); err != nil {
					t.Fatal(err)
				}
			}
			_, err = m.Feed(attemptInput(a))
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "> %s\n", strings.Join(words, " "))
		for _, c := range m.Counts()[before:] {
			fmt.Fprintf(&out, "%s %s %d\n", c.Name, c.Label, c.N)
		}
	}
	return out.String()
}

// TestAttemptsInAnyOrder: what is counted in the end is a function of the attempts
// seen, whatever their order, their repetition, and where the clock was meanwhile.
func TestAttemptsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) attempt {
			return attempt{
				event: rapid.SampledFrom([]string{"e1", "e2", "sms1"}).Draw(r, "event"), source: rapid.SampledFrom([]string{"shop", "open"}).Draw(r, "source"),
				task: rapid.SampledFrom([]string{"task-a", "task-b"}).Draw(r, "task"), number: rapid.IntRange(1, 4).Draw(r, "number"),
				at: time.Duration(rapid.IntRange(0, 40).Draw(r, "at")) * time.Minute,
			}
		}), 1, 14).Draw(r, "attempts")
		m := newMemory(t)
		for _, a := range list {
			a.sms = strings.HasPrefix(a.event, "sms")
			if _, err := m.Feed(attemptInput(a)); err != nil {
				r.Fatal(err)
			}
			if rapid.IntRange(0, 3).Draw(r, "advance") == 0 {
				if _, err := m.AdvanceTo(0, received().Add(time.Duration(rapid.IntRange(0, 80).Draw(r, "to"))*time.Minute)); err != nil {
					r.Fatal(err)
				}
			}
		}
		if _, err := m.AdvanceTo(0, received().Add(2*time.Hour)); err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(missedNaively(list), missedBy(m.Counts())); diff != "" {
			r.Errorf("missed attempts by source (-want +got):\n%s", diff)
		}
	})
}

// missedNaively counts the attempts below the highest that are not there.
func missedNaively(list []attempt) map[string]int64 {
	type delivery struct{ event, source, task string }
	seen, highest := map[attempt]bool{}, map[delivery]int{}
	for _, a := range list {
		seen[attempt{event: a.event, source: a.source, task: a.task, number: a.number}] = true
		d := delivery{a.event, a.source, a.task}
		highest[d] = max(highest[d], a.number)
	}
	missed := map[string]int64{}
	for d, n := range highest {
		for k := 1; k < n; k++ {
			if !seen[attempt{event: d.event, source: d.source, task: d.task, number: k}] {
				missed[d.source]++
			}
		}
	}
	return missed
}

// TestAttemptsAreForgotten: nothing is left of a retry when its event is.
func TestAttemptsAreForgotten(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	for _, a := range []attempt{{event: "sms1", source: "shop", task: "a", number: 3, sms: true}, {event: "sms1", source: "shop", task: "b", number: 70, sms: true}} {
		if _, err := m.Feed(attemptInput(a)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.AdvanceTo(0, received().Add(dedupe.Kept(72*time.Hour)+time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := m.Entries(0); n != 0 {
		t.Errorf("%d state entries are left:\n%s", n, m.Dump(0))
	}
	if diff := cmp.Diff(map[string]int64{"shop": 2}, missedBy(m.Counts())); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
}
