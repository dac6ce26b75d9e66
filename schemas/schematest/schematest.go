// Package schematest adds rows to the tables of package schemas, so that a test can show
// how a tool handles a topic or a provider that it was not written for.
package schematest

import (
	"testing"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/internal/extra"
)

// Add adds a provider, with its topics, until the test ends. The tables are global: tests
// that add rows do not run in parallel with others of their package.
func Add(tb testing.TB, provider schemas.Provider) {
	tb.Helper()
	set(tb, []schemas.Provider{provider}, nil)
}

// AddTopics adds topics that are in no provider's row, likewise.
func AddTopics(tb testing.TB, topics ...schemas.Topic) {
	tb.Helper()
	set(tb, nil, topics)
}

func set(tb testing.TB, providers []schemas.Provider, topics []schemas.Topic) {
	tb.Helper()
	extra.Set(providers, topics)
	tb.Cleanup(func() { extra.Set[schemas.Provider, schemas.Topic](nil, nil) })
}

// Fake returns a provider that no stage and no tool knows, with raw, dead-letter,
// changelog and decoded topics.
func Fake() schemas.Provider {
	return schemas.Provider{
		ID: "fake", Title: "Fake", Raw: "raw.fake.v1", RawDoc: "webhooks of a provider that only tests know",
		DeadLetter: "deadletter.fake.v1", Changelog: "internal.changelog.fake.v1", Entity: "thing",
		Decoded: []schemas.DecodedTopic{{Name: "decoded.fake.thing.v1", Doc: "facts of a provider that only tests know"}},
	}
}
