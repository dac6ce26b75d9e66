// Package raw is the contract of the raw topics: the headers that ingest puts
// beside a provider's body and that the processor reads back.
//
//	HTTP request ─► Envelope.Append ─► record headers ─► Parse ─► Envelope
//
// The value of a raw record is the provider's body, byte for byte; everything
// that ingest knows besides stands in the headers, as text.
package raw

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// The providers.
const (
	ProviderLOX24      = "lox24"
	ProviderUAPAY      = "uapay"
	ProviderVoximplant = "voximplant"
	ProviderUnibell    = "unibell"
)

// The assurances: the part of a record that its proof covers, weakest first.
const (
	// AssuranceSharedSecret: the sender knew a secret; nothing ties it to the body.
	AssuranceSharedSecret = "shared-secret"
	// AssuranceSignedID: account and callback id are signed, the body is not.
	AssuranceSignedID = "signed-id"
	// AssuranceSignedBody: the whole body is signed.
	AssuranceSignedBody = "signed-body"
)

// The kinds of raw records.
const (
	// KindWebhook is a provider's call, or one callback of its batch.
	KindWebhook = "webhook"
	// KindRelayRequest is our caller's request to Unibell, recorded before the call.
	KindRelayRequest = "relay-request"
	// KindRelayAnswer is Unibell's answer to it.
	KindRelayAnswer = "relay-answer"
	// KindErasure requests the deletion of the entity of the record's key: a tombstone
	// for everything before it. It has no value and is not a fact.
	KindErasure = "erasure"
)

// The header keys.
const (
	HeaderSource     = "tributary-source"
	HeaderProvider   = "tributary-provider"
	HeaderAssurance  = "tributary-assurance"
	HeaderSecretID   = "tributary-secret-id"
	HeaderRequestID  = "tributary-request-id"
	HeaderReceivedAt = "tributary-received-at"
	HeaderKind       = "tributary-kind"
	HeaderItem       = "tributary-item"
	HeaderItems      = "tributary-items"
	HeaderStatus     = "tributary-status"
	// HeaderSettings identifies the settings of the source by which the record is to be
	// processed, as ingest had them.
	HeaderSettings = "tributary-source-settings"
	// HeaderReferenceMade is "true" on a relay request whose reference ingest made.
	HeaderReferenceMade = "tributary-reference-made"
	// HeaderError is one word for an empty or cut relay answer: timeout, refused, dns
	// or other. The value holds the part that arrived.
	HeaderError       = "tributary-error"
	HeaderContentType = "content-type"
	HeaderTraceparent = "traceparent"
)

// Headers that a record replayed from the dead letters has in addition: who replayed
// it, when, from which dead letter and how often. The record keeps its own headers and
// the dead letter's cause and origin, so that it is not counted as accepted a second
// time. After several replays they describe the last one.
const (
	// HeaderReplayRound is how often the record has been replayed, 1 the first time.
	HeaderReplayRound = "tributary-replay-round"
	// HeaderReplayBy names who did it, as given.
	HeaderReplayBy = "tributary-replay-by"
	// HeaderReplayAt is when, in milliseconds UTC.
	HeaderReplayAt = "tributary-replay-at"
	// HeaderReplayFrom is the dead letter, as topic/partition/offset.
	HeaderReplayFrom = "tributary-replay-from"
)

// Additional headers of an erasure.
const (
	// HeaderErasureBy names who asked for it, as given.
	HeaderErasureBy = "tributary-erasure-by"
	// HeaderErasureJourneys is a JSON list of keys of journeys that the entity is
	// known to be a member of, for where its own state has ended before them.
	HeaderErasureJourneys = "tributary-erasure-journeys"
	// HeaderErasureRows is a JSON list of rows that the entity has in its fact topic, beside
	// those in its state: the parts of their keys behind the entity's key and a slash.
	HeaderErasureRows = "tributary-erasure-rows"
)

// ErrHeader is wrapped by every error of Parse.
var ErrHeader = errors.New("raw record header")

// Header is one record header; it has the shape of a Kafka client's header.
type Header struct {
	Key   string
	Value []byte
}

// Envelope is the metadata that ingest adds to a raw record as headers.
type Envelope struct {
	// Source is the id of the configured source, never empty.
	Source string
	// Provider is one of the Provider constants.
	Provider string
	// Settings identifies the source's settings for the processor, empty if it is not
	// known.
	Settings string
	// Assurance is one of the Assurance constants.
	Assurance string
	// SecretID names the secret that proved the record.
	SecretID string
	// RequestID names the HTTP request; the items of a batch share it.
	RequestID string
	// ReceivedAt is when ingest had read the request, in milliseconds UTC.
	ReceivedAt time.Time
	// Kind is one of the Kind constants.
	Kind string
	// Item is the index of this callback in its batch, Items the size of the batch; 0
	// and 1 if the provider sends no batches.
	Item, Items int
	// Status is the HTTP status of the provider's answer (KindRelayAnswer),
	// 0 where there is none.
	Status int
	// ContentType is the request's, as sent.
	ContentType string
	// Traceparent is that of the W3C trace context, empty if none. There is no
	// tracestate, which is free text of whoever sent the request.
	Traceparent string
}

