package registry_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/tributary-hq/tributary/schemas/registry"
)

// says answers with one password.
func says(password string) func() (string, error) {
	return func() (string, error) { return password, nil }
}

// TestCredentialsAreReadAtEveryRequest: a password or token that was rotated holds at the
// client's next request, and one that cannot be read is named.
func TestCredentialsAreReadAtEveryRequest(t *testing.T) {
	t.Parallel()
	var holds, file atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			password = token
		}
		if password != holds.Load() {
			http.Error(w, `{"error_code":401,"message":"Unauthorized"}`, http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"schema":"\"string\""}`))
	}))
	t.Cleanup(server.Close)
	read := func() (string, error) {
		if v, _ := file.Load().(string); v != "" {
			return v, nil
		}
		return "", errors.New("/run/secrets/registry is away")
	}
	basic := newClient(t, registry.Config{URLs: []string{server.URL}, Username: "u", Password: read})
	bearer := newClient(t, registry.Config{URLs: []string{server.URL}, BearerToken: read})
	id := uint32(0)
	for _, password := range []string{"first", "second"} {
		holds.Store(password)
		file.Store(password)
		for name, c := range map[string]*registry.Client{"basic": basic, "bearer": bearer} {
			id++
			if _, err := c.SchemaByID(t.Context(), id); err != nil {
				t.Errorf("%s, %s password: %v", name, password, err)
			}
		}
	}
	file.Store("")
	if _, err := basic.SchemaByID(t.Context(), 9); err == nil || !strings.Contains(err.Error(), "/run/secrets/registry is away") {
		t.Errorf("without the file: %v", err)
	}
}

// TestAuthoritiesAreReadAtEveryConnection: a registry that has got a certificate of
// another authority is trusted once the file holds that one, by the same client.
func TestAuthoritiesAreReadAtEveryConnection(t *testing.T) {
	t.Parallel()
	f := srfake.NewRegistry()
	server := httptest.NewTLSServer(f.Handler())
	t.Cleanup(server.Close)
	var trusted atomic.Pointer[x509.CertPool]
	trusted.Store(x509.NewCertPool())
	c := newClient(t, registry.Config{URLs: []string{server.URL}, TLS: func() (*tls.Config, error) {
		return &tls.Config{RootCAs: trusted.Load(), MinVersion: tls.VersionTLS12}, nil
	}})
	if _, err := c.Register(t.Context()); !errors.Is(err, registry.ErrUnavailable) {
		t.Fatalf("an authority that is not trusted: %v, want %v", err, registry.ErrUnavailable)
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	trusted.Store(pool)
	if _, err := c.Register(t.Context()); err != nil {
		t.Errorf("once it is trusted: %v", err)
	}
	trusted.Store(x509.NewCertPool())
	if _, err := c.Register(t.Context()); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("once it is not any more: %v, want %v", err, registry.ErrUnavailable)
	}
}
