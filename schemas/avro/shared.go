package avro

import "sync"

// decoders are reused, because an array of records passes its decoder to a function value,
// and a decoder that goes there is allocated.
var decoders = sync.Pool{New: func() any { return &decoder{} }} //nolint:gochecknoglobals // holds no state between calls

// DecodeShared is DecodeAvro without copies: the record's strings refer to b and are
// valid as long as b does not change.
func (r *JourneyInput) DecodeShared(b []byte) error {
	d, ok := decoders.Get().(*decoder)
	if !ok {
		d = &decoder{}
	}
	*d = decoder{b: b, shared: true}
	*r = JourneyInput{}
	err := r.decodeFrom(d)
	if err == nil {
		err = d.end()
	}
	*d = decoder{}
	decoders.Put(d)
	return err
}
