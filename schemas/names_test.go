package schemas_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// severalTypes are the reviewed names that have several types, and why.
func severalTypes() map[string]string {
	return map[string]string{
		"attempts":          "a list in a verification, a count in the funnel",
		"certificates":      "records of one callback, and of the account",
		"event":             "SMS and verification codes of LOX24 have events of their own",
		"expired":           "a flag of a certificate, a count of the funnel",
		"failed_attempts":   "of one journey, and of many",
		"invoice_id":        "UAPAY's is a UUID, Voximplant's a number",
		"kind":              "what a record is, in each topic",
		"outcome":           "that of a verification, and that of a journey",
		"paid":              "a flag of a journey, a count of the funnel",
		"sip_registrations": "those that failed have a cause",
		"state":             "a signal's; that of a subscription as sent",
		"status":            "each provider's statuses have a vocabulary",
		"status_raw":        "LOX24 sends numbers, the others words",
		"subscriptions":     "records of one callback, and of the account",
		"type":              "a provider's type as sent; that of a subscription is normalised",
		"verified":          "a flag of a journey, a count of the funnel",
	}
}

// severalDocs are the reviewed names whose docs differ, because each says where the value
// comes from or which cases it excludes in its record. The meaning is the same.
func severalDocs() []string {
	return strings.Fields(`
		accepted dead_letters decoded duplicates missed_attempts missed_attempts_withdrawn replayed unaccounted
		account_document_status account_document_status_raw account_id actor amount amount_changed amount_inconsistent
		amount_minor api_version area assurance at attempt_number attempt_total block carrier changed_by channel channel_raw channel_switches
		commission_minor conflict converted_currency correlation_id correlation_ids cost_converted_minor cost_minor cost_per_paid_minor
		cost_per_verified_minor cost_unknown country created_at currency customer_id
		deadline delivered_channel delivered_channel_raw duration_ms entity_id error event_created_at event_id event_raw
		ever_paid expiration_date external_id first_channel first_event_at full_block gross_minor held_at hold_overdue
		id journey_id last_channel last_event_at last_refunded_at late lateness_ms legal_status milestones name namespace
		net_converted_minor net_minor numbers offset origin outcome_at paid_at partition payload_fields payment_id payment_number
		payment_status_raw payment_system payment_type pending_amount_minor phase phone position processed_at provider
		provider_id rate rate_as_of received_at refund refunded_minor regression regulation_address_status_raw released_minor revision
		source status_at system_type topic type_raw unknown_fields updated_at verification_id
	`)
}

// usage holds the types and docs that a field name has in all topics, and the records.
type usage struct{ types, docs map[string][]string }

// TestOneNameOneMeaning: a field name has one type and one doc in all topics, but for the
// reviewed ones, so that a query which is right in one topic is right in the next.
func TestOneNameOneMeaning(t *testing.T) {
	t.Parallel()
	names := usages(t)
	types, docs := severalTypes(), severalDocs()
	for name, u := range names {
		reason := types[name]
		if several := len(u.types) > 1; several != (reason != "") {
			t.Errorf("%s has the types %v, reviewed: %q", name, u.types, reason)
		}
		if len(u.docs) > 1 && reason == "" && !slices.Contains(docs, name) {
			t.Errorf("%s has several docs: %v; write one, choose another name, or add it to the reviewed list", name, u.docs)
		}
	}
	for _, name := range append(slices.Collect(maps.Keys(types)), docs...) {
		if _, ok := names[name]; !ok {
			t.Errorf("%s is reviewed and in no topic", name)
		}
	}
}

func usages(t *testing.T) map[string]usage {
	t.Helper()
	names := map[string]usage{}
	for _, name := range schemas.AVSCNames() {
		text, _ := schemas.AVSC(name)
		top, err := schema.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range top.Named() {
			for i := range record.Fields {
				f := &record.Fields[i]
				if _, ok := names[f.Name]; !ok {
					names[f.Name] = usage{map[string][]string{}, map[string][]string{}}
				}
				u, is := names[f.Name], typeOf(f.Type)
				u.types[is], u.docs[f.Doc] = append(u.types[is], record.Name), append(u.docs[f.Doc], record.Name)
			}
		}
	}
	return names
}

// typeOf names a type; null or not is no difference.
func typeOf(t *schema.Schema) string {
	if value, ok := t.Optional(); ok {
		t = value
	}
	switch {
	case t.Items != nil:
		return string(t.Kind) + " of " + typeOf(t.Items)
	case t.Vocabulary != "":
		return t.Vocabulary
	case t.Name != "":
		return t.Name
	case t.Logical != "":
		return t.Logical
	default:
		return string(t.Kind)
	}
}
