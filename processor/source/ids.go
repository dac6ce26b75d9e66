package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// IDs are the rules by which free ids of a source (correlation ids, references, ids of
// cards and operations) leave the restricted topics unchanged. All other ids leave as
// an HMAC, which is the same wherever the id occurs.
type IDs struct {
	// Characters are allowed in an id in addition to ASCII letters and digits. Empty
	// means DefaultCharacters.
	Characters string `json:"characters" koanf:"characters" yaml:"characters"`
	// MaxLength is how many bytes an id may have; 0 means DefaultMaxLength.
	MaxLength int `json:"max_length" koanf:"max_length" yaml:"max_length"`
	// Allow names the kinds of ids that leave the restricted topics unchanged although
	// they do not look like ids: AllowCards, AllowPhones, AllowText. Empty means none.
	Allow []string `json:"allow" koanf:"allow" yaml:"allow"`
}

// The defaults of IDs.
const (
	DefaultCharacters = "._:-"
	DefaultMaxLength  = 64
)

// The rules of IDs that a source can switch off.
const (
	// AllowCards lets texts of 13 to 19 digits with a card number's check digit pass.
	AllowCards = "cards"
	// AllowPhones lets phone numbers pass.
	AllowPhones = "phones"
	// AllowText lets any characters pass, at any length.
	AllowText = "text"
)

// Allows reports whether a rule is switched off.
func (i *IDs) Allows(rule string) bool { return slices.Contains(i.Allow, rule) }

func (i *IDs) withDefaults() IDs {
	filled := *i
	if i.Characters == "" {
		filled.Characters = DefaultCharacters
	}
	if i.MaxLength == 0 {
		filled.MaxLength = DefaultMaxLength
	}
	return filled
}

func (i *IDs) validate() error {
	var errs []error
	for _, c := range i.Characters {
		if c <= ' ' || c >= 0x7f {
			errs = append(errs, fmt.Errorf("ids.characters: %q is not a visible ASCII character", c))
		}
	}
	if i.MaxLength < 0 || i.MaxLength > maxIDLength {
		errs = append(errs, fmt.Errorf("ids.max_length: %d is not within 1 to %d", i.MaxLength, maxIDLength))
	}
	for n, rule := range i.Allow {
		if rule != AllowCards && rule != AllowPhones && rule != AllowText {
			errs = append(errs, fmt.Errorf("ids.allow[%d]: %q is none of %s, %s, %s", n, rule, AllowCards, AllowPhones, AllowText))
		}
	}
	return errors.Join(errs...)
}

// maxIDLength is the length of the longest id that ingest uses as a key.
const maxIDLength = 256

// validateCountries checks the list of phone_countries.
func validateCountries(countries []string) error {
	var errs []error
	for i, country := range countries {
		if !phonenumbers.GetSupportedRegions()[country] {
			errs = append(errs, fmt.Errorf("phone_countries[%d]: %q is no country with phone numbers, as ISO 3166 writes it (DE, UA)", i, country))
		}
	}
	return errors.Join(errs...)
}

// validateNamespace refuses a namespace with which a key could look like another kind
// of key: a colon ends a namespace, and pseudonyms begin with reserved words.
func validateNamespace(namespace string) error {
	switch {
	case strings.ContainsAny(namespace, ": \t\n"):
		return fmt.Errorf("namespace: %q holds a colon or white space", namespace)
	case namespace == strings.TrimSuffix(PhonePrefix, ":"), namespace == strings.TrimSuffix(HMACPrefix, ":"):
		return fmt.Errorf("namespace: %q begins the pseudonyms of ids: choose another", namespace)
	}
	return nil
}

// A pseudonym of an id is a prefix, the key's id, a colon and an HMAC in hexadecimal
// digits. An id from outside that begins with such a prefix never leaves unchanged.
const (
	// PhonePrefix begins the pseudonym of a phone number. The HMAC is the same as in
	// phone fields.
	PhonePrefix = "phone:"
	// HMACPrefix begins the pseudonym of any other text.
	HMACPrefix = "hmac:"
)
