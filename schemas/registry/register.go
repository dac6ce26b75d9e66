package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/tributary-hq/tributary/schemas"
)

// Compatibility is what every subject of ours is held to: each version reads what
// each other one wrote, so that old records and old consumers live on.
const Compatibility = "FULL_TRANSITIVE"

// Result says how one subject stands.
type Result struct {
	// Topic is the topic's name without prefix, Subject the registry's name.
	Topic   string `json:"topic"`
	Subject string `json:"subject"`
	// ID and Version are the registry's, 0 if the schema is not registered.
	ID      uint32 `json:"id"`
	Version int    `json:"version"`
	// Registered says whether the registry knows the schema of this version.
	Registered bool `json:"registered"`
	// Created says whether Register made it known.
	Created bool `json:"created"`
}

// Register makes the schema of every Avro topic known and holds its subject to
// FULL_TRANSITIVE. What is there already stays as it is: to call it again changes
// nothing. It goes on after an error, and reports all of them.
func (c *Client) Register(ctx context.Context) ([]Result, error) {
	return c.each(ctx, c.register)
}

// Status tells which schemas the registry knows, and changes nothing.
func (c *Client) Status(ctx context.Context) ([]Result, error) {
	return c.each(ctx, c.lookup)
}

func (c *Client) each(ctx context.Context, do func(context.Context, schemas.Topic) (Result, error)) ([]Result, error) {
	topics := avroTopics()
	results := make([]Result, 0, len(topics))
	var errs []error
	for _, t := range topics {
		bounded, cancel := context.WithTimeout(ctx, c.config.Timeout)
		result, err := do(bounded, t)
		cancel()
		if err != nil {
			errs = append(errs, fmt.Errorf("subject %s: %w", result.Subject, err))
		}
		results = append(results, result)
		if errors.Is(err, ErrUnavailable) {
			break // the next one would only wait as long
		}
	}
	return results, errors.Join(errs...)
}

// lookup asks for the schema of this version; not to know it is no error.
func (c *Client) lookup(ctx context.Context, t schemas.Topic) (Result, error) {
	result := Result{Topic: t.Name, Subject: c.config.Names.Subject(t.Name)}
	text, ok := schemas.AVSC(t.Schema)
	if !ok {
		return result, fmt.Errorf("topic %s has no schema named %s", t.Name, t.Schema)
	}
	found, err := c.sr.LookupSchema(ctx, result.Subject, sr.Schema{Schema: text})
	if err != nil {
		if err = classify(err); errors.Is(err, ErrNotRegistered) {
			err = nil
		}
		return result, err
	}
	result.ID, result.Version, result.Registered = uint32(found.ID), found.Version, true //nolint:gosec // a registry's ids have 32 bits
	return result, nil
}

func (c *Client) register(ctx context.Context, t schemas.Topic) (Result, error) {
	result, err := c.lookup(ctx, t)
	if err != nil {
		return result, err
	}
	// The subject's own level is set before its first version, so that a laxer
	// default of the registry never judges one of ours.
	for _, set := range c.sr.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFullTransitive}, result.Subject) {
		if set.Err != nil {
			return result, fmt.Errorf("set compatibility: %w", classify(set.Err))
		}
	}
	if result.Registered {
		return result, nil
	}
	text, _ := schemas.AVSC(t.Schema)
	created, err := c.sr.CreateSchema(ctx, result.Subject, sr.Schema{Schema: text})
	if err != nil {
		return result, classify(err)
	}
	result.ID, result.Version = uint32(created.ID), created.Version //nolint:gosec // a registry's ids have 32 bits
	result.Registered, result.Created = true, true
	return result, nil
}
