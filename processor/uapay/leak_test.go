package uapay_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// private are claims none of which leaves unless the source exposes it.
func private() map[string]any {
	return map[string]any{
		"cardFromHolderName": "PETRO HOLDER", "cardFromMasked": "537541******1234", "cardToMasked": "411111******9876",
		"receiptPath": "https://receipts.example/1", "reason": map[string]any{"text": "card is stolen"},
		"key": "cvv-key", "confirmation": map[string]any{"type": "3DS", "url": "https://bank.example/3ds"},
		"extraInfo": `{"docId":"0994780402","order":17}`, "externalId": "+380501234567",
	}
}

func words() []string {
	return []string{"PETRO", "537541", "411111", "receipts.example", "stolen", "cvv-key", "bank.example", "0994780402", "501234567"}
}

// TestNothingPrivateLeaves: neither in records outside the restricted topics nor
// in the causes of dead letters.
func TestNothingPrivateLeaves(t *testing.T) {
	t.Parallel()
	good := record(invoice(noon(0), "FINISHED", "FINISHED", private()), noon(0), 1)
	broken := invoice(noon(0), "NEW", "NEW", private())
	broken["amount"] = "PETRO HOLDER"
	w := run(t, newMemory(t, nil), good, good, record(broken, noon(0), 2))
	if w.decoded != 1 || w.repeats != 1 || len(w.dead) == 0 {
		t.Fatalf("%d decoded, %d repeats, dead %v, want one of each", w.decoded, w.repeats, w.dead)
	}
	left := w.dead
	for _, out := range w.outputs {
		if out.Topic != schemas.DeadLetterUAPAY {
			left = append(left, string(out.Key), string(out.Value))
		}
	}
	text := strings.Join(left, " ")
	for _, word := range words() {
		if strings.Contains(text, word) {
			t.Errorf("%q left", word)
		}
	}
}

// TestExposed: what the source's configuration allows leaves, and no secret.
func TestExposed(t *testing.T) {
	t.Parallel()
	expose := func(s *source.Source) {
		s.Expose = []string{"cardFromHolderName", "cardFromMasked", "key", "confirmation"}
		s.PayloadFields = []string{"/order"}
	}
	w := run(t, newMemory(t, expose), record(invoice(noon(0), "FINISHED", "FINISHED", private()), noon(0), 1))
	d := &w.lastDecoded
	if d.CardFromHolderName != avro.Some("PETRO HOLDER") || !d.CardFromMasked.Set || d.CardToMasked.Set || d.ExtraInfoFields["/order"] != "17" {
		t.Errorf("decoded = %+v, want what is exposed and nothing else", d)
	}
	for _, out := range w.outputs {
		if value := string(out.Value); strings.Contains(value, "cvv-key") || strings.Contains(value, "bank.example") {
			t.Errorf("%s holds a secret", out.Topic)
		}
	}
	if w.decoded != 1 || len(w.dead) > 0 {
		t.Errorf("%d decoded, dead %v, want 1 and none", w.decoded, w.dead)
	}
}

// TestWhereIsTold: a dead letter says which claim is of another type.
func TestWhereIsTold(t *testing.T) {
	t.Parallel()
	w := run(t, newMemory(t, nil), record(invoice(noon(0), "NEW", "NEW", map[string]any{"amount": true}), noon(0), 1))
	if text := strings.Join(w.dead, " "); !strings.Contains(text, string(stage.CauseSchemaMismatch)) || !strings.Contains(text, "claims.amount") {
		t.Errorf("dead = %v, want claims.amount", w.dead)
	}
}

// TestPayloadFieldsHidePhones: a phone number in extraInfo that the source's configuration
// lets leave becomes the pseudonym that it has as an id; other values leave as they are.
func TestPayloadFieldsHidePhones(t *testing.T) {
	t.Parallel()
	const extraInfo = `{"phone":"+380501234567","contact":{"tel":"tel:+380 50 123-45-67"},"all":["00380501234567",380501234567],` +
		`"national":"050 123 45 67","new":"+447700900123","docId":"0994780402","note":"a gift"}`
	pointers := []string{"/phone", "/contact/tel", "/all/0", "/all/1", "/national", "/new", "/docId", "/note"}
	w := run(t, newMemory(t, func(s *source.Source) {
		s.PayloadFields, s.PhoneCountries = pointers, []string{"UA"}
		s.Correlation = []source.Correlation{{Field: "extraInfo", Pointer: "/phone"}}
	}), record(invoice(noon(0), "FINISHED", "FINISHED", map[string]any{"extraInfo": extraInfo}), noon(0), 1))
	d := &w.lastDecoded
	if w.decoded != 1 || len(d.CorrelationIDs) != 1 || !strings.HasPrefix(d.CorrelationIDs[0], source.PhonePrefix) {
		t.Fatalf("%d decoded, correlation ids %q, dead %v, want one and a pseudonym", w.decoded, d.CorrelationIDs, w.dead)
	}
	phone := d.CorrelationIDs[0]
	for _, pointer := range pointers[:5] {
		if d.ExtraInfoFields[pointer] != phone {
			t.Errorf("%s = %q, want %q", pointer, d.ExtraInfoFields[pointer], phone)
		}
	}
	if got := d.ExtraInfoFields["/new"]; !strings.HasPrefix(got, source.PhonePrefix) || got == phone {
		t.Errorf("/new = %q, want a pseudonym of its own", got)
	}
	if d.ExtraInfoFields["/note"] != "a gift" || !strings.HasPrefix(d.ExtraInfoFields["/docId"], source.PhonePrefix) {
		t.Errorf("fields = %q, want the note as it is, and the digits that are a number of UA as a pseudonym", d.ExtraInfoFields)
	}
	for _, out := range w.outputs {
		if out.Topic == schemas.DeadLetterUAPAY {
			continue
		}
		for _, digits := range []string{"501234567", "7700900123"} {
			if strings.Contains(string(out.Key)+string(out.Value), digits) {
				t.Errorf("%s holds %s", out.Topic, digits)
			}
		}
	}
}
