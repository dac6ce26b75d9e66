// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// UnibellInput: Records that the unibell stage sends to the unibell-call stage.
// Private to the processor.
type UnibellInput struct {
	// Kind: Kind of the record.
	Kind UnibellInputKind `json:"kind"`
	// Call: The fact; of a BINDING the one that bound the request id.
	Call Optional[UnibellCall] `json:"call"`
	// VerificationID: Key of the verification, where known: unibell:, source and
	// reference.
	VerificationID Optional[string] `json:"verification_id"`
	// RequestKey: Key of the request: unibell:, source, :request: and the
	// provider's request id.
	RequestKey Optional[string] `json:"request_key"`
	// StatusCallback: Whether a status callback is configured for the source, so
	// that its absence means something.
	StatusCallback bool `json:"status_callback"`
	// Namespace: The namespace that is configured for the source of the fact, of
	// its correlation ids.
	Namespace Optional[string] `json:"namespace"`
	// FullBlock: The E.164 number without its last four digits, however few
	// numbers of it were seen; null if the number is not valid or privacy.block_k
	// is 0.
	FullBlock Optional[string] `json:"full_block"`
	// Area: The beginning of full_block that is the calling code and the national
	// destination code.
	Area Optional[string] `json:"area"`
	// NumberHash: The number under the oldest pseudonym key: 16 bits that identify
	// the key, 48 bits of the HMAC.
	NumberHash Optional[int64] `json:"number_hash"`
	// UpstreamStage: The stage whose watermark this is; CLOCK only.
	UpstreamStage Optional[string] `json:"upstream_stage"`
	// UpstreamPartition: The input partition whose watermark this is; CLOCK only.
	UpstreamPartition Optional[int32] `json:"upstream_partition"`
	// Clock: Watermark: every fact of that partition received before this time has
	// been emitted; CLOCK only.
	Clock Optional[time.Time] `json:"clock"`
}

// Schema returns the name of the .avsc file.
func (*UnibellInput) Schema() string { return "internal.unibell.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *UnibellInput) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *UnibellInput) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = UnibellInput{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *UnibellInput) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = r.Kind.appendTo(dst); err != nil {
		return dst, at("kind", err)
	}
	if r.Call.Set {
		dst = append(dst, 2)
		if dst, err = r.Call.Value.appendTo(dst); err != nil {
			return dst, at("call", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.VerificationID.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.VerificationID.Value); err != nil {
			return dst, at("verification_id", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.RequestKey.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.RequestKey.Value); err != nil {
			return dst, at("request_key", err)
		}
	} else {
		dst = append(dst, 0)
	}
	dst = appendBool(dst, r.StatusCallback)
	if r.Namespace.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Namespace.Value); err != nil {
			return dst, at("namespace", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.FullBlock.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.FullBlock.Value); err != nil {
			return dst, at("full_block", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.Area.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Area.Value); err != nil {
			return dst, at("area", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.NumberHash.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.NumberHash.Value)
	} else {
		dst = append(dst, 0)
	}
	if r.UpstreamStage.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.UpstreamStage.Value); err != nil {
			return dst, at("upstream_stage", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if r.UpstreamPartition.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, int64(r.UpstreamPartition.Value))
	} else {
		dst = append(dst, 0)
	}
	if r.Clock.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Clock.Value); err != nil {
			return dst, at("clock", err)
		}
	} else {
		dst = append(dst, 0)
	}
	return dst, nil
}

func (r *UnibellInput) decodeFrom(d *decoder) error {
	var err error
	if r.Kind, err = decodeUnibellInputKind(d); err != nil {
		return at("kind", err)
	}
	if r.Call.Set, err = d.isSet(); err != nil {
		return at("call", err)
	}
	if r.Call.Set {
		if err = r.Call.Value.decodeFrom(d); err != nil {
			return at("call", err)
		}
	}
	if r.VerificationID.Set, err = d.isSet(); err != nil {
		return at("verification_id", err)
	}
	if r.VerificationID.Set {
		if r.VerificationID.Value, err = d.string(); err != nil {
			return at("verification_id", err)
		}
	}
	if r.RequestKey.Set, err = d.isSet(); err != nil {
		return at("request_key", err)
	}
	if r.RequestKey.Set {
		if r.RequestKey.Value, err = d.string(); err != nil {
			return at("request_key", err)
		}
	}
	if r.StatusCallback, err = d.bool(); err != nil {
		return at("status_callback", err)
	}
	if r.Namespace.Set, err = d.isSet(); err != nil {
		return at("namespace", err)
	}
	if r.Namespace.Set {
		if r.Namespace.Value, err = d.string(); err != nil {
			return at("namespace", err)
		}
	}
	if r.FullBlock.Set, err = d.isSet(); err != nil {
		return at("full_block", err)
	}
	if r.FullBlock.Set {
		if r.FullBlock.Value, err = d.string(); err != nil {
			return at("full_block", err)
		}
	}
	if r.Area.Set, err = d.isSet(); err != nil {
		return at("area", err)
	}
	if r.Area.Set {
		if r.Area.Value, err = d.string(); err != nil {
			return at("area", err)
		}
	}
	if r.NumberHash.Set, err = d.isSet(); err != nil {
		return at("number_hash", err)
	}
	if r.NumberHash.Set {
		if r.NumberHash.Value, err = d.long(); err != nil {
			return at("number_hash", err)
		}
	}
	if r.UpstreamStage.Set, err = d.isSet(); err != nil {
		return at("upstream_stage", err)
	}
	if r.UpstreamStage.Set {
		if r.UpstreamStage.Value, err = d.string(); err != nil {
			return at("upstream_stage", err)
		}
	}
	if r.UpstreamPartition.Set, err = d.isSet(); err != nil {
		return at("upstream_partition", err)
	}
	if r.UpstreamPartition.Set {
		if r.UpstreamPartition.Value, err = d.int(); err != nil {
			return at("upstream_partition", err)
		}
	}
	if r.Clock.Set, err = d.isSet(); err != nil {
		return at("clock", err)
	}
	if r.Clock.Set {
		if r.Clock.Value, err = d.time(); err != nil {
			return at("clock", err)
		}
	}
	return nil
}

// UnibellInputKind is a string with documented values.
type UnibellInputKind string

// The values of UnibellInputKind; the zero value is written as UNKNOWN.
const (
	// UnibellInputKindUnknown: a value that this version does not know.
	UnibellInputKindUnknown UnibellInputKind = "UNKNOWN"
	// UnibellInputKindBinding: which verification a request id belongs to.
	UnibellInputKindBinding UnibellInputKind = "BINDING"
	// UnibellInputKindClock: the watermark of an upstream partition.
	UnibellInputKindClock UnibellInputKind = "CLOCK"
	// UnibellInputKindErasure: the verification of the key is to be erased.
	UnibellInputKindErasure UnibellInputKind = "ERASURE"
	// UnibellInputKindFact: a decoded fact.
	UnibellInputKindFact UnibellInputKind = "FACT"
)

func (v UnibellInputKind) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = UnibellInputKindUnknown
	}
	return appendString(dst, string(v))
}

func decodeUnibellInputKind(d *decoder) (UnibellInputKind, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return UnibellInputKindUnknown, nil
	case "BINDING":
		return UnibellInputKindBinding, nil
	case "CLOCK":
		return UnibellInputKindClock, nil
	case "ERASURE":
		return UnibellInputKindErasure, nil
	case "FACT":
		return UnibellInputKindFact, nil
	}
	s, err := newValue(b)
	return UnibellInputKind(s), err
}
