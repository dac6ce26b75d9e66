package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/demo"
	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

var signing = jwt.SigningMethodHS256

// TestPlantedDataStaysRestricted sends personal data in every field of every provider
// through the real program, and looks for it, in every form, in the keys, headers and
// values of all topics of the cluster that are not restricted, and in the logs.
func TestPlantedDataStaysRestricted(t *testing.T) {
	t.Parallel()
	brokers := cluster(t)
	registryURL, stopRegistry := embedded.Registry()
	t.Cleanup(stopRegistry)
	unibell := httptest.NewServer(simulator.Unibell())
	t.Cleanup(unibell.Close)
	accounts := simulator.DefaultAccounts()
	file := plantedSettings(t, unibell.URL, accounts)
	prefix := fmt.Sprintf("planted%d.", time.Now().UnixNano())
	env := []string{
		"TRIBUTARY_KAFKA__BROKERS=" + brokers, "TRIBUTARY_KAFKA__PREFIX=" + prefix, "TRIBUTARY_REGISTRY__URLS=" + registryURL,
		"TRIBUTARY_PROCESSOR__ENGINE__INSTANCE_ID=one", "TRIBUTARY_PROCESSOR__ENGINE__STATE_DIR=" + t.TempDir(),
	}
	call(t, env, "topics", "apply", "-c", file)
	call(t, env, "schemas", "register", "-c", file)
	in := start(t, env, "ingest", "-c", file)
	p := &planter{
		t: t, url: "http://" + in.says(`ingest is listening" address=(\S+)`), accounts: accounts, room: make(chan struct{}, 16), answers: map[string]int{},
	}
	began := time.Now()
	for _, tmpl := range templates(accounts) {
		for _, secret := range planted() {
			p.plant(&tmpl, secret)
		}
	}
	p.sending.Wait()
	t.Logf("sent in %v", time.Since(began))
	t.Logf("answers: %v", p.answers)
	for _, provider := range schemas.Providers() {
		if p.answers[provider.ID+" 200 OK"] == 0 {
			t.Errorf("no webhook of %s was accepted", provider.ID)
		}
	}
	if p.answers[plantedID+" 200 OK"] == 0 {
		t.Error("no Standard Webhook with a planted id was accepted")
	}
	one := start(t, env, "processor", "-c", file)
	ready(t, one)
	found := look(t, strings.Split(brokers, ","), prefix)
	t.Logf("all after %v: %v", time.Since(began), found)
	for _, topic := range schemas.Table() {
		// The ledger holds sums of whole minutes, which end later. Nothing in this traffic
		// has to raise a signal.
		later := topic.Name == schemas.Ledger || topic.Name == schemas.Signals
		if topic.Access != schemas.AccessRestricted && !later && found[topic.Name] == 0 {
			t.Errorf("%s has no record: nothing was looked at", topic.Name)
		}
	}
	for _, pointer := range plantedPointers() {
		if found[pointer] == 0 {
			t.Errorf("%s has no value at %s: the pointer was not looked at", schemas.DecodedStandardEvent, pointer)
		}
	}
	in.stop()
	one.stop()
	for _, secret := range planted() {
		for _, process := range []*process{in, one} {
			if strings.Contains(process.text(), secret) {
				t.Errorf("%v logged %q", process.cmd.Args[1:2], secret)
			}
		}
	}
}

// plantedSettings are the settings with the countries of the planted numbers, and with all
// that a source of Standard Webhooks can point at.
func plantedSettings(t *testing.T, unibell string, accounts simulator.Accounts) string {
	t.Helper()
	sources := demo.Settings(accounts, unibell)
	for _, s := range sources {
		s["phone_countries"] = []string{"GB", "DE", "UA"}
		if s["provider"] == raw.ProviderStandard {
			s["correlation"] = []map[string]any{{"field": "body", "pointer": "/data/order"}, {"field": "body", "pointer": "/data/customer"}}
			s["payload_fields"] = plantedPointers()
		}
	}
	return write(t, sources)
}

// look reads all topics until the stages have no more to do, and returns how many records
// each has.
func look(t *testing.T, brokers []string, prefix string) map[string]int {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	topics, err := kadm.NewClient(client).ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, name := range topics.Names() {
		row, known := schemas.Find(strings.TrimPrefix(name, prefix))
		if strings.HasPrefix(name, prefix) {
			open[name] = !known || row.Access != schemas.AccessRestricted
		}
	}
	var names []string
	for name := range open {
		names = append(names, name)
	}
	reader, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics(names...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	return search(t, reader, open, prefix)
}

// handled reports whether every raw record that was read has its outcome.
func handled(found map[string]int) bool {
	accepted, outcomes := 0, 0
	for name, n := range found {
		switch {
		case strings.HasPrefix(name, "raw."):
			accepted += n
		case strings.HasPrefix(name, "decoded."), strings.HasPrefix(name, "duplicates."):
			outcomes += n
		case strings.HasPrefix(name, "deadletter.") && name != schemas.DeadLetterUnibellCall && name != schemas.DeadLetterJourney:
			outcomes += n
		}
	}
	return accepted > 0 && accepted == outcomes
}

func search(t *testing.T, reader *kgo.Client, open map[string]bool, prefix string) map[string]int {
	t.Helper()
	forbidden := map[string]string{}
	for _, secret := range planted() {
		for _, writing := range forms(t, secret) {
			forbidden[string(writing)] = secret
		}
	}
	const (
		quiet    = 3 * time.Second // longer than a stage commits
		patience = 3 * time.Minute
	)
	found, leaked := map[string]int{}, map[string]bool{}
	began := time.Now()
	for last := began; time.Since(last) < quiet || !handled(found) && time.Since(began) < patience; {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		fetches := reader.PollFetches(ctx)
		cancel()
		fetches.EachRecord(func(r *kgo.Record) {
			name := strings.TrimPrefix(r.Topic, prefix)
			if open[r.Topic] && name != schemas.Ledger {
				last = time.Now() // watermarks and ledger entries never end
			}
			found[name]++
			if name == schemas.DecodedStandardEvent {
				for _, pointer := range plantedPointers() {
					if bytes.Contains(r.Value, []byte(pointer)) {
						found[pointer]++
					}
				}
			}
			if !open[r.Topic] {
				return
			}
			all := append(append(bytes.Clone(r.Key), 0), r.Value...)
			for _, header := range r.Headers {
				all = append(append(append(all, 0), header.Key...), append([]byte{0}, header.Value...)...)
			}
			for writing, secret := range forbidden {
				if bytes.Contains(all, []byte(writing)) && !leaked[name+secret] {
					leaked[name+secret] = true
					t.Errorf("%q left as %q in %s, key %q, value %q", secret, writing, name, r.Key, r.Value)
				}
			}
		})
	}
	return found
}
