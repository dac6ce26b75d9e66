package config

import (
	"crypto/rand"
	_ "embed" // the example
	"encoding/hex"
	"regexp"
	"strings"
)

//go:embed example.yaml
var example string

// Example returns a complete, commented file. A test checks that it has every setting.
func Example() string { return example }

// secretVariable is a secret that the example takes from the environment.
var secretVariable = regexp.MustCompile(`env: TRIBUTARY_\w+`)

// Development returns the example for the broker of `make kafka-start`: its address, one replica, a
// simulated Unibell on this machine, and a random value for every secret.
func Development() string {
	text := secretVariable.ReplaceAllStringFunc(example, func(string) string {
		const bytes = 32
		secret := make([]byte, bytes)
		_, _ = rand.Read(secret) // it never fails
		return `value: "` + hex.EncodeToString(secret) + `"`
	})
	return strings.NewReplacer(
		"brokers: [127.0.0.1:9092]", "brokers: [127.0.0.1:19092]",
		"replication_factor: 3", "replication_factor: 1",
		"min_insync_replicas: 2", "min_insync_replicas: 1",
		"https://api.unibell.ru", "http://127.0.0.1:8099",
	).Replace(text)
}
