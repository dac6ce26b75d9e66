package schemas_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/schemas"
)

func TestTheTableIsValid(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var used []string
	for _, topic := range schemas.Table() {
		if err := topic.Validate(); err != nil {
			t.Error(err)
		}
		if seen[topic.Name] {
			t.Errorf("topic %s is there twice", topic.Name)
		}
		seen[topic.Name] = true
		if topic.Schema != "" {
			used = append(used, topic.Schema)
			if _, ok := schemas.AVSC(topic.Schema); !ok {
				t.Errorf("topic %s has no schema named %s", topic.Name, topic.Schema)
			}
		}
		if found, ok := schemas.Find(topic.Name); !ok || !reflect.DeepEqual(found, topic) {
			t.Errorf("Find(%q) = %+v, %v", topic.Name, found, ok)
		}
	}
	slices.Sort(used)
	if want := schemas.AVSCNames(); !slices.Equal(used, want) {
		t.Errorf("the topics use the schemas %v, want %v", used, want)
	}
	if _, ok := schemas.Find("nobody"); ok {
		t.Error("Find() of a topic that is not in the table is true")
	}
	if _, ok := schemas.AVSC("nobody"); ok {
		t.Error("AVSC() of a schema that is not there is true")
	}
}

// TestPromisesOfTheTable are those of the design that a change of a row could
// break.
func TestPromisesOfTheTable(t *testing.T) {
	t.Parallel()
	raw := 0
	for _, topic := range schemas.Table() {
		private := !strings.HasPrefix(topic.Name, "decoded.") && !strings.HasPrefix(topic.Name, "enriched.") &&
			!strings.HasPrefix(topic.Name, "facts.") && !strings.HasPrefix(topic.Name, "insights.") && topic.Name != schemas.Duplicates &&
			topic.Name != schemas.Ledger && topic.Name != schemas.Signals
		if private != (topic.Access == schemas.AccessRestricted) {
			t.Errorf("topic %s is %s", topic.Name, topic.Access)
		}
		if strings.HasPrefix(topic.Name, "raw.") {
			raw++
			letters, ok := schemas.Find("deadletter." + strings.TrimPrefix(topic.Name, "raw."))
			if !ok || letters.MaxMessageBytes <= topic.MaxMessageBytes {
				t.Errorf("a dead letter of %s does not fit into %q", topic.Name, letters.Name)
			}
		}
		if changelog := strings.HasPrefix(topic.Name, "internal.changelog."); changelog && (topic.Delete || !topic.Compact) {
			t.Errorf("changelog %s would lose state", topic.Name)
		}
	}
	if want := len(schemas.Providers()); raw != want {
		t.Errorf("%d raw topics, want %d", raw, want)
	}
	for name, least := range map[string]time.Duration{
		schemas.EnrichedVerifications: 30 * 24 * time.Hour, schemas.EnrichedPayments: 400 * 24 * time.Hour, schemas.EnrichedJourneys: 400 * 24 * time.Hour,
	} {
		if topic, _ := schemas.Find(name); topic.Retention < least || topic.Policy() != "compact,delete" {
			t.Errorf("topic %s is kept %v with %s", name, topic.Retention, topic.Policy())
		}
	}
	if topic, _ := schemas.Find(schemas.EnrichedAccounts); topic.Policy() != "compact" {
		t.Errorf("accounts have the policy %s: one would be lost", topic.Policy())
	}
}

func TestValidateReportsAllFaults(t *testing.T) {
	t.Parallel()
	err := schemas.Topic{Name: "raw.x.v1", Format: schemas.FormatAvro, Retention: time.Hour, Segment: time.Hour, Access: schemas.AccessOpen}.Validate()
	if err == nil {
		t.Fatal("Validate() = nil")
	}
	for _, want := range []string{"family", "neither compacted", "retention", "compaction_lag", "max_message_bytes", "schema", "restricted"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() = %v, want %q", err, want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	n := schemas.Names{Prefix: "acme."}
	if got := n.Subject(schemas.Duplicates); got != "acme.duplicates.v1-value" {
		t.Errorf("Subject() = %q", got)
	}
	if n.Topic("a") != "acme.a" || n.Group("b") != "acme.b" {
		t.Errorf("Topic() = %q, Group() = %q", n.Topic("a"), n.Group("b"))
	}
}