// AnyHeader is a header of any Kafka client or engine: the functions of this package read
// and write their slices without a copy.
type AnyHeader interface {
	~struct {
		Key   string
		Value []byte
	}
}

// Append adds the headers of e to dst. Empty optional fields are left out.
func Append[H AnyHeader](dst []H, e *Envelope) []H {
	// The values share one array; those of a record before it grew stay where they are.
	const ordinary = 256
	text := make([]byte, 0, ordinary)
	add := func(key, value string) {
		if value != "" {
			text = append(text, value...)
			dst = append(dst, H{Key: key, Value: text[len(text)-len(value) : len(text) : len(text)]})
		}
	}
	add(HeaderSource, e.Source)
	add(HeaderProvider, e.Provider)
	add(HeaderSettings, e.Settings)
	add(HeaderAssurance, e.Assurance)
	add(HeaderSecretID, e.SecretID)
	add(HeaderRequestID, e.RequestID)
	add(HeaderReceivedAt, strconv.FormatInt(e.ReceivedAt.UnixMilli(), 10))
	add(HeaderKind, e.Kind)
	if e.Items > 1 {
		add(HeaderItem, strconv.Itoa(e.Item))
		add(HeaderItems, strconv.Itoa(e.Items))
	}
	if e.Status != 0 {
		add(HeaderStatus, strconv.Itoa(e.Status))
	}
	add(HeaderContentType, e.ContentType)
	add(HeaderTraceparent, e.Traceparent)
	return dst
}

// Parse parses the headers of a raw record. It ignores unknown headers; a missing
// source, provider or received_at is an error that wraps ErrHeader.
func Parse[H AnyHeader](headers []H) (Envelope, error) {
	e, err := ParseShared(headers)
	for _, text := range [...]*string{
		&e.Source, &e.Provider, &e.Settings, &e.Assurance, &e.SecretID, &e.RequestID, &e.Kind, &e.ContentType, &e.Traceparent,
	} {
		*text = strings.Clone(*text)
	}
	return e, err
}

// ParseShared is Parse without copies: the envelope's strings refer to the headers'
// values and are valid as long as these do not change.
func ParseShared[H AnyHeader](headers []H) (Envelope, error) {
	e := Envelope{Kind: KindWebhook, Items: 1}
	var wrong faults
	for i := range headers {
		h := Header(headers[i])
		text := unsafe.String(unsafe.SliceData(h.Value), len(h.Value)) //nolint:gosec // as the function says
		switch h.Key {
		case HeaderSource:
			e.Source = text
		case HeaderProvider:
			e.Provider = text
		case HeaderSettings:
			e.Settings = text
		case HeaderAssurance:
			e.Assurance = text
		case HeaderSecretID:
			e.SecretID = text
		case HeaderRequestID:
			e.RequestID = text
		case HeaderReceivedAt:
			e.ReceivedAt = time.UnixMilli(int64(wrong.number(h.Key, text))).UTC()
		case HeaderKind:
			e.Kind = text
		case HeaderItem:
			e.Item = wrong.number(h.Key, text)
		case HeaderItems:
			e.Items = wrong.number(h.Key, text)
		case HeaderStatus:
			e.Status = wrong.number(h.Key, text)
		case HeaderContentType:
			e.ContentType = text
		case HeaderTraceparent:
			e.Traceparent = text
		}
	}
	if e.Source == "" || e.Provider == "" || e.ReceivedAt.IsZero() {
		wrong.err = errors.Join(wrong.err, fmt.Errorf("%w: source, provider and received-at are required", ErrHeader))
	}
	return e, wrong.err
}

// faults are those of all headers.
type faults struct{ err error }

// number reads the number of a header.
func (f *faults) number(key, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		f.err = errors.Join(f.err, fmt.Errorf("%w: %s is not a number", ErrHeader, key))
	}
	return n
}

// Trace returns the traceparent header as a subslice of headers, so that a trace
// continues in the records that a stage emits.
func Trace[H AnyHeader](headers []H) []H {
	for i := range headers {
		if Header(headers[i]).Key == HeaderTraceparent {
			return headers[i : i+1 : i+1]
		}
	}
	return nil
}
