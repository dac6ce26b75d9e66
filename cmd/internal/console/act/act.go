// Package act records the actions of people in the console before they are done.
//
//	person, action, purpose ─► operations.v1, acks=all ─► the act ─► operations.v1: its outcome
//
// Promise: an act whose record cannot be written is not done.
package act

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/console/access"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/avro"
	"github.com/tributary-hq/tributary/schemas/wire"
)

// Config is where to record.
type Config struct {
	Kafka []kgo.Opt
	Names schemas.Names
	// SchemaIDs returns the registry's ids by topic.
	SchemaIDs func(context.Context) (map[string]uint32, error)
	// Version is the program's.
	Version string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Act is an action that a person is about to take.
type Act struct {
	Action  avro.OperationAction
	Purpose string
	// Target names the object of the action; it is never a phone number.
	Target string
	// Records is the number of records meant, negative if the action is not about records.
	Records int64
}

// ErrPurpose is returned for an act without a reason.
var ErrPurpose = errors.New("say why: the reason is recorded with your name")

// The bounds of the texts of a record.
const (
	maxPurpose = 500
	maxTarget  = 1000
)

// Log writes the records. Make it with New. Acts are rare: each record has a connection of its own.
type Log struct {
	config Config

	mu sync.Mutex
	id uint32 // of the schema, 0 before the registry was asked
}

// New returns a log that has not connected.
func New(config Config) *Log {
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Log{config: config}
}

// Receipt is the record of an act, whose outcome is not known yet.
type Receipt struct {
	log    *Log
	record avro.Operation
}

// Write records an act. Only if it returns no error the act may be done.
func (l *Log) Write(ctx context.Context, p *access.Person, a *Act) (*Receipt, error) {
	purpose := strings.TrimSpace(a.Purpose)
	if purpose == "" {
		return nil, ErrPurpose
	}
	record := avro.Operation{
		ActID: rand.Text(), At: l.config.Now(), Actor: cut(p.Name, maxPurpose), Role: p.Role.String(), Action: a.Action, Outcome: avro.OperationOutcomeAsked,
		Purpose: cut(purpose, maxPurpose), Target: cut(a.Target, maxTarget), Version: l.config.Version,
	}
	if a.Records >= 0 {
		record.Records = avro.Some(a.Records)
	}
	if err := l.write(ctx, &record); err != nil {
		return nil, fmt.Errorf("the act is not done, because it cannot be recorded: %w", err)
	}
	return &Receipt{l, record}, nil
}

// End records the outcome of the act: the number of records it was done to, negative if it is not about
// records, its result in words, or why it failed. It works when ctx has ended, too.
func (r *Receipt) End(ctx context.Context, records int64, result string, failed error) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	record := r.record
	record.At, record.Outcome, record.Records = r.log.config.Now(), avro.OperationOutcomeDone, avro.Optional[int64]{}
	if failed != nil {
		record.Outcome, result = avro.OperationOutcomeFailed, failed.Error()
	}
	if records >= 0 {
		record.Records = avro.Some(records)
	}
	record.Result = avro.Some(cut(result, maxTarget))
	if err := r.log.write(ctx, &record); err != nil {
		return fmt.Errorf("the outcome of act %s is not recorded: %w", record.ActID, err)
	}
	return nil
}

func (l *Log) write(ctx context.Context, record *avro.Operation) error {
	id, err := l.schemaID(ctx)
	if err != nil {
		return err
	}
	value, err := record.AppendAvro(wire.Append(nil, id))
	if err != nil {
		return err
	}
	// A record that cannot be written soon must not be written later, when nobody waits for it.
	const patience = 15 * time.Second
	client, err := kgo.NewClient(append(append([]kgo.Opt{}, l.config.Kafka...), kgo.RecordDeliveryTimeout(patience))...)
	if err != nil {
		return fmt.Errorf("make a Kafka client: %w", err)
	}
	defer client.Close()
	return client.ProduceSync(ctx, &kgo.Record{Topic: l.config.Names.Topic(schemas.Operations), Key: []byte(record.ActID), Value: value}).FirstErr()
}

// schemaID asks for the schema's id, once.
func (l *Log) schemaID(ctx context.Context) (uint32, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.id != 0 {
		return l.id, nil
	}
	ids, err := l.config.SchemaIDs(ctx)
	if err != nil {
		return 0, err
	}
	id, ok := ids[schemas.Operations]
	if !ok {
		return 0, fmt.Errorf("no schema id for topic %s: register the schemas first (tributary schemas register)", schemas.Operations)
	}
	l.id = id
	return id, nil
}

func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return strings.ToValidUTF8(text, "�")
}
