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
	// KafkaAwaySince is when Kafka first did not take a record after it last did;
	// nil while it does.
	KafkaAwaySince *time.Time `json:"kafka_away_since,omitempty"`
	// KafkaAwaySeconds is how long that is ago; 0 while it takes them.
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

// Health returns the state of now.
func (s *Service) Health() Health {
	h := Health{Draining: s.draining.Load(), Sources: len(*s.entrances.Load())}
	p := s.producer.Load()
	if p == nil {
		return h
	}
	h.Ready = !h.Draining
	h.KafkaAwaySeconds = s.away().Seconds()
	h.KafkaAwaySince = p.link.since()
	if e := p.link.last.Load(); e != nil {
		h.LastErrorKind, h.LastErrorAt = e.kind, &e.at
	}
	h.BufferedRecords, h.BufferedBytes = p.client.BufferedProduceRecords(), p.client.BufferedProduceBytes()
	h.AckP50Seconds, h.AckP99Seconds = p.link.acks.quantiles()
	return h
}

// away returns how long Kafka has failed.
func (s *Service) away() time.Duration {
	p := s.producer.Load()
	if p == nil {
		return 0
	}
	since := p.link.since()
	if since == nil {
		return 0
	}
	return s.deps.Now().Sub(*since)
}

// buffered returns what waits for Kafka.
func (s *Service) buffered() (records, bytes float64) {
	p := s.producer.Load()
	if p == nil {
		return 0, 0
	}
	return float64(p.client.BufferedProduceRecords()), float64(p.client.BufferedProduceBytes())
}
