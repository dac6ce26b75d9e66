package ingest

import "time"

// Health is the state of ingest. It holds kinds and counts, never a value of a
// request, an address or a secret.
type Health struct {
	// Ready says that requests are taken. It stays true while Kafka is away: they
	// are answered 503, which is an answer.
	Ready bool `json:"ready"`
	// Draining says that Stop was called.
	Draining bool `json:"draining"`
	// Sources is how many sources are configured.
	Sources int `json:"sources"`
	// KafkaAway are the raw topics that take no records. Kafka may refuse one and take
	// another.
	KafkaAway []TopicAway `json:"kafka_away,omitempty"`
	// KafkaAwaySince is when the first of them did not take a record after it last did;
	// nil while all do.
	KafkaAwaySince *time.Time `json:"kafka_away_since,omitempty"`
	// KafkaAwaySeconds is how long that is ago; 0 while all take them.
	KafkaAwaySeconds float64 `json:"kafka_away_seconds"`
	// LastErrorKind is the kind of the newest error on the way to Kafka, also after
	// it passed: timeout, connection_refused, connection_closed, dns, tls, other, or
	// Kafka's own name of it, such as not_enough_replicas.
	LastErrorKind string `json:"last_error_kind,omitempty"`
	// LastErrorAt is when that was.
	LastErrorAt *time.Time `json:"last_error_at,omitempty"`
	// BufferedRecords and BufferedBytes wait to be acknowledged.
	BufferedRecords int64 `json:"buffered_records"`
	BufferedBytes   int64 `json:"buffered_bytes"`
	// AckP50Seconds and AckP99Seconds are quantiles of the time from producing a
	// request's records to their acknowledgement, over the newest ones; 0 before the
	// first.
	AckP50Seconds float64 `json:"ack_p50_seconds"`
	AckP99Seconds float64 `json:"ack_p99_seconds"`
}

// TopicAway is a raw topic that takes no records.
type TopicAway struct {
	Topic string `json:"topic"`
	// Since is when it first did not take a record after it last did.
	Since time.Time `json:"since"`
	// ErrorKind is the kind of its newest error, as LastErrorKind.
	ErrorKind string `json:"error_kind"`
}

// Health returns the state of now.
func (s *Service) Health() Health {
	h := Health{Draining: s.draining.Load(), Sources: len(*s.entrances.Load())}
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
