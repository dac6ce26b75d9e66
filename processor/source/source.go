// Package source holds the processor's settings of a source: the fields that hold its
// correlation ids, the free text that may leave the restricted topics, and the
// interpretation of values that its provider does not define.
//
//	configuration ─► Source ─► stages
//
// Only ingest has the secrets of a source.
package source

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Correlation is the place of a correlation id in a provider's event.
type Correlation struct {
	// Field is the provider's own field: payload (LOX24), externalId,
	// operationExternalId or extraInfo (UAPAY), reference (Unibell), or body.
	Field string `json:"field" koanf:"field" yaml:"field"`
	// Pointer is a JSON pointer (RFC 6901) into the field's text where that is
	// JSON; empty takes the whole field.
	Pointer string `json:"pointer" koanf:"pointer" yaml:"pointer"`
}

// Source is the processor's part of a configured source.
type Source struct {
	// ID is the source's id, as in the raw records' headers.
	ID string `json:"id" koanf:"id" yaml:"id"`
	// Provider is lox24, uapay, voximplant or unibell.
	Provider string `json:"provider" koanf:"provider" yaml:"provider"`
	// Revision is incremented with every change of the settings by which the source's
	// records are processed, so that a processor knows whether its own or ingest's
	// settings are newer: see Set.Match.
	Revision int `json:"revision" koanf:"revision" yaml:"revision"`
	// Namespace is put before the source's correlation ids ("shop" makes
	// "shop:17"), so that two shops' order 17 stay apart. Empty means none.
	Namespace string `json:"namespace" koanf:"namespace" yaml:"namespace"`
	// Correlation lists the places of correlation ids, in order. Empty means the
	// provider's default: see DefaultCorrelation.
	Correlation []Correlation `json:"correlation" koanf:"correlation" yaml:"correlation"`
	// IDs are the rules by which free ids leave the restricted topics unchanged.
	IDs IDs `json:"ids,omitzero" koanf:"ids" yaml:"ids"`
	// PhoneCountries are the countries (ISO 3166-1 alpha-2, such as DE) whose national
	// forms of phone numbers are looked for in ids and phone fields, in order. Empty
	// means none, because a national form cannot be distinguished from an order number.
	PhoneCountries []string `json:"phone_countries" koanf:"phone_countries" yaml:"phone_countries"`
	// Expose names the provider's fields with free text, names, e-mails or URLs
	// that may leave the restricted topics. Empty means none.
	Expose []string `json:"expose" koanf:"expose" yaml:"expose"`
	// PayloadFields are the JSON pointers into payload (LOX24) or extraInfo
	// (UAPAY) whose values are carried into the decoded topic. Empty means none.
	PayloadFields []string `json:"payload_fields" koanf:"payload_fields" yaml:"payload_fields"`
	// AcceptStale accepts events that are older than the deduplication span by the
	// provider's own time and whose ids are not stored: for a backfill.
	AcceptStale bool `json:"accept_stale" koanf:"accept_stale" yaml:"accept_stale"`
	// StatusCallback is set if Unibell calls back with a status for this source.
	// Without it a call's outcome is unknown, never expired.
	StatusCallback bool `json:"status_callback" koanf:"status_callback" yaml:"status_callback"`
	// Statuses maps Unibell's status words, in upper or lower case, to pending, success
	// or failed. The provider documents no list for calls: an assumption.
	Statuses map[string]string `json:"statuses" koanf:"statuses" yaml:"statuses"`
	// Reversal is the meaning of UAPAY's reversalAmount: total (the sum returned so
	// far, default) or each (the amount of this return). The provider does not document
	// which it is: an assumption.
	Reversal string `json:"reversal" koanf:"reversal" yaml:"reversal"`
}

// Meanings of reversalAmount.
const (
	ReversalTotal = "total"
	ReversalEach  = "each"
)

// DefaultCorrelation returns the default places of a provider's correlation ids.
func DefaultCorrelation(provider string) []Correlation {
	p, _ := schemas.FindProvider(provider)
	var places []Correlation
	for _, field := range p.Correlation {
		places = append(places, Correlation{Field: field})
	}
	return places
}

