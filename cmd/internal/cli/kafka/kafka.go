// Package kafka makes Kafka client options of the configuration: one place for
// brokers, TLS and SASL, for every client of the program.
//
//	Config ─► Validate ─► Options ─► ingest, processor, topics, tail
package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

// Config is how to reach the cluster.
type Config struct {
	// Brokers are the bootstrap addresses, host:port.
	Brokers []string `json:"brokers" koanf:"brokers" yaml:"brokers"`
	// ClientID names the program in the brokers' logs and quotas.
	ClientID string `json:"client_id" koanf:"client_id" yaml:"client_id"`
	// Prefix is put before every topic, group and transactional id, separator
	// included.
	Prefix string `json:"prefix" koanf:"prefix" yaml:"prefix"`
	// DialTimeout bounds a connection attempt.
	DialTimeout time.Duration `json:"dial_timeout" koanf:"dial_timeout" yaml:"dial_timeout"`
	TLS         TLS           `json:"tls" koanf:"tls" yaml:"tls"`
	SASL        SASL          `json:"sasl" koanf:"sasl" yaml:"sasl"`

	// Waiting, if set, is called once if no broker answers within Patience, with the last failure of a connection.
	Waiting func(cause error) `json:"-" koanf:"-" yaml:"-"`
}

// TLS is how connections are encrypted.
type TLS struct {
	// Enabled turns TLS on.
	Enabled bool `json:"enabled" koanf:"enabled" yaml:"enabled"`
	// CAFile holds the certificates to trust; empty means the system's.
	CAFile string `json:"ca_file" koanf:"ca_file" yaml:"ca_file"`
	// CertFile and KeyFile are our own certificate, for mutual TLS. Both, and CAFile
	// for Kafka, are read again at every connection.
	CertFile string `json:"cert_file" koanf:"cert_file" yaml:"cert_file"`
	KeyFile  string `json:"key_file" koanf:"key_file" yaml:"key_file"`
	// ServerName overrides the name the brokers' certificates are checked for.
	ServerName string `json:"server_name" koanf:"server_name" yaml:"server_name"`
	// InsecureSkipVerify accepts any certificate. For a test cluster only; refused
	// without a reason beside it.
	InsecureSkipVerify bool `json:"insecure_skip_verify" koanf:"insecure_skip_verify" yaml:"insecure_skip_verify"`
	// InsecureReason says why any certificate is accepted.
	InsecureReason string `json:"insecure_reason" koanf:"insecure_reason" yaml:"insecure_reason"`
}

// SASL is who we are to the brokers.
type SASL struct {
	// Mechanism is PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER; empty means
	// none.
	Mechanism string `json:"mechanism" koanf:"mechanism" yaml:"mechanism"`
	Username  string `json:"username" koanf:"username" yaml:"username"`
	// Password is for PLAIN and SCRAM; a file is read again at every connection.
	Password secret.Ref `json:"password" koanf:"password" yaml:"password"`
	// Token is for OAUTHBEARER; a file is read again at every connection, so that
	// whatever renews it need not restart us.
	Token secret.Ref `json:"token" koanf:"token" yaml:"token"`
	// OAuth fetches the tokens for OAUTHBEARER instead.
	OAuth OAuth `json:"oauth" koanf:"oauth" yaml:"oauth"`
}

// DefaultConfig is a broker on this machine.
func DefaultConfig() Config {
	return Config{Brokers: []string{"127.0.0.1:9092"}, ClientID: "tributary", DialTimeout: 10 * time.Second}
}

// mechanisms returns the supported SASL mechanisms.
func mechanisms() []string {
	return []string{"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"}
}

