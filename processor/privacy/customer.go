package privacy

import (
	"time"

	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// AppendCustomer appends the customer id of a phone number: the key id, a colon and the HMAC.
// The part of a correlation id after phone: has the same form.
func AppendCustomer(dst []byte, p *avro.Pseudonym) []byte {
	return append(append(append(dst, p.KeyID...), ':'), p.HMAC...)
}

// Customer returns the customer id of a correlation id, if that is a phone number: under the
// newest key in force at the time. It is empty for any other id. field and text are those of
// Correlate, which returned the id.
//
// The key differs from that of the correlation id, which is the oldest at all times: the
// customer ids of verifications and payments of one time are equal.
func (p *Pseudonymiser) Customer(s *source.Source, c source.Correlation, text string, at time.Time) string {
	text = correlated(c, text)
	like, _ := looksLikeID(&s.IDs, text, noSpace)
	n := p.phoneOf(s, text, like)
	if n == nil {
		return ""
	}
	pseudonyms := p.Phone("+"+n.digits, at).Pseudonyms
	if len(pseudonyms) == 0 {
		return ""
	}
	return string(AppendCustomer(nil, &pseudonyms[0]))
}
