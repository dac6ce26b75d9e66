package ingest

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/ingest/intake"
)

// Config is the settings of ingest.
type Config struct {
	// Listen is the address of the webhooks' port, "host:port". Port 0 takes a free
	// one.
	Listen string `json:"listen" koanf:"listen" yaml:"listen"`
	// TLS is the port's certificate. Empty means plain HTTP, for a port behind a
	// proxy that ends TLS. With it HTTP/2 is spoken too.
	TLS TLS `json:"tls" koanf:"tls" yaml:"tls"`
	// AnswerDeadline is how long a request waits for Kafka before it is answered
	// 503. The record may be stored later; the provider's retry is then a duplicate.
	AnswerDeadline time.Duration `json:"answer_deadline" koanf:"answer_deadline" yaml:"answer_deadline"`
	// KafkaCheckInterval is about how often a probe asks Kafka, while no record is
	// written, whether it would take one: so an outage is known before the first
	// webhook, and its end without one. 0 disables the probe.
	KafkaCheckInterval time.Duration `json:"kafka_check_interval" koanf:"kafka_check_interval" yaml:"kafka_check_interval"`
	// Linger is how long records wait for others to share a produce request. A record
	// that comes while no other is being written, and few are, does not wait.
	Linger time.Duration `json:"linger" koanf:"linger" yaml:"linger"`
	// Compression of the raw topics: none, lz4, snappy or zstd.
	Compression string `json:"compression" koanf:"compression" yaml:"compression"`
	// MaxBufferedBytes bounds the records that wait for Kafka, in bytes. Beyond it
	// requests are answered 503.
	MaxBufferedBytes int64 `json:"max_buffered_bytes" koanf:"max_buffered_bytes" yaml:"max_buffered_bytes"`
	// MaxBodyBytes bounds one request's body, in bytes.
	MaxBodyBytes int64 `json:"max_body_bytes" koanf:"max_body_bytes" yaml:"max_body_bytes"`
	// MaxInFlightBytes bounds the bodies of all requests being handled, in bytes. Room
	// is taken as bytes arrive. Unproven bodies have half of it at most, those for one
	// source a quarter, those of one address an eighth; the oldest of them makes room.
	MaxInFlightBytes int64 `json:"max_in_flight_bytes" koanf:"max_in_flight_bytes" yaml:"max_in_flight_bytes"`
	// MaxConnections limits the open connections. A new connection replaces the one
	// that was unused longest and has no proven request; if there is none, it waits.
	MaxConnections int `json:"max_connections" koanf:"max_connections" yaml:"max_connections"`
	// MaxConnectionsPerAddress limits the connections of one address (for IPv6, of one
	// /64), except those of trusted_proxies. 0 means no limit.
	MaxConnectionsPerAddress int `json:"max_connections_per_address" koanf:"max_connections_per_address" yaml:"max_connections_per_address"`
	// ReadHeaderTimeout, ReadTimeout and IdleTimeout bound the reading of a
	// request's headers, of the whole request, and the wait for the next one.
	ReadHeaderTimeout time.Duration `json:"read_header_timeout" koanf:"read_header_timeout" yaml:"read_header_timeout"`
	ReadTimeout       time.Duration `json:"read_timeout" koanf:"read_timeout" yaml:"read_timeout"`
	IdleTimeout       time.Duration `json:"idle_timeout" koanf:"idle_timeout" yaml:"idle_timeout"`
	// AccessLog writes a line for every request: the route, never the path.
	AccessLog bool `json:"access_log" koanf:"access_log" yaml:"access_log"`
	// TrustedProxies are the networks (CIDR) whose X-Forwarded-For is believed.
	TrustedProxies []string `json:"trusted_proxies" koanf:"trusted_proxies" yaml:"trusted_proxies"`
	// Sources are the accounts that may send webhooks. SIGHUP reads them again.
	Sources []Source `json:"sources" koanf:"sources" yaml:"sources"`
}

// TLS names PEM files. They are read again on SIGHUP, and when one of them has
// changed.
type TLS struct {
	// CertFile holds the certificate chain.
	CertFile string `json:"cert_file" koanf:"cert_file" yaml:"cert_file"`
	// KeyFile holds the private key.
	KeyFile string `json:"key_file" koanf:"key_file" yaml:"key_file"`
	// ClientCAFile holds the authorities that sign the senders' client certificates. If
	// it is set, a connection without such a certificate is refused; if it is empty,
	// none is requested.
	ClientCAFile string `json:"client_ca_file" koanf:"client_ca_file" yaml:"client_ca_file"`
}

