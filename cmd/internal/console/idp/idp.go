package idp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
)

// Config is the configuration of the client.
type Config struct {
	// Issuer is the identity provider's address; empty: there is none.
	Issuer string
	// ClientID and Secret are those that the identity provider has given. A public client has no
	// secret.
	ClientID, Secret string
	// URL is the console's address as browsers see it.
	URL string
	// Scopes are asked for beside openid.
	Scopes []string
	// NameClaim has the person's name. Empty: the first of email, preferred_username, name, sub.
	NameClaim string
	// RolesClaim has the roles or groups; a dot goes into an object.
	RolesClaim string
	// Roles are the values of the claim that give a role. Without any, the values are the roles'
	// own names, with or without "tributary-" before them.
	Roles map[access.Role][]string
	// Default is the role of a person without any of them; access.None refuses the person.
	Default access.Role
	// Session is how long a person stays logged in. Default 8 h.
	Session time.Duration
	// Client asks the identity provider; nil means one with a timeout of 10 s.
	Client *http.Client
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// CallbackPath is where the identity provider sends the browser back to.
const CallbackPath = "/login/callback"

// RefusedError is an error of the person or of the identity provider's configuration, in words for
// the person.
type RefusedError struct{ text string }

// Error returns the text.
func (e *RefusedError) Error() string { return e.text }

func refusef(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// Identity is a person who has logged in.
type Identity struct {
	Name string
	Role access.Role
	// Until is when the session ends.
	Until time.Time
	// Back is where the person wanted to go.
	Back string
	// IDToken proves to the identity provider whose session a logout ends; empty if it is too
	// long to keep.
	IDToken string
}

// Client logs people in. Make it with New.
type Client struct {
	config Config

	mu       sync.Mutex
	provider *oidc.Provider
	// failed is the error of the last discovery, and tried when that was.
	failed error
	tried  time.Time
	logins map[string]*login
	// logouts are by ticket.
	logouts map[string]*logout
}

// login is a login under way.
type login struct {
	nonce, verifier, back string
	until                 time.Time
}

// The bounds of logins.
const (
	loginTime = 10 * time.Minute
	maxLogins = 1000
	maxToken  = 8 << 10
	// again is how long a failed discovery is not tried again.
	again = 2 * time.Second
)

// New returns a client that has asked nobody.
func New(config Config) *Client {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Session <= 0 {
		config.Session = 8 * time.Hour
	}
	if config.Client == nil {
		const patience = 10 * time.Second
		config.Client = &http.Client{Timeout: patience}
	}
	return &Client{config: config, logins: map[string]*login{}, logouts: map[string]*logout{}}
}

// Host names the identity provider for people.
func (c *Client) Host() string {
	if u, err := url.Parse(c.config.Issuer); err == nil {
		return u.Host
	}
	return c.config.Issuer
}

// Check returns an error if the issuer does not answer.
func (c *Client) Check(ctx context.Context) error {
	_, err := c.discover(ctx)
	return err
}

// discover asks the issuer for its addresses, until it has answered once.
func (c *Client) discover(ctx context.Context) (*oidc.Provider, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.config.Now()
	if c.provider != nil || c.failed != nil && now.Sub(c.tried) < again {
		return c.provider, c.failed
	}
	// The provider keeps the client for later requests, not the context.
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.config.Client), c.config.Issuer)
	c.provider, c.failed, c.tried = provider, nil, now
	if err != nil {
		c.provider, c.failed = nil, fmt.Errorf("the identity provider %s does not answer: %w", c.config.Issuer, err)
	}
	return c.provider, c.failed
}

func (c *Client) oauth(provider *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: c.config.ClientID, ClientSecret: c.config.Secret, Endpoint: provider.Endpoint(),
		RedirectURL: strings.TrimSuffix(c.config.URL, "/") + CallbackPath, Scopes: append([]string{oidc.ScopeOpenID}, c.config.Scopes...),
	}
}

// Begin returns the identity provider's address to log in at, and the secret that the browser must
// bring back.
func (c *Client) Begin(ctx context.Context, back string) (address, state string, err error) {
	provider, err := c.discover(ctx)
	if err != nil {
		return "", "", err
	}
	state = rand.Text()
	l := &login{nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), back: back, until: c.config.Now().Add(loginTime)}
	if err := c.keep(state, l); err != nil {
		return "", "", err
	}
	return c.oauth(provider).AuthCodeURL(state, oidc.Nonce(l.nonce), oauth2.S256ChallengeOption(l.verifier)), state, nil
}

// keep stores a login, and drops those that are too old.
func (c *Client) keep(state string, l *login) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.config.Now()
	maps.DeleteFunc(c.logins, func(_ string, old *login) bool { return now.After(old.until) })
	if len(c.logins) >= maxLogins {
		return refusef("too many people are logging in: try again")
	}
	c.logins[state] = l
	return nil
}

// take ends a login: it can be used once.
func (c *Client) take(state string) *login {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.logins[state]
	delete(c.logins, state)
	if l != nil && c.config.Now().After(l.until) {
		return nil
	}
	return l
}

// Finish reads the identity provider's answer; kept is the secret that the browser brought back.
func (c *Client) Finish(ctx context.Context, answer url.Values, kept string) (*Identity, error) {
	state := answer.Get("state")
	if state == "" || state != kept {
		return nil, refusef("this login was not begun in this browser: begin again")
	}
	l := c.take(state)
	if l == nil {
		return nil, refusef("this login is used up or too old: begin again")
	}
	if code := answer.Get("error"); code != "" {
		return nil, refusef("the identity provider has refused the login: %.200s", code)
	}
	provider, err := c.discover(ctx)
	if err != nil {
		return nil, err
	}
	ctx = oidc.ClientContext(ctx, c.config.Client)
	token, err := c.oauth(provider).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(l.verifier))
	if err != nil {
		return nil, fmt.Errorf("the identity provider does not take the code: %w", exchangeError(err))
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("the identity provider has sent no ID token")
	}
	signed, err := provider.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), c.config.Client), &oidc.Config{ClientID: c.config.ClientID, Now: c.config.Now}).Verify(ctx, raw)
	if err != nil {
		return nil, fmt.Errorf("the ID token is not valid: %w", err)
	}
	if signed.Nonce != l.nonce {
		return nil, refusef("the ID token belongs to another login: begin again")
	}
	identity, err := c.identity(signed, l.back)
	if err == nil && len(raw) <= maxToken {
		identity.IDToken = raw
	}
	return identity, err
}

// exchangeError leaves the answer's body out, which may have a token.
func exchangeError(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Errorf("status %d, %.100s", refused.Response.StatusCode, refused.ErrorCode)
	}
	return err
}
