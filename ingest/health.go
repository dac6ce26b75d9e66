package ingest

import (
	"fmt"
	"strings"
	"time"
)

// Health is the state of ingest. It holds kinds and counts, never a value of a
// request, an address or a secret.
type Health struct {
	// Ready is set while ingest accepts requests. It stays set during an outage of
	// Kafka, because requests are still answered, with 503.
	Ready bool `json:"ready"`
	// Draining says that Stop was called.
	Draining bool `json:"draining"`
	// Sources is how many sources are configured.
	Sources int `json:"sources"`
	// KafkaAway are the raw topics to which records cannot be written. Kafka may refuse
	// one topic and take another.
	KafkaAway []TopicAway `json:"kafka_away,omitempty"`
	// KafkaAwaySince is the start of the earliest of these outages; nil if there is
	// none.
	KafkaAwaySince *time.Time `json:"kafka_away_since,omitempty"`
	// KafkaAwaySeconds is the duration since KafkaAwaySince; 0 if there is no outage.
	KafkaAwaySeconds float64 `json:"kafka_away_seconds"`
	// LastErrorKind is the kind of the newest error in reaching Kafka, kept after the
	// outage ends: timeout, connection_refused, connection_closed, dns, tls, other, or
	// Kafka's own name of it, such as not_enough_replicas.
	LastErrorKind string `json:"last_error_kind,omitempty"`
	// LastErrorAt is the time of that error.
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
	// BufferedRecords and BufferedBytes are the records that wait for acknowledgement.
	BufferedRecords int64 `json:"buffered_records"`
	BufferedBytes   int64 `json:"buffered_bytes"`
	// AckP50Seconds and AckP99Seconds are quantiles of the time from producing a
	// request's records to their acknowledgement, over the newest ones; 0 before the
	// first.
	AckP50Seconds float64 `json:"ack_p50_seconds"`
	AckP99Seconds float64 `json:"ack_p99_seconds"`
}

// TopicAway is a raw topic to which records cannot be written.
type TopicAway struct {
	Topic string `json:"topic"`
	// Since is the time of the first failed write after the last successful one.
	Since time.Time `json:"since"`
	// ErrorKind is the kind of its newest error, as LastErrorKind.
	ErrorKind string `json:"error_kind"`
}

// Why describes the problem in a line; "" if there is none.
func (h *Health) Why() string {
	switch {
	case h.Draining:
		return "stopping: requests under way are answered"
	case len(h.KafkaAway) == 0:
		return ""
	}
	topics := make([]string, len(h.KafkaAway))
	for i := range h.KafkaAway {
		topics[i] = h.KafkaAway[i].Topic
	}
	return fmt.Sprintf("Kafka is away since %s: %s; webhooks to %s are answered 503", h.KafkaAwaySince.UTC().Format("15:04:05 UTC"),
		strings.ReplaceAll(h.KafkaAway[0].ErrorKind, "_", " "), strings.Join(topics, ", "))
}

// Health returns the current state.
func (s *Service) Health() Health {
	h := Health{Draining: s.draining.Load(), Sources: len(*s.endpoints.Load())}
	p := s.producer.Load()
	if p == nil {
		return h
	}
	h.Ready = !h.Draining
	kafka := p.Health()
	for _, away := range kafka.Away {
		h.KafkaAway = append(h.KafkaAway, TopicAway{Topic: away.Topic, Since: away.Since, ErrorKind: away.Kind})
		if h.KafkaAwaySince == nil || away.Since.Before(*h.KafkaAwaySince) {
			h.KafkaAwaySince = &away.Since
			h.KafkaAwaySeconds = s.deps.Now().Sub(away.Since).Seconds()
		}
	}
	if kafka.Last != nil {
		h.LastErrorKind, h.LastErrorAt = kafka.Last.Kind, &kafka.Last.At
	}
	h.BufferedRecords, h.BufferedBytes = p.Buffered()
	h.AckP50Seconds, h.AckP99Seconds = kafka.AckP50, kafka.AckP99
	return h
}
