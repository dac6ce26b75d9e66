package ingest

import (
	"errors"
	"time"
)

// CheckFiles reads the secrets and the certificate that Start would read, and returns every fault;
// each names its setting.
func CheckFiles(cfg Config) error {
	_, err := open(cfg.Sources, nil, newMetrics(time.Now))
	if cfg.TLS.CertFile == "" {
		return err
	}
	m := newMetrics(time.Now)
	c := &certificates{files: cfg.TLS, now: time.Now, expiry: m.certificate, reloads: m.reloads}
	_, certificate := c.load()
	return errors.Join(err, certificate)
}
