package schemas

import (
	"slices"
	"strings"
	"sync"

	"github.com/tributary-hq/tributary/schemas/internal/extra"
)

// Provider is a row of the provider table: everything about a provider that is not code
// of its own. Each tool derives its lists of providers and topics from these rows.
type Provider struct {
	// ID names the provider in topics, keys, paths, headers, metrics and settings. Every
	// key of the provider's records begins with the id and a colon.
	ID string
	// Title is the provider's own spelling, for people.
	Title string
	// Raw is the topic of its webhooks, and RawDoc the topic's description.
	Raw, RawDoc string
	// DeadLetter is the topic of raw records that can never be handled.
	DeadLetter string
	// Changelog is the topic of the state of the stage that reads Raw.
	Changelog string
	// Decoded are the topics of its decoded facts.
	Decoded []DecodedTopic
	// Counted is the topic with the facts that the entity's snapshots count: a decoded
	// topic, or the one through which a second stage gets the facts. Empty if no
	// snapshot counts them.
	Counted string
	// Entity is the kind of thing that the facts are about: verification, payment,
	// account, event.
	Entity string
	// Enriched is the topic with the snapshots of its entities; empty if it has none.
	Enriched string
	// Facts is the topic with the rows that its entities' state gives beside their
	// snapshots; empty if there is none.
	Facts string
	// Assurance is the proof of its webhooks: one of the Assurance constants of package
	// raw.
	Assurance string
	// Scoped is set if the keys of its records name the source after the provider,
	// because ids of two sources may be equal.
	Scoped bool
	// Tokens is set if its bodies hold ids only within a base64url token.
	Tokens bool
	// Fields are the fields of its webhooks that may hold a correlation id. Empty means
	// that it has no journeys.
	Fields []string
	// Correlation are the fields that hold one unless a source's settings say otherwise.
	Correlation []string
}

// DecodedTopic is a topic of decoded facts.
type DecodedTopic struct{ Name, Doc string }

// rows are the table's own rows; they are shared and not changed.
var rows = sync.OnceValue(providerRows) //nolint:gochecknoglobals // a constant table

// providers returns the rows, with those that a test added. They are not the caller's.
func providers() []Provider {
	if added := extra.Providers[Provider](); len(added) > 0 {
		return append(slices.Clone(rows()), added...)
	}
	return rows()
}

// Providers returns the provider table, in the order in which tools list the providers.
// The slice is the caller's; the slices in its rows are not.
func Providers() []Provider { return slices.Clone(providers()) }

// ProviderIDs returns the ids of all providers.
func ProviderIDs() []string {
	rows := providers()
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids
}

// FindProvider returns the row of a provider.
func FindProvider(id string) (Provider, bool) {
	return find(func(p *Provider) bool { return p.ID == id })
}

// ProviderOfTopic returns the provider whose raw, dead-letter, changelog or decoded
// topic this is.
func ProviderOfTopic(topic string) (Provider, bool) {
	return find(func(p *Provider) bool {
		return topic == p.Raw || topic == p.DeadLetter || topic == p.Changelog ||
			slices.ContainsFunc(p.Decoded, func(t DecodedTopic) bool { return t.Name == topic })
	})
}

// ProviderOfKey returns the provider of the entity or the raw record with a key.
func ProviderOfKey(key string) (Provider, bool) {
	id, _, ok := strings.Cut(key, ":")
	if !ok {
		return Provider{}, false
	}
	return FindProvider(id)
}

// CountedBy returns the provider whose snapshots count the facts of a topic.
func CountedBy(topic string) (Provider, bool) {
	return find(func(p *Provider) bool { return p.Counted == topic })
}

func find(fits func(*Provider) bool) (Provider, bool) {
	rows := providers()
	for i := range rows {
		if fits(&rows[i]) {
			return rows[i], true
		}
	}
	return Provider{}, false
}

// DecodedNames returns the names of the provider's decoded topics.
func (p *Provider) DecodedNames() []string {
	names := make([]string, len(p.Decoded))
	for i := range p.Decoded {
		names[i] = p.Decoded[i].Name
	}
	return names
}

// KeyPrefix returns the beginning of the keys of a source's records.
func (p *Provider) KeyPrefix(source string) string {
	if p.Scoped {
		return p.ID + ":" + source + ":"
	}
	return p.ID + ":"
}

// RawTopics returns the topics that ingest writes, DecodedTopics those of decoded facts,
// EnrichedTopics those with snapshots of entities, CountedTopics those with the facts
// that snapshots count.
func RawTopics() []string { return topicsOf(func(p *Provider) []string { return []string{p.Raw} }) }

// DecodedTopics returns the topics of decoded facts.
func DecodedTopics() []string { return topicsOf((*Provider).DecodedNames) }

// EnrichedTopics returns the topics with snapshots of entities.
func EnrichedTopics() []string {
	return topicsOf(func(p *Provider) []string { return []string{p.Enriched} })
}

// FactTopics returns the topics with one row for each event of business.
func FactTopics() []string {
	return topicsOf(func(p *Provider) []string { return []string{p.Facts} })
}

// CountedTopics returns the topics with the facts that snapshots count.
func CountedTopics() []string {
	return topicsOf(func(p *Provider) []string { return []string{p.Counted} })
}

// OutcomeTopics returns the topics in which raw records end: the decoded topics, the
// duplicates and the providers' dead letters.
func OutcomeTopics() []string {
	letters := topicsOf(func(p *Provider) []string { return []string{p.DeadLetter} })
	return append(append(DecodedTopics(), Duplicates), letters...)
}

// DeadLetterTopics returns all topics of dead letters, those of internal stages included.
func DeadLetterTopics() []string {
	var out []string
	for _, t := range Table() {
		if strings.HasPrefix(t.Name, "deadletter.") {
			out = append(out, t.Name)
		}
	}
	return out
}

// topicsOf collects topics of all providers, each once.
func topicsOf(pick func(*Provider) []string) []string {
	var out []string
	rows := providers()
	for i := range rows {
		for _, topic := range pick(&rows[i]) {
			if topic != "" && !slices.Contains(out, topic) {
				out = append(out, topic)
			}
		}
	}
	return out
}
