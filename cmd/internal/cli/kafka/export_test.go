package kafka

import "github.com/twmb/franz-go/pkg/sasl"

// Mechanism is what a connection authenticates with.
func Mechanism(s *SASL) (sasl.Mechanism, error) { return s.mechanism() }
