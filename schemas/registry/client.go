// Package registry is the client of a Confluent-compatible schema registry.
//
//	register: .avsc ──► subject (FULL_TRANSITIVE) ──► id          once, by a person
//	resolve:  .avsc ──► id, kept on disk                          at a start
//	read:     id ──► schema text, kept in memory                  tail, trace, audit
//
// Registering is explicit and idempotent; nothing registers on the way. Resolving
// works while the registry is away if it worked before, so no start and no round
// waits for it.
package registry

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/tributary-hq/tributary/schemas"
)

var (
	// ErrConfig is wrapped by every error of Config.Validate.
	ErrConfig = errors.New("schema registry configuration")
	// ErrNotRegistered says that the registry does not know a schema of this version.
	ErrNotRegistered = errors.New("schema is not registered")
	// ErrUnavailable says that the registry did not answer, or answered with an error of its
	// own.
	ErrUnavailable = errors.New("schema registry is not available")
	// ErrAnswer says that the answer from the registry's address is not one of a schema
	// registry: no id, an invalid id, or another schema.
	ErrAnswer = errors.New("the answer is not a schema registry's: check registry.urls and any proxy in front of it")
	// ErrUnsupported says that the registry's schema is not plain Avro.
	ErrUnsupported = errors.New("not a plain avro schema")
)

// defaultTimeout bounds one request.
const defaultTimeout = 5 * time.Second

// Config is the registry's address and the client's settings.
type Config struct {
	// URLs are the registry's addresses, tried in turn; at least one. Credentials
	// do not belong in them.
	URLs []string
	// Username and Password are for HTTP Basic; empty means none. Password is called at
	// every request, so that it may change.
	Username string
	Password func() (string, error)
	// BearerToken returns the token to send instead of Basic. It is called at every
	// request; nil means none.
	BearerToken func() (string, error)
	// TLS returns the settings for https addresses. It is called at every connection;
	// nil means the system's roots.
	TLS func() (*tls.Config, error)
	// Timeout bounds one request; zero means 5 s.
	Timeout time.Duration
	// CacheFile is where Resolve keeps the ids; empty means nowhere.
	CacheFile string
	// Names gives topics, and so subjects, their prefix.
	Names schemas.Names
}

// Validate reports every fault at once; an error wraps ErrConfig.
func (c *Config) Validate() error {
	var errs []error
	fault := func(text string) { errs = append(errs, fmt.Errorf("%w: %s", ErrConfig, text)) }
	if len(c.URLs) == 0 {
		fault("at least one url is required")
	}
	for i, address := range c.URLs {
		u, err := url.Parse(address)
		switch {
		case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
			fault(fmt.Sprintf("url %d is not an http or https address", i+1))
		case u.User != nil:
			fault(fmt.Sprintf("url %d holds credentials: they belong in username and password", i+1))
		}
	}
	if (c.Username == "") != (c.Password == nil) {
		fault("username and password belong together")
	}
	if c.Username != "" && c.BearerToken != nil {
		fault("both a password and a bearer token are set")
	}
	if c.Timeout < 0 {
		fault("timeout is negative")
	}
	return errors.Join(errs...)
}

// Client talks to one registry. It is for use by several goroutines.
type Client struct {
	config Config
	sr     *sr.Client

	mu    sync.Mutex
	texts map[uint32]string // what SchemaByID has fetched
}

// New returns a client. It does not connect.
func New(config Config) (*Client, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	opts := []sr.ClientOpt{sr.URLs(config.URLs...), sr.UserAgent("tributary"), sr.PreReq(config.authorize)}
	if config.TLS != nil {
		opts = append(opts, sr.HTTPClient(&http.Client{Transport: transport(config.TLS), Timeout: config.Timeout}))
	}
	client, err := sr.NewClient(opts...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return &Client{config: config, sr: client, texts: map[uint32]string{}}, nil
}

// SchemaByID returns the text of a schema. Texts are cached for good, because the
// schema of an id never changes.
func (c *Client) SchemaByID(ctx context.Context, id uint32) (string, error) {
	c.mu.Lock()
	text, ok := c.texts[id]
	c.mu.Unlock()
	if ok {
		return text, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	s, err := c.sr.SchemaByID(ctx, int(id))
	if err != nil {
		return "", fmt.Errorf("schema id %d: %w", id, classify(err))
	}
	if s.Type != sr.TypeAvro || len(s.References) > 0 {
		return "", fmt.Errorf("schema id %d: %w", id, ErrUnsupported)
	}
	if s.Schema == "" {
		return "", fmt.Errorf("schema id %d: %w: it has no schema", id, ErrAnswer)
	}
	c.mu.Lock()
	c.texts[id] = s.Schema
	c.mu.Unlock()
	return s.Schema, nil
}

// classify maps the client's errors to ours: unknown to the registry, or no usable
// answer. It leaves any other error (a wrong password, an incompatible schema) as it
// is.
func classify(err error) error {
	var answer *sr.ResponseError
	if !errors.As(err, &answer) {
		if request, ok := errors.AsType[*url.Error](err); ok {
			err = request.Err // without the method and address, which the client puts there twice
		}
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	switch {
	case answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%w (%s)", ErrNotRegistered, answer.Message)
	case answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	default:
		return err
	}
}

// avroTopics are the rows of the topic table that have a schema.
func avroTopics() []schemas.Topic {
	var topics []schemas.Topic
	for _, t := range schemas.Table() {
		if t.Format == schemas.FormatAvro {
			topics = append(topics, t)
		}
	}
	return topics
}
