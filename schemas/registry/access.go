package registry

import (
	"crypto/tls"
	"fmt"
	"net/http"
)

// authorize adds the current credentials to a request.
func (c *Config) authorize(r *http.Request) error {
	switch {
	case c.Username != "":
		password, err := c.Password()
		if err != nil {
			return fmt.Errorf("password: %w", err)
		}
		r.SetBasicAuth(c.Username, password)
	case c.BearerToken != nil:
		token, err := c.BearerToken()
		if err != nil {
			return fmt.Errorf("token: %w", err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return nil
}

// transport opens a connection for every request, with the current certificates. There
// are few requests: some at a start, and one for each schema that is read.
type transport func() (*tls.Config, error)

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	config, err := t()
	if err != nil {
		return nil, err
	}
	once := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, TLSHandshakeTimeout: defaultTimeout,
		DisableKeepAlives: true,
	}
	return once.RoundTrip(r)
}
