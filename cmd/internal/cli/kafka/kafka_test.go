package kafka_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/cmd/internal/cli/kafka"
)

func TestValidateReportsEveryFaultByItsKey(t *testing.T) {
	t.Parallel()
	c := kafka.DefaultConfig()
	if err := c.Validate(); err != nil {
		t.Fatalf("the defaults have faults: %v", err)
	}
	c.Brokers = []string{"nowhere"}
	c.TLS = kafka.TLS{CertFile: "client.pem"}
	c.SASL = kafka.SASL{Mechanism: "SCRAM-SHA-512"}
	err := c.Validate()
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, key := range []string{"brokers[0]: ", "tls: ", "tls.enabled: ", "sasl.username: ", "sasl.password: "} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("no fault at %q in:\n%v", key, err)
		}
	}
}

func TestOptionsNameTheSettingThatCannotBeRead(t *testing.T) {
	t.Parallel()
	c := kafka.DefaultConfig()
	c.TLS = kafka.TLS{Enabled: true, CAFile: t.TempDir() + "/absent.pem"}
	if _, err := c.Options(); err == nil || !strings.Contains(err.Error(), "kafka.tls.ca_file") {
		t.Errorf("Options: %v, want an error that names kafka.tls.ca_file", err)
	}
}
