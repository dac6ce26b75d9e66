package registry

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// Compatibility is the level that every subject of ours is set to: each version can
// read records of every other version, so that old records and old consumers stay
// usable.
const Compatibility = "FULL_TRANSITIVE"

// Result is the state of one subject.
type Result struct {
	// Topic is the topic's name without prefix, Subject the registry's name.
	Topic   string `json:"topic"`
	Subject string `json:"subject"`
	// ID and Version are the registry's, 0 if the schema is not registered.
	ID      uint32 `json:"id"`
	Version int    `json:"version"`
	// Registered reports whether the registry has the schema of this version.
	Registered bool `json:"registered"`
	// Created reports whether Register registered it.
	Created bool `json:"created"`
}

// Register registers the schema of every Avro topic and sets its subject to
// FULL_TRANSITIVE. It is idempotent: existing schemas do not change. It continues after
// an error, and reports all of them.
func (c *Client) Register(ctx context.Context) ([]Result, error) {
	return c.each(ctx, c.register)
}

// Status returns which schemas the registry has, and changes nothing.
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
	return results, errors.Join(append(errs, shared(results))...)
}

// shared returns an error if several schemas have the same id.
func shared(results []Result) error {
	schemaOf := map[uint32]string{}
	for i := range results {
		r := &results[i]
		row, _ := schemas.Find(r.Topic)
		if !r.Registered {
			continue
		}
		if other, ok := schemaOf[r.ID]; ok && other != row.Schema {
			return fmt.Errorf("subject %s: %w: id %d is given to the schemas %s and %s", r.Subject, ErrAnswer, r.ID, other, row.Schema)
		}
		schemaOf[r.ID] = row.Schema
	}
	return nil
}

// lookup looks up the schema of this version; if the registry does not have it, that is
// no error.
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
	if result.ID, err = judge(found, text); err != nil {
		return result, err
	}
	result.Version, result.Registered = found.Version, true
	return result, nil
}

// judge returns the id of an answer if it can be one for a schema: ids have 31 bits in
// the clients of other languages, and a schema in the answer must be the one asked for.
// A registry may order its keys otherwise, so schemas are compared, not texts.
func judge(found sr.SubjectSchema, text string) (uint32, error) {
	if found.ID < 1 || found.ID > math.MaxInt32 {
		return 0, fmt.Errorf("%w: it gives id %d, and ids are from 1 to %d", ErrAnswer, found.ID, math.MaxInt32)
	}
	if found.Version < 1 {
		return 0, fmt.Errorf("%w: it gives version %d", ErrAnswer, found.Version)
	}
	if found.Schema.Schema == "" {
		return uint32(found.ID), nil
	}
	ours, err := schema.Parse(text)
	if err != nil {
		return 0, fmt.Errorf("parse our own schema: %w", err)
	}
	theirs, err := schema.Parse(found.Schema.Schema)
	if err != nil {
		return 0, fmt.Errorf("%w: its schema cannot be parsed: %w", ErrAnswer, err)
	}
	if found.Type != sr.TypeAvro || !schema.Same(ours, theirs) {
		return 0, fmt.Errorf("%w: under id %d it has another schema than was asked for", ErrAnswer, found.ID)
	}
	return uint32(found.ID), nil
}

func (c *Client) register(ctx context.Context, t schemas.Topic) (Result, error) {
	result, err := c.lookup(ctx, t)
	if err != nil {
		return result, err
	}
	// Set the subject's own level before its first version, so that the registry never
	// checks one of our schemas with a laxer default.
	if err := c.holdCompatible(ctx, result.Subject); err != nil {
		return result, err
	}
	if result.Registered {
		return result, nil
	}
	text, _ := schemas.AVSC(t.Schema)
	id, err := c.sr.RegisterSchema(ctx, result.Subject, sr.Schema{Schema: text}, -1, -1)
	if err != nil {
		return result, classify(err)
	}
	if result, err = c.lookup(ctx, t); err != nil {
		return result, err
	}
	if !result.Registered || int(result.ID) != id {
		return result, fmt.Errorf("%w: it registered the schema under id %d, and then has it under id %d", ErrAnswer, id, result.ID)
	}
	result.Created = true
	return result, nil
}

// holdCompatible sets the subject's own level and reads it back.
func (c *Client) holdCompatible(ctx context.Context, subject string) error {
	for _, set := range c.sr.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFullTransitive}, subject) {
		if set.Err != nil {
			return fmt.Errorf("set compatibility: %w", classify(set.Err))
		}
	}
	for _, level := range c.sr.Compatibility(ctx, subject) {
		switch {
		case level.Err != nil:
			return fmt.Errorf("read compatibility back: %w", classify(level.Err))
		case level.Level != sr.CompatFullTransitive:
			return fmt.Errorf("%w: it was told %s and has %s", ErrAnswer, Compatibility, level.Level)
		}
	}
	return nil
}
