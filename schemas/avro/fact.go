package avro

import "time"

// Fact holds the fields with which every decoded record begins.
type Fact struct {
	Origin     Origin
	EventID    string
	ReceivedAt time.Time
}

// DecodeFact decodes only the first fields of a decoded record of any type.
func DecodeFact(b []byte) (f Fact, err error) {
	d := decoder{b: b}
	if err := f.Origin.decodeFrom(&d); err != nil {
		return f, err
	}
	if f.EventID, err = d.string(); err != nil {
		return f, err
	}
	f.ReceivedAt, err = d.time()
	return f, err
}
