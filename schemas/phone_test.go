package schemas_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// publicParts are the parts of a phone that leave the restricted topics besides its country and
// its pseudonyms.
func publicParts() []string { return []string{"number_type", "carrier", "block", "block_as_of"} }

// personsPhones are the fields with the phone of a person, whose block the stages decide on.
// The doc of any other field with a phone says that it belongs to the company.
func personsPhones() []string {
	return []string{
		"LOX24SMS.from", "LOX24VerifyCode.phone", "UnibellCall.source_addr", "VerificationSnapshot.phone", "VoximplantSMSInbound.source_number",
	}
}

// notPhones are the texts that a name makes look like a phone, and why they are none.
func notPhones() map[string]string {
	return map[string]string{
		"PaymentSnapshot.payment_number": "numbers of payments",
		"UAPAYPayment.payment_number":    "numbers of payments",
	}
}

// withoutParts are the records with a country and a customer that have no public parts, and why.
func withoutParts() map[string]string {
	return map[string]string{"JourneySnapshot": "a journey may have several phones: those of its verifications"}
}

// TestPhonesAreOneRecord: a phone of any open topic has its type, its carrier and its block.
func TestPhonesAreOneRecord(t *testing.T) {
	t.Parallel()
	without := withoutParts()
	for name, record := range openRecords(t) {
		if _, is := record.Field("pseudonyms"); is != (name == "Phone") {
			t.Errorf("%s: a record of pseudonyms is called Phone, and no other", name)
		}
		_, country := record.Field("country")
		_, customer := record.Field("customer_id")
		has := slices.DeleteFunc(publicParts(), func(part string) bool { _, has := record.Field(part); return !has })
		below := slices.ContainsFunc(record.Fields, func(f schema.Field) bool { return nameOf(valueOf(f.Type)) == "Phone" })
		isPhone := name == "Phone" || country && customer && !below || slices.Contains(has, "number_type")
		if complete := len(has) == len(publicParts()); isPhone && !complete && without[name] == "" {
			t.Errorf("%s has of a phone's parts only %v", name, has)
		}
		delete(without, name)
	}
	if len(without) > 0 {
		t.Errorf("reviewed and in no open topic: %v", without)
	}
}

// TestPhonesHaveABlockOrSayWhyNot: the field of a phone says that it belongs to the company, or it
// is one of those on whose block the stages decide. A new field fails until it is one or the other.
func TestPhonesHaveABlockOrSayWhyNot(t *testing.T) {
	t.Parallel()
	persons, texts := personsPhones(), notPhones()
	for name, record := range openRecords(t) {
		for i := range record.Fields {
			f := &record.Fields[i]
			path := name + "." + f.Name
			switch of := valueOf(f.Type); {
			case nameOf(of) == "Phone":
				persons = slices.DeleteFunc(persons, func(p string) bool { return p == path })
				if own := strings.Contains(f.Doc, "block is always null"); own == slices.Contains(personsPhones(), path) {
					t.Errorf("%s: its doc says that it belongs to the company: %v; it is listed as that of a person: %v", path, own, !own)
				}
			case of.Kind == schema.String && looksLikePhone(f.Name):
				if texts[path] == "" {
					t.Errorf("%s: a phone is of type Phone; if it is none, add it to the reviewed list", path)
				}
				delete(texts, path)
			}
		}
	}
	if len(persons)+len(texts) > 0 {
		t.Errorf("reviewed and in no open topic: %v %v", persons, texts)
	}
}

// openRecords are the records of open topics by their name.
func openRecords(t *testing.T) map[string]*schema.Schema {
	t.Helper()
	out := map[string]*schema.Schema{}
	for _, topic := range schemas.Table() {
		if topic.Format != schemas.FormatAvro || topic.Access != schemas.AccessOpen {
			continue
		}
		text, _ := schemas.AVSC(topic.Schema)
		top, err := schema.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range top.Named() {
			name := nameOf(record)
			if have, is := out[name]; is && !schema.Same(have, record) {
				t.Errorf("%s has several schemas", name)
			}
			out[name] = record
		}
	}
	return out
}

// valueOf is a type without null and without the array around it.
func valueOf(s *schema.Schema) *schema.Schema {
	if value, ok := s.Optional(); ok {
		s = value
	}
	if s.Items != nil {
		return s.Items
	}
	return s
}

// nameOf is the name of a type without its namespace.
func nameOf(s *schema.Schema) string { return s.Name[strings.LastIndex(s.Name, ".")+1:] }

func looksLikePhone(name string) bool {
	for _, part := range []string{"phone", "callerid", "msisdn"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.HasSuffix(name, "_number") || strings.HasSuffix(name, "_addr")
}
