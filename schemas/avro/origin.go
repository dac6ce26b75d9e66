package avro

// DecodeOrigin reads the Origin that every decoded record begins with, and leaves
// the rest unread: for who only follows where facts came from.
func DecodeOrigin(b []byte) (Origin, error) {
	d := decoder{b: b}
	var o Origin
	err := o.decodeFrom(&d)
	return o, err
}

// DecodeFact reads the Origin and the event id, with which every decoded record begins,
// and leaves the rest unread.
func DecodeFact(b []byte) (o Origin, eventID string, err error) {
	d := decoder{b: b}
	if err := o.decodeFrom(&d); err != nil {
		return o, "", err
	}
	eventID, err = d.string()
	return o, eventID, err
}
