package avro

import "bytes"

// AppendWithPhone appends a record's encoding in which one phone is replaced by another. The
// first must have a pseudonym: no text of the record can contain the encoding of that. It
// appends the record unchanged if it does not have the phone.
func AppendWithPhone(dst, record []byte, was, is *Phone) ([]byte, error) {
	var room [256]byte
	old, err := was.appendTo(room[:0])
	if err != nil {
		return dst, err
	}
	before, after, found := bytes.Cut(record, old)
	dst = append(dst, before...)
	if !found {
		return dst, nil
	}
	if dst, err = is.appendTo(dst); err != nil {
		return dst, err
	}
	return append(dst, after...), nil
}
