package trace_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/tool/trace"
	"github.com/tributary-hq/tributary/cmd/internal/tool/trace/tracetest"
	"github.com/tributary-hq/tributary/processor/privacy"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas"
)

// rotated has the key of the stack behind an older one.
func rotated(t *testing.T) *privacy.Pseudonymiser {
	t.Helper()
	p, err := privacy.New(privacy.Config{Keys: []privacy.Key{
		{ID: "k0", Secret: []byte("another-key-of-16-or-more")}, {ID: "k1", Secret: []byte(tracetest.Key)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestIDsThatLeftAsPseudonyms: the operator types the id as the shop has it, and the case
// is found by its pseudonym, under whichever of the keys, with and without a namespace.
func TestIDsThatLeftAsPseudonyms(t *testing.T) {
	t.Parallel()
	s := tracetest.Start(t)
	s.Sources = append(s.Sources, source.Source{ID: "kiosk-lox24", Provider: "lox24", Namespace: "kiosk", PhoneCountries: []string{"DE"}})
	s.Run(t)
	const mail, person = "somebody@example.com", "person@example.com"
	const card, phone, national = "4111 1111 1111 1111", "0049 151 123-45670", "0151 12345671"
	s.Verification(t, 1, mail, 1, "success", 10)
	s.Payment(t, 1, mail, "FINISHED", "FINISHED")
	s.Verification(t, 2, card, 1, "success", 10)
	s.Verification(t, 3, phone, 1, "success", 10)
	kiosk := &s.Sources[len(s.Sources)-1]
	of := s.VerificationOf(t, kiosk, "verification-4", 4, national, 1, "success", 10)
	// Entities whose own ids left as pseudonyms: with a snapshot, and a dead letter alone.
	s.VerificationOf(t, &s.Sources[0], person, 5, "order-5", 1, "success", 10)
	s.Webhook(t, "lox24", "lox24:poison@example.com", []byte(`{"id":"letter-4712","data":{"id":"poison@example.com"}}`))
	for _, journey := range []string{s.Privacy.ID(&s.Sources[0], mail), s.Privacy.ID(&s.Sources[0], card), s.Privacy.ID(&s.Sources[0], phone), "order-5"} {
		s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return string(r.Key) == journey })
	}
	s.Await(t, schemas.EnrichedJourneys, func(r *kgo.Record) bool { return strings.HasPrefix(string(r.Key), "kiosk:phone:k1:") })
	s.Await(t, schemas.EnrichedPayments, func(*kgo.Record) bool { return true })
	s.Await(t, schemas.DeadLetterLOX24, func(*kgo.Record) bool { return true })

	for name, c := range map[string]struct {
		id       string
		entities int
		received int
	}{
		"e-mail":                {mail, 2, 2},
		"card":                  {card, 1, 1},
		"international number":  {phone, 1, 1},
		"national number":       {national, 1, 1},
		"behind its namespace":  {"kiosk:" + national, 1, 1},
		"as the topics have it": {s.Privacy.ID(&s.Sources[0], mail), 2, 2},
		"entity":                {person, 1, 1},
		"key of the entity":     {"lox24:" + person, 1, 1},
		"dead letter":           {"letter-4712", 1, 1},
		"request id":            {requestOf(of), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := config(s)
			o.Privacy = rotated(t)
			r, err := trace.Run(t.Context(), o, trace.Query{ID: c.id})
			if err != nil {
				t.Fatal(err)
			}
			received := 0
			for _, e := range r.Entities {
				if strings.Contains(e.Key, "@") {
					t.Errorf("the entity %s has an e-mail in its key", e.Key)
				}
				for i := range e.Steps {
					if e.Steps[i].Kind == trace.StepReceived {
						received++
					}
				}
			}
			if len(r.Entities) != c.entities || received != c.received {
				t.Errorf("%d entities, %d raw records, as %v; want %d and %d", len(r.Entities), received, r.As, c.entities, c.received)
			}
		})
	}
}
