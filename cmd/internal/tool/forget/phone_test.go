package forget_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/forget"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// left returns the entries of a compacted topic that no tombstone has ended and that
// hold a text.
func left(t *testing.T, s *tracetest.Stack, topic, text string) []string {
	t.Helper()
	name := s.Names.Topic(topic)
	client, err := kgo.NewClient(append(slices.Clone(s.Kafka), kgo.ConsumeTopics(name), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.KeepControlRecords())...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ends, err := kadm.NewClient(client).ListCommittedOffsets(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[int32]int64{}
	ends.Each(func(o kadm.ListedOffset) {
		if o.Offset > 0 {
			waiting[o.Partition] = o.Offset
		}
	})
	last := map[string]string{}
	for len(waiting) > 0 {
		client.PollFetches(t.Context()).EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				last[string(r.Key)] = string(r.Value)
				if r.Value == nil {
					delete(last, string(r.Key))
				}
			}
			if r.Offset+1 >= waiting[r.Partition] {
				delete(waiting, r.Partition)
			}
		})
	}
	var out []string
	for key, value := range last {
		if strings.Contains(key+value, text) {
			out = append(out, key)
		}
	}
	return out
}

// gone waits until nothing of a compacted topic holds a text: an erasure in a partition
// without the entity is carried out in its own time.
func gone(t *testing.T, s *tracetest.Stack, topic, text string) {
	t.Helper()
	for begun := time.Now(); ; {
		still := left(t, s, topic, text)
		if len(still) == 0 {
			return
		}
		if time.Since(begun) > 30*time.Second {
			t.Errorf("%s still holds %q", topic, still)
			return
		}
	}
}

// TestACallWhoseReferenceIsAPhone: its raw key has the number, its entity's the
// pseudonym, which lies in another partition. The erasure reaches the state all the same,
// what is remembered of it goes, and the plan names the raw topic. Ten numbers, so that
// the two partitions differ for some.
func TestACallWhoseReferenceIsAPhone(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Run(t)
	calls := &source.Source{ID: "shop-unibell", Provider: "unibell"}
	var hmacs []string
	for i := range 10 {
		number := "+491511234560" + string(rune('0'+i))
		s.WebhookOf(t, calls, "unibell:shop-unibell:"+number, []byte(`{"reference":"`+number+`","requestId":"request-`+string(rune('0'+i))+`","status":"DELIVERED"}`))
		hmacs = append(hmacs, s.Privacy.Phone(number, time.Now()).Pseudonyms[0].HMAC)
	}
	for _, hmac := range hmacs {
		s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return strings.Contains(string(r.Key), hmac) })
		// Its state in both stages, so that there is something to forget.
		for _, topic := range []string{schemas.ChangelogUnibell, schemas.ChangelogUnibellCall} {
			if len(left(t, s, topic, hmac)) == 0 {
				t.Fatalf("%s has nothing of a call", topic)
			}
		}
	}
	o := config(s, "")
	o.Query.Pseudonyms = hmacs
	p := prepare(t, o)
	if len(p.Targets) != len(hmacs) {
		t.Fatalf("targets %v, want the ten calls", keys(p))
	}
	raw := slices.IndexFunc(p.Stays, func(x forget.Stays) bool { return x.Topic == tracetest.Prefix+schemas.RawUnibell })
	if raw < 0 || p.Stays[raw].Records != len(hmacs) {
		t.Errorf("what stays: %+v, want ten records of %s", p.Stays, schemas.RawUnibell)
	}
	if !slices.Contains(p.NotSearched, tracetest.Prefix+schemas.DeadLetterUnibell) || !slices.Contains(p.NotSearched, tracetest.Prefix+schemas.RawVoximplant) {
		t.Errorf("not searched: %v, want the topics that hold numbers in clear", p.NotSearched)
	}
	carry(t, o, p)
	for _, topic := range []string{
		schemas.ChangelogUnibell, schemas.ChangelogUnibellCall, schemas.ChangelogJourney, schemas.EnrichedVerifications, schemas.EnrichedJourneys,
	} {
		for _, hmac := range hmacs {
			gone(t, s, topic, hmac)
		}
	}
	s.Closes(t)
}

// TestAnAccountThatTellsOfAPhone: Voximplant's records are searched; the account is
// named, and is not forgotten for a person's sake.
func TestAnAccountThatTellsOfAPhone(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Sources = append(s.Sources, source.Source{ID: "shop-voximplant", Provider: "voximplant"})
	s.Run(t)
	s.Webhook(t, "voximplant", "voximplant:7", []byte(`{"account_id":7,"account_name":"a","callback_id":1,"hash":"x","type":"phone_number_activation_status_changed",
		"phone_number_activation_status_changed":{"phone_number":"`+tracetest.Phone[1:]+`","activation_status":"ACTIVE"}}`))
	s.Await(t, schemas.DecodedVoximplantAccountCallback, func(*kgo.Record) bool { return true })
	o := config(s, "")
	o.Query.Pseudonyms = []string{s.Privacy.Phone(tracetest.Phone, time.Now()).Pseudonyms[0].HMAC}
	p := prepare(t, o)
	if len(p.Targets) > 0 || !slices.Equal(p.Mentions, []string{"voximplant:7"}) {
		t.Errorf("targets %v, mentions %v; want the account mentioned alone", keys(p), p.Mentions)
	}
}
