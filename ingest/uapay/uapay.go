// Package uapay verifies UAPAY's callbacks.
//
//	{"token": "<header>.<claims>.<signature>"} ─► HS256 with each secret ─► uapay:<paymentId>
//
// It promises that a token is only good under HS256 with one of the source's own
// secrets, used as the raw string ([SDK] the official plugins: not
// base64-decoded). The age of iat says nothing: UAPAY's own example carries an
// iat older than its postbackTime, and retries come a day later ([S] 004).
//
// golang-jwt checks the signature. This package splits the token itself: there is only one
// algorithm to support, and the maps of the library's parser cost more than the rest of
// the request. The tests use that parser as the reference: a token that it refuses is never
// accepted here.
package uapay

import (
	"bytes"
	"encoding/base64"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// Secret is one secret of a source: the secretKey of UAPAY's cabinet.
type Secret struct {
	// ID names the secret in the raw record's header.
	ID string
	// Key is the secret as it stands in the cabinet.
	Key []byte
}

// Verifier checks callbacks against the secrets of a source. It is safe for use
// by several goroutines.
type Verifier struct {
	secrets  []Secret
	encoding *base64.Encoding
}

// NewVerifier returns a verifier; without secrets it refuses everything. An empty
// key is passed over: anybody has it.
func NewVerifier(secrets []Secret) *Verifier {
	v := &Verifier{encoding: base64.RawURLEncoding.Strict()}
	for i := range secrets {
		if len(secrets[i].Key) > 0 {
			v.secrets = append(v.secrets, secrets[i])
		}
	}
	return v
}

// Verify returns the raw key of a callback and the id of the secret that signed
// it.
func (v *Verifier) Verify(body []byte) (rawKey, secretID string, err error) {
	text, err := tokenOf(body)
	if err != nil {
		return "", "", err
	}
	t, ok := v.split(text)
	switch {
	case !ok:
		return "", "", proof.Unproven("token_malformed")
	case !isHS256(t.header):
		return "", "", proof.Unproven("token_algorithm")
	}
	if secretID, ok = v.signer(&t); !ok {
		return "", "", proof.Unproven("token_signature")
	}
	id, ok := paymentID(t.claims)
	if !ok {
		return "", "", proof.Envelope("claims_not_object", "the token's claims are not a JSON object")
	}
	return proof.Key(raw.ProviderUAPAY, "uapay:", id, body), secretID, nil
}

// token is a token taken apart and decoded.
type token struct {
	signed                    []byte // header and claims as they were sent
	header, claims, signature []byte
}

// split takes a token apart: three parts in base64url without padding. The
// decoder passes over line breaks, which no token has.
func (v *Verifier) split(text []byte) (t token, ok bool) {
	first, last := bytes.IndexByte(text, '.'), bytes.LastIndexByte(text, '.')
	if first < 0 || first == last || bytes.IndexByte(text[first+1:last], '.') >= 0 || bytes.ContainsAny(text, "\r\n") {
		return token{}, false
	}
	t.signed = text[:last]
	decoded := make([]byte, 0, len(text))
	for _, part := range []struct {
		from []byte
		to   *[]byte
	}{{text[:first], &t.header}, {text[first+1 : last], &t.claims}, {text[last+1:], &t.signature}} {
		before := len(decoded)
		var err error
		if decoded, err = v.encoding.AppendDecode(decoded, part.from); err != nil {
			return token{}, false
		}
		*part.to = decoded[before:len(decoded):len(decoded)]
	}
	return t, true
}

// isHS256 reports whether the token's header names HS256. It refuses a header that
// names its algorithm twice, which parsers could read differently, and one with "crit",
// which lists extensions that must be understood (RFC 7515).
func isHS256(header []byte) bool {
	s := jsonscan.New(header)
	algorithms, fits := 0, false
	for s.BeginObject(); ; {
		name, more := s.NextKey()
		if !more {
			break
		}
		switch {
		case string(name) == "alg" && s.Kind() == jsonscan.String:
			algorithms++
			fits = string(s.Bytes()) == "HS256"
		case string(name) == "alg", string(name) == "crit":
			return false
		default:
			s.Skip()
		}
	}
	return s.End() == nil && algorithms == 1 && fits
}

// signer checks the signature with every secret, even after one matched, so that the
// time does not reveal which one.
func (v *Verifier) signer(t *token) (id string, ok bool) {
	signed := string(t.signed)
	for i := range v.secrets {
		if jwt.SigningMethodHS256.Verify(signed, t.signature, v.secrets[i].Key) == nil {
			id, ok = v.secrets[i].ID, true
		}
	}
	return id, ok
}

// tokenOf returns the envelope's token. It refuses two of them, because ingest could
// verify one and the processor read the other. It checks no other field of the
// envelope: the signature covers only the token.
func tokenOf(body []byte) ([]byte, error) {
	s := jsonscan.NewLoose(body)
	if s.Kind() != jsonscan.Object {
		return nil, proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	var text []byte
	seen, isString := 0, false
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		if string(key) != "token" {
			s.Skip()
			continue
		}
		seen++
		if isString = s.Kind() == jsonscan.String; isString {
			text = s.Bytes()
		} else {
			s.Skip()
		}
	}
	switch err := s.End(); {
	case err != nil:
		return nil, proof.NotJSON(err)
	case seen == 0:
		return nil, proof.Envelope("token_missing", `the body has no "token"`)
	case seen > 1:
		return nil, proof.Envelope("token_repeated", `the body has more than one "token"`)
	case !isString:
		return nil, proof.Envelope("token_not_string", `"token" is not a string`)
	}
	return text, nil
}

// paymentID returns the claims' paymentId. It returns nothing if they lack it, repeat
// it or are invalid JSON at its place: the token is authentic all the same, and the
// processor decides how to handle it. ok is false for claims that are not an object.
func paymentID(claims []byte) (id []byte, ok bool) {
	s := jsonscan.NewLoose(claims)
	if s.Kind() != jsonscan.Object {
		return nil, false
	}
	seen := 0
	for s.BeginObject(); ; {
		name, more := s.NextKey()
		if !more {
			break
		}
		if string(name) == "paymentId" {
			seen++
			if k := s.Kind(); k == jsonscan.String || k == jsonscan.Number {
				id = s.Text()
				continue
			}
		}
		s.Skip()
	}
	if s.End() != nil {
		return nil, jsonscan.IsObject(claims)
	}
	if seen != 1 {
		return nil, true
	}
	return id, true
}
