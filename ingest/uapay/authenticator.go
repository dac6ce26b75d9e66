package uapay

import "github.com/tributary-hq/tributary/ingest/proof"

// Provider returns UAPAY's authentication and request settings.
func Provider() proof.Provider {
	return proof.Provider{New: func(s proof.Source) (proof.Authenticator, error) {
		secrets := make([]Secret, len(s.Secrets))
		for i := range s.Secrets {
			secrets[i] = Secret{ID: s.Secrets[i].ID, Key: []byte(s.Secrets[i].Text)}
		}
		return &authenticator{NewVerifier(secrets)}, nil
	}}
}

type authenticator struct{ verifier *Verifier }

// Head implements proof.Authenticator: only the body proves its sender.
func (*authenticator) Head(*proof.Request) (string, error) { return "", nil }

// Body implements proof.Authenticator.
func (a *authenticator) Body(r *proof.Request, body []byte) error {
	key, secretID, err := a.verifier.Verify(body)
	if err != nil {
		return err
	}
	r.Add(key, body, secretID)
	return nil
}
