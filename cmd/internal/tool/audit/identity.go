package audit

import (
	"hash/maphash"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// identity identifies a raw record beyond its position: 16 bits of a hash of the
// request id, and 16 of the time of receipt. If a topic lost its end or was recreated,
// another record gets the same offset.
type identity uint32

// The parts of an identity that an outcome carries.
const (
	whole identity = 1<<32 - 1
	// receipt: a duplicate names the time of receipt alone.
	receipt identity = 1<<16 - 1
)

// identify returns the identity of a request id and a time of receipt.
func (a *auditor) identify(requestID string, received time.Time) identity {
	var ms [8]byte
	for i, left := 0, received.UnixMilli(); i < len(ms); i++ {
		ms[i], left = byte(left), left>>8
	}
	request := maphash.String(a.seed, requestID)
	at := maphash.Bytes(a.seed, ms[:])
	return identity(request<<16&uint64(whole&^receipt) | at&uint64(receipt)) //nolint:gosec // 32 bits
}

// identifyHeaders returns the identity of a raw record, or of a dead letter, which keeps
// the headers of its raw record.
func (a *auditor) identifyHeaders(headers []kgo.RecordHeader) identity {
	var request string
	received := time.UnixMilli(0)
	for i := range headers {
		switch h := &headers[i]; h.Key {
		case raw.HeaderRequestID:
			request = string(h.Value)
		case raw.HeaderReceivedAt:
			if ms, err := strconv.ParseInt(string(h.Value), 10, 64); err == nil {
				received = time.UnixMilli(ms)
			}
		}
	}
	return a.identify(request, received)
}

// hold stores the identity of the record at an offset.
func (p *part) hold(offset int64, is identity) {
	p.raw.Add(offset)
	at := offset - p.low
	for int64(len(p.identities)) <= at {
		p.identities = append(p.identities, 0)
	}
	p.identities[at] = is
}

// isOther reports whether the record at an origin's offset is another one than the
// outcome names. Without a record at that offset it is false.
func (p *part) isOther(o *origin) bool {
	at := o.offset - p.low
	return at >= 0 && at < int64(len(p.identities)) && p.raw.Has(o.offset) && (p.identities[at]^o.is)&o.carries != 0
}
