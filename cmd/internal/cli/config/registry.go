package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// Validate reports all faults at once; each begins with its key.
func (r *Registry) Validate() error {
	var errs []error
	fault := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(r.URLs) == 0 {
		fault("urls: name at least one address")
	}
	secure := false
	for i, address := range r.URLs {
		u, err := url.Parse(address)
		switch {
		case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
			fault("urls[%d]: not an http or https address", i)
		case u.User != nil:
			fault("urls[%d]: holds credentials: they belong in username and password", i)
		default:
			secure = secure || u.Scheme == "https"
		}
	}
	password, token := r.Password != secret.Ref{}, r.Token != secret.Ref{}
	if r.Username == "" && password {
		fault("username: needed with password")
	}
	if err := r.Password.Validate(); r.Username != "" && err != nil {
		fault("password: %w", err)
	}
	if err := r.Token.Validate(); token && err != nil {
		fault("token: %w", err)
	}
	if token && r.Username != "" {
		fault("token: give a token or username and password, not both")
	}
	if r.TLS.Enabled && !secure && len(r.URLs) > 0 {
		fault("tls.enabled: no address of urls is https")
	}
	return errors.Join(append(errs, r.TLS.Validate())...)
}

// clear reports whether credentials would be sent over an unencrypted connection.
func (r *Registry) clear() bool {
	if r.Username == "" && r.Token == (secret.Ref{}) {
		return false
	}
	for _, address := range r.URLs {
		if strings.HasPrefix(address, "http:") {
			return true
		}
	}
	return false
}

// RegistryClient makes the client of the schema registry. It reads the certificates and
// the password or token, which the client reads again whenever it needs them.
func (c *Config) RegistryClient() (*registry.Client, error) {
	r := &c.Registry
	rc := registry.Config{URLs: r.URLs, Username: r.Username, CacheFile: r.CacheFile, Names: c.Names()}
	if r.Username != "" {
		if _, err := r.Password.Resolve(); err != nil {
			return nil, fmt.Errorf("registry.password: %w", err)
		}
		rc.Password = r.Password.Resolve
	}
	if r.Token != (secret.Ref{}) {
		if _, err := r.Token.Resolve(); err != nil {
			return nil, fmt.Errorf("registry.token: %w", err)
		}
		rc.BearerToken = r.Token.Resolve
	}
	if r.TLS.Enabled {
		rc.TLS = func() (*tls.Config, error) { return r.TLS.Config("registry.tls") }
		if _, err := rc.TLS(); err != nil {
			return nil, err
		}
	}
	client, err := registry.New(rc)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	return client, nil
}
