package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

// OAuth is where OAUTHBEARER tokens are fetched: client credentials, RFC 6749
// section 4.4.
type OAuth struct {
	// TokenURL is the authorization server's endpoint; empty means a static token.
	TokenURL string `json:"token_url" koanf:"token_url" yaml:"token_url"`
	ClientID string `json:"client_id" koanf:"client_id" yaml:"client_id"`
	// ClientSecret is read again for every token.
	ClientSecret secret.Ref `json:"client_secret" koanf:"client_secret" yaml:"client_secret"`
	// Scopes are asked for, if any.
	Scopes []string `json:"scopes" koanf:"scopes" yaml:"scopes"`
	// Audience is asked for by the parameter some servers want; empty means none.
	Audience string `json:"audience" koanf:"audience" yaml:"audience"`
	// CAFile holds the certificates to trust for TokenURL; empty means the system's.
	CAFile string `json:"ca_file" koanf:"ca_file" yaml:"ca_file"`
	// Extensions go to the brokers beside the token (RFC 7628), such as a hosted
	// cluster's logicalCluster.
	Extensions map[string]string `json:"extensions" koanf:"extensions" yaml:"extensions"`
}

const (
	// tokenTimeout bounds one request for a token.
	tokenTimeout = 10 * time.Second
	// renewBefore is how long before its end a token is replaced: a broker ends a
	// session with its token, so a connection must not begin with one about to end.
	renewBefore = time.Minute
)

// Validate reports every fault at once; each begins with its key.
func (o *OAuth) Validate() error {
	if o.TokenURL == "" {
		if o.ClientID != "" || o.ClientSecret != (secret.Ref{}) || len(o.Scopes) > 0 || o.Audience != "" || o.CAFile != "" {
			return errors.New("sasl.oauth.token_url: needed for the other settings beside it")
		}
		return nil
	}
	var errs []error
	u, err := url.Parse(o.TokenURL)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		errs = append(errs, errors.New("sasl.oauth.token_url: not an http or https address"))
	case u.User != nil:
		errs = append(errs, errors.New("sasl.oauth.token_url: holds credentials: they belong in client_id and client_secret"))
	case u.Scheme == "http" && !loopback(u.Hostname()):
		errs = append(errs, errors.New("sasl.oauth.token_url: http sends the client's secret in the clear; use https"))
	}
	if o.ClientID == "" {
		errs = append(errs, errors.New("sasl.oauth.client_id: needed with token_url"))
	}
	if err := o.ClientSecret.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("sasl.oauth.client_secret: %w", err))
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// mechanism fetches a token when the first connection is made and again before it
// ends; connections share it.
func (o *OAuth) mechanism() (sasl.Mechanism, error) {
	fetch := fetcher{o}
	if _, _, err := fetch.read(); err != nil { // a fault shows at the start
		return nil, err
	}
	tokens := oauth2.ReuseTokenSourceWithExpiry(nil, fetch, renewBefore)
	return oauth.Oauth(func(context.Context) (oauth.Auth, error) {
		token, err := tokens.Token()
		if err != nil {
			return oauth.Auth{}, o.sanitize(err)
		}
		return oauth.Auth{Token: token.AccessToken, Extensions: maps.Clone(o.Extensions)}, nil
	}), nil
}

// fetcher fetches a token anew at each call, with the secret and the authorities that
// the files hold then. The library's own source keeps a token with a margin of its own.
type fetcher struct{ o *OAuth }

// Token implements oauth2.TokenSource.
func (f fetcher) Token() (*oauth2.Token, error) {
	credentials, transport, err := f.read()
	if err != nil {
		return nil, err
	}
	defer transport.CloseIdleConnections()
	// The token outlives the connection that asks for it, so its request has a timeout
	// instead of the connection's context.
	client := &http.Client{Timeout: tokenTimeout, Transport: transport}
	return credentials.Token(context.WithValue(context.Background(), oauth2.HTTPClient, client))
}

// read reads the files.
func (f fetcher) read() (*clientcredentials.Config, *http.Transport, error) {
	o := f.o
	password, err := o.ClientSecret.Resolve()
	if err != nil {
		return nil, nil, fmt.Errorf("kafka.sasl.oauth.client_secret: %w", err)
	}
	config, err := (&TLS{CAFile: o.CAFile}).Config("kafka.sasl.oauth")
	if err != nil {
		return nil, nil, err
	}
	credentials := &clientcredentials.Config{ClientID: o.ClientID, ClientSecret: password, TokenURL: o.TokenURL, Scopes: slices.Clone(o.Scopes)}
	if o.Audience != "" {
		credentials.EndpointParams = url.Values{"audience": {o.Audience}}
	}
	return credentials, &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: config}, nil
}

// sanitize returns an error of our own, because the library's contains the server's answer,
// which may repeat the credentials.
func (o *OAuth) sanitize(err error) error {
	if answer, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Errorf("kafka.sasl.oauth: %s refuses a token with status %d %s; look at client_id, client_secret and scopes",
			o.TokenURL, answer.Response.StatusCode, answer.ErrorCode)
	}
	return fmt.Errorf("kafka.sasl.oauth: fetch a token: %w", err)
}