// FieldBody is the field of a correlation id whose pointer is into the whole body.
const FieldBody = "body"

// BodyPointers returns the pointers of the correlation ids that are in the whole body, by
// which ingest makes the keys of the source's records.
func (s *Source) BodyPointers() []string {
	var out []string
	for _, c := range s.Correlation {
		if c.Field == FieldBody {
			out = append(out, c.Pointer)
		}
	}
	return out
}

// DefaultStatuses returns the default meanings of Unibell's status words: those of its
// documented SMS callback. That calls use the same words is an assumption.
func DefaultStatuses() map[string]string {
	return map[string]string{"NEW": "pending", "DELIVERED": "success", "UNDELIVERABLE": "failed", "REJECTED": "failed"}
}

// WithDefaults returns a copy of the source with its empty fields set to the defaults.
func (s *Source) WithDefaults() Source {
	filled := *s
	filled.IDs = s.IDs.withDefaults()
	if len(s.Correlation) == 0 {
		filled.Correlation = DefaultCorrelation(s.Provider)
	}
	if s.Provider == raw.ProviderUnibell && len(s.Statuses) == 0 {
		filled.Statuses = DefaultStatuses()
	}
	filled.Statuses = upperCase(filled.Statuses)
	if s.Reversal == "" {
		filled.Reversal = ReversalTotal
	}
	return filled
}

// upperCase returns the statuses with their words in upper case, by which the stage
// looks them up.
func upperCase(statuses map[string]string) map[string]string {
	if statuses == nil {
		return nil
	}
	upper := make(map[string]string, len(statuses))
	for word, meaning := range statuses {
		upper[strings.ToUpper(strings.TrimSpace(word))] = meaning
	}
	return upper
}

// Exposes reports whether the provider's field may leave the restricted topics.
func (s *Source) Exposes(field string) bool { return slices.Contains(s.Expose, field) }

// Validate reports every fault at once. Each begins with the key it is about.
func (s *Source) Validate() error {
	var errs []error
	p, known := schemas.FindProvider(s.Provider) // an unknown one is a fault of its own
	for i, c := range s.Correlation {
		if known && !slices.Contains(p.Fields, c.Field) {
			errs = append(errs, fmt.Errorf("correlation[%d].field: %q is none of %s's fields with a correlation id (%s)",
				i, c.Field, s.Provider, strings.Join(p.Fields, ", ")))
		}
		errs = append(errs, pointer(fmt.Sprintf("correlation[%d].pointer", i), c.Pointer))
	}
	for i, p := range s.PayloadFields {
		if p == "" {
			errs = append(errs, fmt.Errorf("payload_fields[%d]: empty: name a JSON pointer such as /order", i))
		}
		errs = append(errs, pointer(fmt.Sprintf("payload_fields[%d]", i), p))
	}
	if len(upperCase(s.Statuses)) != len(s.Statuses) {
		errs = append(errs, errors.New("statuses: a word is there twice, in upper and lower case"))
	}
	for _, word := range slices.Sorted(maps.Keys(s.Statuses)) {
		if meaning := s.Statuses[word]; meaning != "pending" && meaning != "success" && meaning != "failed" {
			errs = append(errs, fmt.Errorf("statuses.%s: %q is none of pending, success, failed", word, meaning))
		}
	}
	if s.Reversal != "" && s.Reversal != ReversalTotal && s.Reversal != ReversalEach {
		errs = append(errs, fmt.Errorf("reversal: %q is none of total, each", s.Reversal))
	}
	if s.Revision < 0 {
		errs = append(errs, fmt.Errorf("revision: %d is less than 0", s.Revision))
	}
	return errors.Join(append(errs, validateNamespace(s.Namespace), s.IDs.validate(), validateCountries(s.PhoneCountries))...)
}

func pointer(key, p string) error {
	if p != "" && !strings.HasPrefix(p, "/") {
		return fmt.Errorf("%s: %q is no JSON pointer: it begins with /", key, p)
	}
	return nil
}
