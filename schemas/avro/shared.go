package avro

// DecodeShared is DecodeAvro without copies: the record's strings refer to b and are
// valid as long as b does not change.
func (r *JourneyInput) DecodeShared(b []byte) error {
	d := decoder{b: b, shared: true}
	*r = JourneyInput{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}
