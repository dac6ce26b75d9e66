// Package idptest is an identity provider for tests: discovery, keys and the code flow with PKCE.
//
//	address of Begin ─► Authorize: a person agrees ─► code ─► token endpoint ─► ID token
package idptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The client that the identity provider knows.
const (
	ClientID = "tributary-console"
	Secret   = "the-client's-secret"
)

// Issuer is a running identity provider. Make it with Start.
type Issuer struct {
	URL string

	server *httptest.Server
	now    func() time.Time

	mu    sync.Mutex
	id    string
	key   *ecdsa.PrivateKey
	keys  map[string]*ecdsa.PrivateKey
	codes map[string]*grant
	// change alters the claims of the next tokens.
	change func(jwt.MapClaims)
	down   bool
	// noLogout: discovery names no end_session_endpoint.
	noLogout bool
}

// grant is the authorization behind a code: the request's nonce, PKCE challenge and redirect URI.
type grant struct{ nonce, challenge, redirect string }

// Start runs an issuer; the caller closes it.
func Start(now func() time.Time) *Issuer {
	i := &Issuer{now: now, keys: map[string]*ecdsa.PrivateKey{}, codes: map[string]*grant{}}
	i.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.serveKeys)
	mux.HandleFunc("POST /token", i.token)
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		down := i.down
		i.mu.Unlock()
		if down {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	i.URL = i.server.URL
	return i
}

// Client returns a client for its requests.
func (i *Issuer) Client() *http.Client { return i.server.Client() }

// Close ends it.
func (i *Issuer) Close() { i.server.Close() }

// Rotate signs with a new key, and forgets the old one.
func (i *Issuer) Rotate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) //nolint:forbidigo // never fails
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id, i.key = rand.Text(), key
	i.keys = map[string]*ecdsa.PrivateKey{i.id: key}
}

// Change alters the claims of the next tokens.
func (i *Issuer) Change(change func(jwt.MapClaims)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.change = change
}

// Down makes every answer a 503, or ends that.
func (i *Issuer) Down(down bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.down = down
}

// Authorize agrees to the login at an address of Begin. It returns the query and the URL of the
// redirect with which the browser comes back.
func (i *Issuer) Authorize(address string) (url.Values, *url.URL) {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) //nolint:forbidigo // a test's own address and keys
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != ClientID || q.Get("code_challenge_method") != "S256" {
		return url.Values{"error": {"invalid_request"}, "state": {q.Get("state")}}, u
	}
	code := rand.Text()
	i.mu.Lock()
	i.codes[code] = &grant{q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri")}
	i.mu.Unlock()
	answer := url.Values{"code": {code}, "state": {q.Get("state")}}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		panic(err) //nolint:forbidigo // a test's own address and keys
	}
	back.RawQuery = answer.Encode()
	return answer, back
}

// WithoutLogout leaves the end_session_endpoint out of discovery.
func (i *Issuer) WithoutLogout() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.noLogout = true
}

func (i *Issuer) endSession() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.noLogout {
		return ""
	}
	return i.URL + "/logout"
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	write(w, map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256"}, "end_session_endpoint": i.endSession(),
	})
}

func (i *Issuer) serveKeys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	keys := []map[string]string{}
	for id, key := range i.keys {
		const half = 32
		point, err := key.PublicKey.Bytes()
		if err != nil {
			panic(err) //nolint:forbidigo // a test's own address and keys
		}
		keys = append(keys, map[string]string{
			"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": id,
			"x": base64.RawURLEncoding.EncodeToString(point[1 : 1+half]), "y": base64.RawURLEncoding.EncodeToString(point[1+half:]),
		})
	}
	write(w, map[string]any{"keys": keys})
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	given := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	escaped := url.QueryEscape(Secret)
	if given == nil || id != ClientID || secret != escaped && secret != Secret || base64.RawURLEncoding.EncodeToString(sum[:]) != given.challenge || r.PostFormValue("redirect_uri") != given.redirect {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	now := i.now()
	claims := jwt.MapClaims{
		"iss": i.URL, "aud": ClientID, "sub": "0815", "email": "anna@example.org", "nonce": given.nonce,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "groups": []string{"staff", "tributary-operator"},
	}
	if i.change != nil {
		i.change(claims)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = i.id
	signed, err := token.SignedString(i.key)
	if err != nil {
		panic(err) //nolint:forbidigo // a test's own address and keys
	}
	write(w, map[string]any{"access_token": "an-access-token", "token_type": "Bearer", "id_token": signed})
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) //nolint:errchkjson // a client that is gone reads no answer
}
