package kafka_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/ingest"
)

// authorization is a token server: it counts its tokens, which live for so long.
func authorization(t *testing.T, seconds int) (url string, issued *atomic.Int64) {
	t.Helper()
	issued = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		if r.FormValue("grant_type") != "client_credentials" || id != "tributary" || password != "the-secret" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"%s is wrong"}`, password)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"access_token": fmt.Sprintf("token-%d-%s-%s", issued.Add(1), r.FormValue("scope"), r.FormValue("audience")),
			"token_type":   "Bearer", "expires_in": seconds,
		})
	}))
	t.Cleanup(server.Close)
	return server.URL, issued
}

func oauthConfig(url, password string) kafka.SASL {
	return kafka.SASL{Mechanism: "OAUTHBEARER", OAuth: kafka.OAuth{
		TokenURL: url, ClientID: "tributary", ClientSecret: secret.Ref{Value: ingest.Hidden(password)}, Scopes: []string{"kafka"}, Audience: "cluster",
		Extensions: map[string]string{"logicalCluster": "lkc-1"},
	}}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lives int
		want  []string
	}{
		"a token is shared":                 {3600, []string{"token-1-", "token-1-"}},
		"one about to end is fetched again": {59, []string{"token-1-", "token-2-"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := authorization(t, c.lives)
			s := oauthConfig(url, "the-secret")
			mechanism, err := kafka.Mechanism(&s)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				_, first, err := mechanism.Authenticate(t.Context(), "broker")
				if err != nil {
					t.Fatal(err)
				}
				for _, part := range []string{want + "kafka-cluster", "logicalCluster=lkc-1"} {
					if !strings.Contains(string(first), part) {
						t.Errorf("the broker is shown %q, want something with %q", first, part)
					}
				}
			}
		})
	}
}

func TestARefusedTokenTellsNoSecret(t *testing.T) {
	t.Parallel()
	url, issued := authorization(t, 3600)
	s := oauthConfig(url, "wrong-secret")
	mechanism, err := kafka.Mechanism(&s)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = mechanism.Authenticate(t.Context(), "broker")
	if err == nil || !strings.Contains(err.Error(), "401 invalid_client") {
		t.Errorf("error %v, want the status and the server's code", err)
	}
	if err != nil && strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("the error tells the secret: %v", err)
	}
	if issued.Load() != 0 {
		t.Error("a token was issued")
	}
}

func TestAnAbsentTokenServerIsNamed(t *testing.T) {
	t.Parallel()
	s := oauthConfig("http://127.0.0.1:1/token", "the-secret")
	mechanism, err := kafka.Mechanism(&s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = mechanism.Authenticate(t.Context(), "broker"); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("error %v, want the address", err)
	}
}
