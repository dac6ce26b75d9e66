// Package embedded is a Kafka broker and a schema registry in the program itself,
// on loopback ports of their own choosing: for the demo and for tests. Nothing is
// kept when it is closed.
//
//	Start ─► kfake cluster + srfake registry ─► Brokers, RegistryURL
package embedded

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/sr/srfake"
)

// Stack is a running broker and registry.
type Stack struct {
	// cluster is nil if the brokers are others'.
	cluster  *kfake.Cluster
	brokers  []string
	registry *srfake.Registry
}

// Start runs both. It needs no network but loopback.
func Start() (*Stack, error) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		return nil, fmt.Errorf("start the embedded broker: %w", err)
	}
	return &Stack{cluster: cluster, brokers: cluster.ListenAddrs(), registry: srfake.New()}, nil
}

// Beside runs a registry beside a cluster that runs already.
func Beside(brokers []string) *Stack { return &Stack{brokers: brokers, registry: srfake.New()} }

// Registry runs a registry alone and returns its address and how to end it.
func Registry() (url string, stop func()) {
	r := srfake.New()
	return r.URL(), r.Close
}

// RegistryHandler returns a registry to serve on a port of one's own.
func RegistryHandler() http.Handler { return srfake.NewRegistry().Handler() }

// Brokers returns the broker's addresses.
func (s *Stack) Brokers() []string { return s.brokers }

// RegistryURL returns the registry's address.
func (s *Stack) RegistryURL() string { return s.registry.URL() }

// Cluster returns the broker, for faults.
func (s *Stack) Cluster() *kfake.Cluster { return s.cluster }

// Close stops both.
func (s *Stack) Close() error {
	if s.registry == nil {
		return errors.New("the embedded stack is closed already")
	}
	if s.cluster != nil {
		s.cluster.Close()
	}
	s.registry.Close()
	s.cluster, s.registry = nil, nil
	return nil
}
