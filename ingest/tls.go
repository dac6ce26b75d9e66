package ingest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// certificateCheck is how often, at most, handshakes look whether a file changed.
const certificateCheck = time.Second

// certificates are the port's TLS settings, read from files that change under it.
type certificates struct {
	files   TLS
	now     func() time.Time
	logger  *slog.Logger
	expiry  prometheus.Gauge
	reloads *reloads

	current atomic.Pointer[tls.Config]
	checked atomic.Int64 // when the files were last looked at, in Unix nanoseconds
	mu      sync.Mutex
	seen    [3]stamp // guarded by mu: the files as they were last read, or tried
}

// stamp is the state of a file by which a change is detected.
type stamp struct {
	modified time.Time
	size     int64
}

// pair is a loaded certificate and key, with the state of the files they came from.
type pair struct {
	config *tls.Config
	expiry time.Time
	seen   [3]stamp
}

// listenerConfig returns the settings of the port: every handshake takes those of
// the newest files.
func (c *certificates) listenerConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: protocols(),
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			c.look()
			return c.current.Load(), nil
		},
	}
}

func protocols() []string { return []string{"h2", "http/1.1"} }

// load reads the files and changes nothing.
func (c *certificates) load() (*pair, error) {
	// The stamps come first: a file that changes meanwhile is read again.
	p := &pair{seen: c.stamps()}
	certificate, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		return p, fmt.Errorf("tls: the certificate cannot be used: %w", err)
	}
	p.expiry = certificate.Leaf.NotAfter
	p.config = &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: protocols(), Certificates: []tls.Certificate{certificate}}
	if c.files.ClientCAFile == "" {
		return p, nil
	}
	text, err := os.ReadFile(c.files.ClientCAFile)
	if err != nil {
		return p, fmt.Errorf("tls.client_ca_file: %w", err)
	}
	p.config.ClientCAs = x509.NewCertPool()
	if !p.config.ClientCAs.AppendCertsFromPEM(text) {
		return p, errors.New("tls.client_ca_file: holds no certificate")
	}
	p.config.ClientAuth = tls.RequireAndVerifyClientCert
	return p, nil
}

// use makes p the certificate of all later handshakes.
func (c *certificates) use(p *pair) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = p.seen
	c.current.Store(p.config)
	c.expiry.Set(float64(p.expiry.Unix()))
}

// look loads the files again if one of them changed. If they do not match, for instance
// because only one of the two has been written yet, the old certificate stays in use.
func (c *certificates) look() {
	before, now := c.checked.Load(), c.now().UnixNano()
	if now-before < int64(certificateCheck) || !c.checked.CompareAndSwap(before, now) {
		return
	}
	c.mu.Lock()
	unchanged := c.stamps() == c.seen
	c.mu.Unlock()
	if unchanged {
		return
	}
	p, err := c.load()
	if err != nil {
		c.mu.Lock()
		c.seen = p.seen // said once, and tried again when a file changes again
		c.mu.Unlock()
		c.reloads.failed(reloadCertificate)
		c.logger.Error("the changed certificate is not used", slog.String("error", err.Error()))
		return
	}
	c.use(p)
	c.reloads.done(reloadCertificate)
	c.logger.Info("the certificate was reloaded", slog.Time("expires", p.expiry))
}

func (c *certificates) stamps() (out [3]stamp) {
	for i, name := range []string{c.files.CertFile, c.files.KeyFile, c.files.ClientCAFile} {
		if info, err := os.Stat(name); name != "" && err == nil {
			out[i] = stamp{modified: info.ModTime(), size: info.Size()}
		}
	}
	return out
}
