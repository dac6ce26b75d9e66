package avro

// DecodeOrigin reads the Origin that every decoded record begins with, and leaves
// the rest unread: for who only follows where facts came from.
func DecodeOrigin(b []byte) (Origin, error) {
	d := decoder{b: b}
	var o Origin
	err := o.decodeFrom(&d)
	return o, err
}
