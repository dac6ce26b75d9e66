package unibell

import "github.com/tributary-hq/tributary/ingest/proof"

// Provider returns Unibell's authentication and request settings.
func Provider() proof.Provider {
	return proof.Provider{PathSecret: true, Forms: true, Relays: true, New: func(s proof.Source) (proof.Authenticator, error) {
		return &authenticator{proof.NewSharedSecret(s.Secrets, ""), s.ID}, nil
	}}
}

type authenticator struct {
	proof.SharedSecret

	source string
}

// Body implements proof.Authenticator.
func (a *authenticator) Body(r *proof.Request, body []byte) error {
	key, err := StatusKey(a.source, r.Header.Get("Content-Type"), body)
	if err != nil {
		return err
	}
	r.Add(key, body, r.SecretID)
	return nil
}
