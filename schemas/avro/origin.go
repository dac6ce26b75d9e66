package avro

// DecodeOrigin decodes only the Origin, with which every decoded record begins: for
// callers that only follow where facts came from.
func DecodeOrigin(b []byte) (Origin, error) {
	d := decoder{b: b}
	var o Origin
	err := o.decodeFrom(&d)
	return o, err
}

// DecodeFact decodes only the Origin and the event id, with which every decoded record
// begins.
func DecodeFact(b []byte) (o Origin, eventID string, err error) {
	d := decoder{b: b}
	if err := o.decodeFrom(&d); err != nil {
		return o, "", err
	}
	eventID, err = d.string()
	return o, eventID, err
}
