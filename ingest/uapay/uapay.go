// Package uapay verifies UAPAY's callbacks.
//
//	{"token": "<JWT>"} ─► HS256 over the claims with each secret ─► uapay:<paymentId>
//
// It promises that a token is only good under HS256 with one of the source's own
// secrets, used as the raw string ([SDK] the official plugins: not
// base64-decoded). The age of iat says nothing: UAPAY's own example carries an
// iat older than its postbackTime, and retries come a day later ([S] 004).
package uapay

import (
	"bytes"
	"errors"

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
	secrets []Secret
	parser  *jwt.Parser
}

// NewVerifier returns a verifier; without secrets it refuses everything.
func NewVerifier(secrets []Secret) *Verifier {
	return &Verifier{
		secrets: secrets,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
			jwt.WithStrictDecoding(),
			jwt.WithoutClaimsValidation(),
		),
	}
}

// Verify returns the raw key of a callback and the id of the secret that signed
// it.
func (v *Verifier) Verify(body []byte) (key, secretID string, err error) {
	token, err := tokenOf(body)
	if err != nil {
		return "", "", err
	}
	var claims claimsText
	algorithmFits := false
	_, err = v.parser.ParseWithClaims(token, &claims, func(t *jwt.Token) (any, error) {
		algorithmFits = true
		s := v.signer(t)
		if s == nil {
			return nil, jwt.ErrTokenSignatureInvalid
		}
		secretID = s.ID
		return s.Key, nil
	})
	if err != nil {
		return "", "", proof.Unproven(reason(err, algorithmFits))
	}
	if !bytes.HasPrefix(bytes.TrimLeft(claims.raw, " \t\r\n"), []byte("{")) {
		return "", "", proof.Envelope("claims_not_object", "the token's claims are not a JSON object")
	}
	return proof.Key(raw.ProviderUAPAY, "uapay:", paymentID(claims.raw), body), secretID, nil
}

// signer tries every secret, also after one fitted, so that the time does not
// tell which it was.
func (v *Verifier) signer(t *jwt.Token) *Secret {
	if t.Method != jwt.SigningMethodHS256 {
		return nil
	}
	signed := t.Raw[:bytes.LastIndexByte([]byte(t.Raw), '.')]
	var found *Secret
	for i := range v.secrets {
		if t.Method.Verify(signed, t.Signature, v.secrets[i].Key) == nil {
			found = &v.secrets[i]
		}
	}
	return found
}

// reason sorts a parser's error for the metric; the caller is not told.
func reason(err error, algorithmFits bool) string {
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return "token_malformed"
	case !algorithmFits:
		return "token_algorithm"
	}
	return "token_signature"
}

// tokenOf reads the one token of the envelope. Two of them would let ingest
// verify one and the processor read the other.
func tokenOf(body []byte) (string, error) {
	s := jsonscan.New(body)
	if s.Kind() != jsonscan.Object {
		return "", proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	var token string
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
			token = s.String()
		} else {
			s.Skip()
		}
	}
	switch err := s.End(); {
	case err != nil:
		return "", proof.Envelope("not_json", "the body is not JSON that can be read: "+err.Error())
	case seen == 0:
		return "", proof.Envelope("token_missing", `the body has no "token"`)
	case seen > 1:
		return "", proof.Envelope("token_repeated", `the body has more than one "token"`)
	case !isString:
		return "", proof.Envelope("token_not_string", `"token" is not a string`)
	}
	return token, nil
}

// paymentID returns the claims' paymentId, or nothing where the claims are not
// strict JSON, lack it or repeat it: the token is authentic all the same, and
// the processor judges its meaning.
func paymentID(claims []byte) []byte {
	s := jsonscan.New(claims)
	var id []byte
	seen := 0
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		if string(key) == "paymentId" {
			seen++
			if k := s.Kind(); k == jsonscan.String || k == jsonscan.Number {
				id = s.Text()
				continue
			}
		}
		s.Skip()
	}
	if s.End() != nil || seen != 1 {
		return nil
	}
	return id
}

// claimsText takes the claims as they were sent: the parser need not build a map
// of what nobody reads. Embedding jwt.Claims makes it one; no claim is validated.
type claimsText struct {
	jwt.RegisteredClaims

	raw []byte
}

// UnmarshalJSON keeps the text.
func (c *claimsText) UnmarshalJSON(text []byte) error {
	c.raw = bytes.Clone(text)
	return nil
}