// The largest body that fits a raw record of 1 MiB with its key and headers.
const (
	recordBytes = 1 << 20
	headerRoom  = 16 << 10
)

// DefaultConfig returns the settings of an ordinary process, without sources.
func DefaultConfig() Config {
	return Config{
		Listen:                   ":8080",
		AnswerDeadline:           5 * time.Second,
		KafkaCheckInterval:       5 * time.Second,
		Linger:                   5 * time.Millisecond,
		Compression:              "lz4",
		MaxBufferedBytes:         64 << 20,
		MaxBodyBytes:             512 << 10,
		MaxInFlightBytes:         64 << 20,
		MaxConnections:           4096,
		MaxConnectionsPerAddress: 1024,

		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		AccessLog:         true,
	}
}

// Fault is one fault of the configuration.
type Fault struct { //nolint:errname // It is a finding of a check, listed beside others.
	// Path is the setting, "sources[2].secrets[0].file".
	Path string
	// Message describes the fault and names a valid setting.
	Message string
}

// Error implements error.
func (f *Fault) Error() string { return f.Path + ": " + f.Message }

// faults collects the faults that a check finds.
type faults []error

func (f *faults) addf(path, format string, args ...any) {
	*f = append(*f, &Fault{Path: path, Message: fmt.Sprintf(format, args...)})
}

// Validate reports every fault at once, as joined *Fault errors. It reads no file
// and no environment variable; Start does.
func (c *Config) Validate() error {
	var f faults
	if c.Listen == "" {
		f.addf("listen", "must be host:port")
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		f.addf("tls", "cert_file and key_file go together")
	}
	if c.TLS.ClientCAFile != "" && c.TLS.CertFile == "" {
		f.addf("tls.client_ca_file", "needs cert_file and key_file: without TLS nobody shows a certificate")
	}
	for path, v := range map[string]int64{
		"answer_deadline":     int64(c.AnswerDeadline),
		"max_body_bytes":      c.MaxBodyBytes,
		"max_connections":     int64(c.MaxConnections),
		"max_buffered_bytes":  c.MaxBufferedBytes,
		"read_header_timeout": int64(c.ReadHeaderTimeout),
		"read_timeout":        int64(c.ReadTimeout),
		"idle_timeout":        int64(c.IdleTimeout),
	} {
		if v <= 0 {
			f.addf(path, "must be more than zero")
		}
	}
	if c.KafkaCheckInterval < 0 {
		f.addf("kafka_check_interval", "must not be less than zero; zero never asks")
	}
	if c.Linger < 0 || c.Linger >= c.AnswerDeadline {
		f.addf("linger", "must be from zero to under answer_deadline (%v)", c.AnswerDeadline)
	}
	if c.MaxBodyBytes > recordBytes-headerRoom {
		f.addf("max_body_bytes", "%d does not fit a raw record of %d bytes with its headers; at most %d", c.MaxBodyBytes, recordBytes, recordBytes-headerRoom)
	}
	if smallest := intake.Smallest(c.MaxBodyBytes); c.MaxInFlightBytes < smallest {
		f.addf("max_in_flight_bytes", "must be at least %d for a max_body_bytes of %d: unproven bodies have half of it", smallest, c.MaxBodyBytes)
	}
	if c.MaxConnectionsPerAddress < 0 {
		f.addf("max_connections_per_address", "must not be less than zero; zero means no bound")
	}
	if _, ok := compression(c.Compression); !ok {
		f.addf("compression", "%q is none of none, lz4, snappy, zstd", c.Compression)
	}
	networks(&f, "trusted_proxies", c.TrustedProxies)
	validateSources(&f, c.Sources)
	return errors.Join(f...)
}

// networks parses CIDR prefixes; a bare address is a network of one.
func networks(f *faults, path string, texts []string) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(texts))
	for i, text := range texts {
		if addr, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			f.addf(fmt.Sprintf("%s[%d]", path, i), "%q is not a network such as 192.0.2.0/24", text)
			continue
		}
		out = append(out, prefix.Masked())
	}
	return out
}

// compression returns the client's option for a codec's name.
func compression(name string) (option kgo.Opt, ok bool) {
	codec := kgo.NoCompression()
	switch name {
	case "none", "":
	case "lz4":
		codec = kgo.Lz4Compression()
	case "snappy":
		codec = kgo.SnappyCompression()
	case "zstd":
		codec = kgo.ZstdCompression()
	default:
		return nil, false
	}
	return kgo.ProducerBatchCompression(codec), true
}
