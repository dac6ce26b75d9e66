package voximplant

import "github.com/tributary-hq/tributary/ingest/proof"

// Provider returns Voximplant's authentication and request settings.
func Provider() proof.Provider {
	return proof.Provider{
		Parts: []proof.Part{{Name: "api_key"}, {Name: "salt", Optional: true}},
		New: func(s proof.Source) (proof.Authenticator, error) {
			a := &authenticator{}
			for i := range s.Secrets {
				secret := &s.Secrets[i]
				a.secrets = append(a.secrets, Secret{ID: secret.ID, Salt: secret.Parts["salt"], APIKey: secret.Parts["api_key"]})
			}
			return a, nil
		},
	}
}

type authenticator struct{ secrets []Secret }

// Head implements proof.Authenticator: only the body proves its items.
func (*authenticator) Head(*proof.Request) (string, error) { return "", nil }

// Body implements proof.Authenticator. The proven items of a batch are taken even if
// others are refused.
func (a *authenticator) Body(r *proof.Request, body []byte) error {
	batch, err := Split(body, a.secrets)
	if err != nil {
		return err
	}
	r.Records, r.Refused = batch.Items, batch.Refused
	if len(batch.Refused) > 0 {
		r.Refusal = proof.Unproven("hash")
		r.Refusal.Detail = "the hashes of the callbacks named in refused do not prove them"
	}
	return nil
}
