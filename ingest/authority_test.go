package ingest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/ingest"
)

// authority signs certificates of tests.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.key = a.newKey()
	der := a.sign(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, Subject: pkix.Name{CommonName: "tests"}}, a.key)
	var err error
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) newKey() *ecdsa.PrivateKey {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a *authority) sign(template *x509.Certificate, key *ecdsa.PrivateKey) []byte {
	a.t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = serial, time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent := a.cert
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return der
}

// issue returns a certificate for loopback, as PEM.
func (a *authority) issue(name string) (cert, key []byte) {
	a.t.Helper()
	k := a.newKey()
	der := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, k)
	encoded, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

// files writes a certificate, its key and the authority's, and returns the setting.
func (a *authority) files(name string) ingest.TLS {
	a.t.Helper()
	dir := a.t.TempDir()
	cfg := ingest.TLS{CertFile: filepath.Join(dir, "tls.crt"), KeyFile: filepath.Join(dir, "tls.key"), ClientCAFile: filepath.Join(dir, "ca.crt")}
	a.write(&cfg, name)
	write(a.t, cfg.ClientCAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
	return cfg
}

func (a *authority) write(cfg *ingest.TLS, name string) {
	a.t.Helper()
	cert, key := a.issue(name)
	write(a.t, cfg.CertFile, cert)
	write(a.t, cfg.KeyFile, key)
}

// write makes sure that the file's time changes, whatever the file system's clock.
func write(t *testing.T, name string, text []byte) {
	t.Helper()
	modified := time.Now()
	if info, err := os.Stat(name); err == nil {
		modified = info.ModTime().Add(time.Second)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, modified, modified); err != nil {
		t.Fatal(err)
	}
}

// secure makes the rig's client trust the authority, and show certificates. It
// returns the client's way to connect.
func (r *rig) secure(a *authority, certificates ...tls.Certificate) *http.Transport {
	r.url = strings.Replace(r.url, "http://", "https://", 1)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	r.client.CloseIdleConnections()
	transport := &http.Transport{
		ForceAttemptHTTP2: true, DisableKeepAlives: true,
		TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: certificates},
	}
	r.client = &http.Client{Transport: transport}
	return transport
}

// served returns the name on the certificate that a new connection is shown.
func (r *rig) served(a *authority) string {
	r.t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	conn, err := tls.Dial("tcp", r.service.Addr(), &tls.Config{RootCAs: pool})
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}