// Validate reports every fault at once; each begins with its key.
func (c *Config) Validate() error {
	var errs []error
	if len(c.Brokers) == 0 {
		errs = append(errs, errors.New("brokers: name at least one, host:port"))
	}
	for i, b := range c.Brokers {
		if !strings.Contains(b, ":") {
			errs = append(errs, fmt.Errorf("brokers[%d]: %q has no port", i, b))
		}
	}
	if err := c.TLS.Validate(); err != nil {
		errs = append(errs, err)
	}
	if !slices.Contains(mechanisms(), c.SASL.Mechanism) {
		errs = append(errs, fmt.Errorf("sasl.mechanism: %q is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER", c.SASL.Mechanism))
	}
	switch c.SASL.Mechanism {
	case "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512":
		if c.SASL.Username == "" {
			errs = append(errs, errors.New("sasl.username: needed for "+c.SASL.Mechanism))
		}
		if err := c.SASL.Password.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("sasl.password: %w", err))
		}
	case "OAUTHBEARER":
		given := c.SASL.Token != secret.Ref{}
		switch err := c.SASL.Token.Validate(); {
		case c.SASL.OAuth.TokenURL != "" && given:
			errs = append(errs, errors.New("sasl.token: give a token or oauth.token_url, not both"))
		case c.SASL.OAuth.TokenURL == "" && !given:
			errs = append(errs, errors.New("sasl.mechanism: OAUTHBEARER needs sasl.token or sasl.oauth.token_url"))
		case given && err != nil:
			errs = append(errs, fmt.Errorf("sasl.token: %w", err))
		}
	}
	if err := c.SASL.OAuth.Validate(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Validate reports every fault at once; each begins with its key, tls included.
func (t *TLS) Validate() error {
	var errs []error
	if (t.CertFile == "") != (t.KeyFile == "") {
		errs = append(errs, errors.New("tls: cert_file and key_file go together"))
	}
	if !t.Enabled && (t.CAFile != "" || t.CertFile != "") {
		errs = append(errs, errors.New("tls.enabled: certificates are given but TLS is off"))
	}
	if t.InsecureSkipVerify && t.InsecureReason == "" {
		errs = append(errs, errors.New("tls.insecure_skip_verify: accepts any certificate, so whoever is between reads codes and phones; "+
			"name the authority in ca_file, or say in insecure_reason why it must be"))
	}
	return errors.Join(errs...)
}

// Options returns the options every client of the program has. The certificate and
// password files are read here, so that a fault shows at the start, and again at every
// connection, so that a rotation needs no restart.
func (c *Config) Options() ([]kgo.Opt, error) {
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(c.ClientID),
		kgo.DialTimeout(c.DialTimeout),
	}
	if c.Waiting != nil {
		opts = append(opts, kgo.WithHooks(NewSilence(c.Waiting)))
	}
	if c.TLS.Enabled {
		if _, err := c.TLS.Config("kafka.tls"); err != nil {
			return nil, err
		}
		opts = append(opts, kgo.Dialer(c.dialTLS))
	}
	mechanism, err := c.SASL.mechanism()
	if err != nil {
		return nil, err
	}
	if mechanism != nil {
		opts = append(opts, kgo.SASL(mechanism))
	}
	return opts, nil
}

// dialTLS opens a connection with the certificates that the files hold now. kgo's own
// dialer keeps one tls.Config, whose authorities can't change.
func (c *Config) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	config, err := c.TLS.Config("kafka.tls")
	if err != nil {
		return nil, err
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: c.DialTimeout}, Config: config}
	return dialer.DialContext(ctx, network, address)
}

// Config reads the certificate files. Our own certificate is read again at every
// handshake; the authorities are not. An error begins with the setting below at.
func (t *TLS) Config(at string) (*tls.Config, error) {
	config := &tls.Config{
		MinVersion: tls.VersionTLS12, ServerName: t.ServerName,
		InsecureSkipVerify: t.InsecureSkipVerify, //nolint:gosec // only where the configuration says so, and config check warns
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("%s.ca_file: %w", at, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s.ca_file: %s holds no certificate", at, t.CAFile)
		}
	}
	if t.CertFile != "" {
		if _, err := t.pair(at); err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return t.pair(at) }
	}
	return config, nil
}

func (t *TLS) pair(at string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("%s.cert_file: %w", at, err)
	}
	return &pair, nil
}

func (s *SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		return nil, nil //nolint:nilnil // none is an answer
	case "OAUTHBEARER":
		if s.OAuth.TokenURL != "" {
			return s.OAuth.mechanism()
		}
		extensions := maps.Clone(s.OAuth.Extensions)
		return oauth.Oauth(func(context.Context) (oauth.Auth, error) {
			token, err := s.Token.Resolve()
			return oauth.Auth{Token: token, Extensions: extensions}, err
		}), nil
	}
	if _, err := s.password(); err != nil {
		return nil, err
	}
	if s.Mechanism == "PLAIN" {
		return plain.Plain(func(context.Context) (plain.Auth, error) {
			password, err := s.password()
			return plain.Auth{User: s.Username, Pass: password}, err
		}), nil
	}
	auth := func(context.Context) (scram.Auth, error) {
		password, err := s.password()
		return scram.Auth{User: s.Username, Pass: password}, err
	}
	if s.Mechanism == "SCRAM-SHA-256" {
		return scram.Sha256(auth), nil
	}
	return scram.Sha512(auth), nil
}

func (s *SASL) password() (string, error) {
	password, err := s.Password.Resolve()
	if err != nil {
		return "", fmt.Errorf("kafka.sasl.password: %w", err)
	}
	return password, nil
}
