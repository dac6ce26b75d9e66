package idp

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
)

// logout is a browser on its way to the identity provider's logout.
type logout struct {
	address string
	until   time.Time
}

// logoutTime is how long a browser may take to its next request.
const logoutTime = time.Minute

// BeginLogout prepares the end of a session at the identity provider, where that is offered
// (RP-initiated logout). It returns a ticket for EndLogout: the address has the ID token, which is to
// stand in no page. The ticket is empty if the identity provider has no such address.
func (c *Client) BeginLogout(ctx context.Context, idToken string) (ticket string, err error) {
	provider, err := c.discover(ctx)
	if err != nil {
		return "", err
	}
	var document struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&document); err != nil {
		return "", fmt.Errorf("read the identity provider's addresses: %w", err)
	}
	address, err := url.Parse(document.EndSession)
	if err != nil || address.Host == "" || address.Scheme != "https" && !strings.HasPrefix(c.config.Issuer, address.Scheme+"://") {
		return "", nil // an address that a browser cannot open is none
	}
	query := address.Query()
	query.Set("client_id", c.config.ClientID)
	query.Set("post_logout_redirect_uri", strings.TrimSuffix(c.config.URL, "/")+"/")
	if idToken != "" {
		query.Set("id_token_hint", idToken)
	}
	address.RawQuery = query.Encode()
	ticket = rand.Text()
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.config.Now()
	maps.DeleteFunc(c.logouts, func(_ string, old *logout) bool { return now.After(old.until) })
	if len(c.logouts) >= maxLogins {
		return "", nil
	}
	c.logouts[ticket] = &logout{address.String(), now.Add(logoutTime)}
	return ticket, nil
}

// EndLogout returns the address of a ticket, once; empty if there is none.
func (c *Client) EndLogout(ticket string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.logouts[ticket]
	delete(c.logouts, ticket)
	if l == nil || c.config.Now().After(l.until) {
		return ""
	}
	return l.address
}
