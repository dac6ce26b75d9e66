package lox24

import "github.com/tributary-hq/tributary/ingest/proof"

// HeaderToken is the header in which LOX24 sends the token of its webhook settings ([3P]
// Symfony's LOX24 bridge wants it since May 2026). It is a shared secret like one in
// another place.
const HeaderToken = "X-LOX24-Token" //nolint:gosec // A header's name, no secret.

// Provider returns LOX24's authentication and request settings.
func Provider() proof.Provider {
	return proof.Provider{PathSecret: true, New: func(s proof.Source) (proof.Authenticator, error) {
		return &authenticator{proof.NewSharedSecret(s.Secrets, HeaderToken)}, nil
	}}
}

type authenticator struct{ proof.SharedSecret }

// Body implements proof.Authenticator.
func (*authenticator) Body(r *proof.Request, body []byte) error {
	key, err := Key(body)
	if err != nil {
		return err
	}
	r.Add(key, body, r.SecretID)
	return nil
}
