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
	at := bytes.Index(record, old)
	if at < 0 {
		return append(dst, record...), nil
	}
	if dst, err = is.appendTo(append(dst, record[:at]...)); err != nil {
		return dst, err
	}
	return append(dst, record[at+len(old):]...), nil
}
