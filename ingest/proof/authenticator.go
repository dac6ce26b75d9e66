package proof

import (
	"net/http"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// Authenticator checks the requests of one source by its provider's rules. It is safe
// for use by several goroutines. An error is a *Refusal.
type Authenticator interface {
	// Head checks the header and the path before the body is read. It returns the id of the secret that proves the
	// sender, or "" where only the body can prove it.
	Head(r *Request) (secretID string, err error)
	// Body checks the body, and adds its records to the request.
	Body(r *Request, body []byte) error
}

// Request is the part of a request that authenticators see, and the result.
type Request struct {
	// Header is the request's header, Secret the last segment of its path where the
	// provider's path may carry a secret.
	Header http.Header
	Secret string
	// SecretID is the result of Head.
	SecretID string
	// Now is the time at which the request is handled.
	Now time.Time

	// Records are the proven records. Refused are the indexes of a batch's other items,
	// and Refusal is the answer if there are any.
	Records []Record
	Refused []int
	Refusal *Refusal

	one [1]Record // the array of Records, for nearly every request has one
}

// Record is a proven record of a request.
type Record struct {
	// Key is its raw key, Value its bytes as they stand in the body.
	Key   string
	Value []byte
	// SecretID names the secret that proved it.
	SecretID string
	// Index is its place in a batch.
	Index int
	// Headers are stored with the record, beyond those that every record has.
	Headers []raw.Header
}

// Add adds the only record of a request.
func (r *Request) Add(key string, value []byte, secretID string) {
	r.one[0] = Record{Key: key, Value: value, SecretID: secretID}
	r.Records = r.one[:]
}

// Items returns how many items the request has, the refused included.
func (r *Request) Items() int { return len(r.Records) + len(r.Refused) }

// Provider has a provider's authentication and request settings; the rest is its row in the
// provider table.
type Provider struct {
	// New makes the authenticator of a source. An error names the fault of a setting.
	New func(Source) (Authenticator, error)
	// PathSecret is set if the path may end with a secret.
	PathSecret bool
	// Forms is set if the body may be a form as well as JSON.
	Forms bool
	// Relays is set if our own callers may reach the provider's API through ingest.
	Relays bool
	// Parts are the settings that a secret consists of; none means that it is one text.
	Parts []Part
}

// Part is a part of a secret.
type Part struct {
	Name     string
	Optional bool
}

// Source is the settings of a source, its secrets loaded.
type Source struct {
	ID      string
	Secrets []Secret
	// Correlation are the JSON pointers of its correlation ids, where the whole body is
	// the provider's event.
	Correlation []string
	// Tolerance is how far the time of a signature may be from ours; zero means as the
	// provider specifies.
	Tolerance time.Duration
}

// Secret is one secret of a source.
type Secret struct {
	// ID names it in records, metrics and logs.
	ID string
	// Text is the secret; Parts are its parts by name where it has several.
	Text  string
	Parts map[string]string
}

// HeaderSecret is a request header that may carry a shared secret.
const HeaderSecret = "X-Tributary-Secret" //nolint:gosec // A header's name, no secret.

// SharedSecret is an Authenticator's Head for providers that sign nothing: it compares
// the request's credential with the source's secrets.
type SharedSecret struct {
	secrets Secrets
	header  string
}

// NewSharedSecret returns a check of shared secrets. header is a header of the
// provider's own that may carry one, "" for none.
func NewSharedSecret(of []Secret, header string) SharedSecret {
	s := SharedSecret{header: header}
	for i := range of {
		s.secrets.Add(of[i].ID, of[i].Text)
	}
	return s
}

// Head implements Authenticator.
func (s *SharedSecret) Head(r *Request) (secretID string, err error) {
	credential := r.Credential()
	if credential == "" && s.header != "" {
		credential = r.Header.Get(s.header)
	}
	secretID, ok := s.secrets.Match(credential)
	if !ok {
		return "", Unproven("secret")
	}
	return secretID, nil
}

// Credential returns the secret that the request carries, from the first of these
// places that is not empty: path, X-Tributary-Secret, X-Authorization, Authorization.
// It returns "", which matches no secret, if all are.
func (r *Request) Credential() string {
	if r.Secret != "" {
		return r.Secret
	}
	if v := r.Header.Get(HeaderSecret); v != "" {
		return v
	}
	if v, ok := scheme(r.Header.Get("X-Authorization"), "AccessKey"); ok {
		return v
	}
	authorization := r.Header.Get("Authorization")
	if authorization == "" {
		return ""
	}
	if _, password, ok := (&http.Request{Header: r.Header}).BasicAuth(); ok {
		return password
	}
	v, _ := scheme(authorization, "Bearer")
	return v
}

// scheme removes the authorization scheme from a header; it returns false if the header
// has another scheme.
func scheme(header, name string) (string, bool) {
	if len(header) <= len(name) || !strings.EqualFold(header[:len(name)], name) || header[len(name)] != ' ' {
		return "", false
	}
	return strings.TrimLeft(header[len(name):], " "), true
}
