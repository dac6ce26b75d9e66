// Package standard verifies webhooks that are signed as Standard Webhooks specifies
// (github.com/standard-webhooks, version 1.0.0).
//
//	webhook-id . webhook-timestamp . body ─► v1: HMAC-SHA256, v1a: ed25519, with each secret
//	body ─► standard:<source>:<correlation id>, else standard:<source>:message:<webhook-id>
//
// It promises that a webhook is only good with a signature of one of the source's secrets
// over its id, time and body, and within five minutes of its time. Of several signatures in
// the header one must fit, so that a sender can rotate its secret.
//
// The key is made of the id at the first of the source's correlation pointers that has a
// value, so that the events of one order, customer or parcel are in one partition, in the
// order of their arrival. A retry has the same body, and so the same key.
//
// The parts of the signed text are joined by a dot and an id may contain one. That cannot
// be used to move bytes from one part to another: a body begins with "{", and a time
// consists of digits.
package standard

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// The headers of a webhook.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// Tolerance is how far the time of a webhook may be from ours; the specification's
// libraries use the same.
const Tolerance = 5 * time.Minute

const (
	// maxID bounds the webhook-id, so that it fits a key.
	maxID = 128
	// maxSignatures bounds the signatures that are compared.
	maxSignatures = 16
)

// The prefixes of secrets, of a shared one and of a public key.
const (
	prefixSecret = "whsec_"
	prefixPublic = "whpk_"
)

// Provider returns Standard Webhooks' authentication and request settings.
func Provider() proof.Provider {
	return proof.Provider{New: func(s proof.Source) (proof.Authenticator, error) { return New(s) }}
}

// Verifier checks the webhooks of a source. It is safe for use by several goroutines.
type Verifier struct {
	source    string
	pointers  []string
	tolerance time.Duration
	secrets   []secret
}

// secret is a shared key or a public one.
type secret struct {
	id     string
	shared []byte
	public ed25519.PublicKey
}

// New returns the verifier of a source. A secret is whsec_ and base64, or whpk_ and the
// base64 of an ed25519 public key. A text without prefix is a shared key in base64, as
// senders show it that leave the prefix out.
func New(source proof.Source) (*Verifier, error) {
	v := &Verifier{source: source.ID, pointers: source.Correlation, tolerance: cmp.Or(source.Tolerance, Tolerance)}
	for i := range source.Secrets {
		s, err := parseSecret(source.Secrets[i].Text)
		if err != nil {
			return nil, fmt.Errorf("secret %s: %w", source.Secrets[i].ID, err)
		}
		s.id = source.Secrets[i].ID
		v.secrets = append(v.secrets, s)
	}
	return v, nil
}

func parseSecret(text string) (secret, error) {
	if key, ok := strings.CutPrefix(text, prefixPublic); ok {
		public, err := base64.StdEncoding.DecodeString(key)
		if err != nil || len(public) != ed25519.PublicKeySize {
			return secret{}, errors.New("whpk_ is not followed by the base64 of an ed25519 public key (32 bytes)")
		}
		return secret{public: public}, nil
	}
	shared, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, prefixSecret))
	const least = 16
	if err != nil || len(shared) < least {
		return secret{}, fmt.Errorf("is not %s and the base64 of at least %d bytes", prefixSecret, least)
	}
	return secret{shared: shared}, nil
}

// Head implements proof.Authenticator: it checks the headers, but only the body proves its
// sender.
func (v *Verifier) Head(r *proof.Request) (string, error) {
	if !validID(r.Header.Get(HeaderID)) {
		return "", proof.Unproven("webhook_id")
	}
	at, ok := timestamp(r.Header)
	if !ok {
		return "", proof.Unproven("webhook_timestamp")
	}
	if off := r.Now.Sub(at); off > v.tolerance || off < -v.tolerance {
		return "", proof.Unproven("webhook_time")
	}
	return "", nil
}

// Body implements proof.Authenticator.
func (v *Verifier) Body(r *proof.Request, body []byte) error {
	secretID, ok := v.signer(r.Header, body)
	if !ok {
		return proof.Unproven("webhook_signature")
	}
	if jsonscan.NewLoose(body).Kind() != jsonscan.Object {
		return proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	id := r.Header.Get(HeaderID)
	r.Add(v.key(id, body), body, secretID)
	r.Records[0].Headers = []raw.Header{
		{Key: raw.HeaderWebhookID, Value: []byte(id)},
		{Key: raw.HeaderWebhookTimestamp, Value: []byte(r.Header.Get(HeaderTimestamp))},
	}
	return nil
}

// key returns the raw key.
func (v *Verifier) key(id string, body []byte) string {
	prefix := raw.ProviderStandard + ":" + v.source + ":"
	for _, pointer := range v.pointers {
		text, _ := jsonscan.Lookup(string(body), pointer)
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, raw.StandardMessage) && !strings.ContainsRune(text, utf8.RuneError) {
			return proof.Key(raw.ProviderStandard, prefix, []byte(text), body)
		}
	}
	return prefix + raw.StandardMessage + id
}

// validID reports whether a webhook-id is of visible ASCII characters.
func validID(id string) bool {
	return id != "" && len(id) <= maxID && strings.IndexFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// timestamp returns the time of the attempt: unix seconds in digits.
func timestamp(h http.Header) (time.Time, bool) {
	text := h.Get(HeaderTimestamp)
	const most = 11 // digits
	if text == "" || len(text) > most || strings.Trim(text, "0123456789") != "" {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(seconds, 0), err == nil
}

// signer checks each signature with each secret, even after one matched, so that the time
// does not reveal which.
func (v *Verifier) signer(h http.Header, body []byte) (id string, ok bool) {
	head := h.Get(HeaderID) + "." + h.Get(HeaderTimestamp) + "."
	signed := bytes.Join([][]byte{[]byte(head), body}, nil)
	given := strings.Fields(h.Get(HeaderSignature))
	if len(given) > maxSignatures {
		return "", false
	}
	for i := range v.secrets {
		if v.secrets[i].signed(signed, given) {
			id, ok = v.secrets[i].id, true
		}
	}
	return id, ok
}

// signed reports whether one of the signatures is the secret's.
func (s *secret) signed(text []byte, given []string) (ok bool) {
	var sum []byte
	if s.public == nil {
		mac := hmac.New(sha256.New, s.shared)
		mac.Write(text)
		sum = mac.Sum(nil)
	}
	for _, signature := range given {
		version, encoded, _ := strings.Cut(signature, ",")
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		switch {
		case err != nil:
		case version == "v1" && s.public == nil:
			ok = hmac.Equal(decoded, sum) || ok
		case version == "v1a" && s.public != nil:
			ok = len(decoded) == ed25519.SignatureSize && ed25519.Verify(s.public, text, decoded) || ok
		}
	}
	return ok
}
