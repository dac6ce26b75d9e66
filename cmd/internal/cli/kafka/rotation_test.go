package kafka_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

// dials counts the connections of a client, and can close them.
type dials struct {
	made atomic.Int64
	last atomic.Pointer[net.Conn]
}

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (d *dials) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, conn net.Conn, err error) {
	if err == nil {
		d.made.Add(1)
		d.last.Store(&conn)
	}
}

// ping wants an answer over a connection made after the last ping.
func (d *dials) ping(t *testing.T, client *kgo.Client) error {
	t.Helper()
	if conn := d.last.Load(); conn != nil {
		_ = (*conn).Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	before := d.made.Load()
	for d.made.Load() == before {
		if err := client.Ping(ctx); err != nil && d.made.Load() == before && d.last.Load() == nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return client.Ping(ctx)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPasswordIsReadAtEveryConnection: after a rotation in the broker and in the file
// a new connection of the same client succeeds.
func TestPasswordIsReadAtEveryConnection(t *testing.T) {
	t.Parallel()
	for name, mechanism := range map[string]kadm.ScramMechanism{"SCRAM-SHA-256": kadm.ScramSha256, "SCRAM-SHA-512": kadm.ScramSha512} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("PLAIN", "admin", "admin"), kfake.User(name, "trib", "first"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(broker.Close)
			config := kafka.DefaultConfig()
			config.Brokers = broker.ListenAddrs()
			admin := kadm.NewClient(client(t, kafka.Config{
				Brokers: config.Brokers, DialTimeout: time.Minute,
				SASL: kafka.SASL{Mechanism: "PLAIN", Username: "admin", Password: secret.Ref{Value: "admin"}},
			}))
			file := filepath.Join(t.TempDir(), "password")
			write(t, file, "first\n")
			config.SASL = kafka.SASL{Mechanism: name, Username: "trib", Password: secret.Ref{File: file}}
			var conns dials
			c := client(t, config, kgo.WithHooks(&conns))
			if err := conns.ping(t, c); err != nil {
				t.Fatalf("before the rotation: %v", err)
			}
			altered, err := admin.AlterUserSCRAMs(t.Context(), nil, []kadm.UpsertSCRAM{{User: "trib", Mechanism: mechanism, Iterations: 4096, Password: "second"}})
			if err == nil {
				err = altered.Error()
			}
			if err != nil {
				t.Fatal(err)
			}
			write(t, file, "second\n")
			if err := conns.ping(t, c); err != nil {
				t.Errorf("after the rotation: %v", err)
			}
		})
	}
}

// TestPlainPasswordIsReadAtEveryConnection: PLAIN shows the password in its first
// message.
func TestPlainPasswordIsReadAtEveryConnection(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "password")
	write(t, file, "first")
	s := kafka.SASL{Mechanism: "PLAIN", Username: "trib", Password: secret.Ref{File: file}}
	mechanism, err := kafka.Mechanism(&s)
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{"first", "second"} {
		write(t, file, password)
		if _, first, err := mechanism.Authenticate(t.Context(), "broker"); err != nil || !strings.HasSuffix(string(first), "\x00"+password) {
			t.Errorf("the broker is shown %q, %v, want the password %q", first, err, password)
		}
	}
}

// TestCertificatesAreReadAtEveryConnection: the cluster changes its authority, which
// signs the broker's certificate and ours.
func TestCertificatesAreReadAtEveryConnection(t *testing.T) {
	t.Parallel()
	var serves atomic.Pointer[tls.Config]
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.TLS(&tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return serves.Load(), nil },
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	dir := t.TempDir()
	config := kafka.DefaultConfig()
	config.Brokers = broker.ListenAddrs()
	config.TLS = kafka.TLS{
		Enabled: true, CAFile: filepath.Join(dir, "ca.pem"), CertFile: filepath.Join(dir, "client.pem"), KeyFile: filepath.Join(dir, "client.key"),
	}
	rotate := func() { serves.Store(authority(t, &config.TLS)) }
	rotate()
	var conns dials
	c := client(t, config, kgo.WithHooks(&conns))
	for _, when := range []string{"before", "after"} {
		if err := conns.ping(t, c); err != nil {
			t.Fatalf("%s the rotation: %v", when, err)
		}
		rotate()
	}
}

// TestClientSecretIsReadForEveryToken: the secret of OAuth's client is rotated, too.
func TestClientSecretIsReadForEveryToken(t *testing.T) {
	t.Parallel()
	url, issued := authorization(t, 59) // so short that each connection fetches one
	s := oauthConfig(url, "")
	file := filepath.Join(t.TempDir(), "secret")
	write(t, file, "an-older-secret")
	s.OAuth.ClientSecret = secret.Ref{File: file}
	mechanism, err := kafka.Mechanism(&s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := mechanism.Authenticate(t.Context(), "broker"); err == nil {
		t.Fatal("the older secret is taken")
	}
	write(t, file, "the-secret")
	if _, _, err := mechanism.Authenticate(t.Context(), "broker"); err != nil || issued.Load() != 1 {
		t.Errorf("%d tokens, %v", issued.Load(), err)
	}
}

func client(t *testing.T, config kafka.Config, more ...kgo.Opt) *kgo.Client {
	t.Helper()
	options, err := config.Options()
	if err != nil {
		t.Fatal(err)
	}
	c, err := kgo.NewClient(append(options, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// authority makes an authority with certificates for the broker and for the files of a
// client. It returns the broker's settings.
func authority(t *testing.T, files *kafka.TLS) *tls.Config {
	t.Helper()
	ca, caKey := certificate(t, nil, nil)
	brokerCert, brokerKey := certificate(t, ca, caKey)
	clientCert, clientKey := certificate(t, ca, caKey)
	key, err := x509.MarshalECPrivateKey(clientKey)
	if err != nil {
		t.Fatal(err)
	}
	encode := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	write(t, files.CAFile, encode("CERTIFICATE", ca.Raw))
	write(t, files.CertFile, encode("CERTIFICATE", clientCert.Raw))
	write(t, files.KeyFile, encode("EC PRIVATE KEY", key))
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return &tls.Config{
		MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
		Certificates: []tls.Certificate{{Certificate: [][]byte{brokerCert.Raw}, PrivateKey: brokerKey}},
	}
}

// certificate makes one signed by the authority; without any it is an authority.
func certificate(t *testing.T, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: serial.String()}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, IsCA: ca == nil,
	}
	parent, signer := ca, caKey
	if ca == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out, key
}
