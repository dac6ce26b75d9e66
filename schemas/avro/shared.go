package avro

// DecodeShared is DecodeAvro without copies: the record's strings are parts of b and
// good for as long as b does not change.
func (r *JourneyInput) DecodeShared(b []byte) error {
	d := decoder{b: b, shared: true}
	*r = JourneyInput{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}
