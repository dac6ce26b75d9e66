// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Pause: Whether a stage is paused: it then reads no record and fires no timer.
// The last record of a stage counts.
type Pause struct {
	// Stage: Key: the stage, as its consumer group is named without prefix.
	Stage string `json:"stage"`
	// Revision: Goes up with each record of a stage.
	Revision int64 `json:"revision"`
	// Paused: True if the stage was paused, false if it was resumed.
	Paused bool `json:"paused"`
	// At: When the stage was paused or resumed, by the clock of the command or the
	// console.
	At time.Time `json:"at"`
	// Until: When the pause ends by itself, by the clock of each processor; null
	// if it lasts until the stage is resumed.
	Until Optional[time.Time] `json:"until"`
	// Actor: Who paused or resumed the stage: user and host of the command, or the
	// person of the console.
	Actor string `json:"actor"`
	// Purpose: Why, in the person's words.
	Purpose string `json:"purpose"`
	// Version: Version of the program that acted.
	Version string `json:"version"`
}

// Schema returns the name of the .avsc file.
func (*Pause) Schema() string { return "internal.pauses.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *Pause) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *Pause) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = Pause{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *Pause) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.Stage); err != nil {
		return dst, at("stage", err)
	}
	dst = appendLong(dst, r.Revision)
	dst = appendBool(dst, r.Paused)
	if dst, err = appendTime(dst, r.At); err != nil {
		return dst, at("at", err)
	}
	if r.Until.Set {
		dst = append(dst, 2)
		if dst, err = appendTime(dst, r.Until.Value); err != nil {
			return dst, at("until", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendString(dst, r.Actor); err != nil {
		return dst, at("actor", err)
	}
	if dst, err = appendString(dst, r.Purpose); err != nil {
		return dst, at("purpose", err)
	}
	if dst, err = appendString(dst, r.Version); err != nil {
		return dst, at("version", err)
	}
	return dst, nil
}

func (r *Pause) decodeFrom(d *decoder) error {
	var err error
	if r.Stage, err = d.string(); err != nil {
		return at("stage", err)
	}
	if r.Revision, err = d.long(); err != nil {
		return at("revision", err)
	}
	if r.Paused, err = d.bool(); err != nil {
		return at("paused", err)
	}
	if r.At, err = d.time(); err != nil {
		return at("at", err)
	}
	if r.Until.Set, err = d.isSet(); err != nil {
		return at("until", err)
	}
	if r.Until.Set {
		if r.Until.Value, err = d.time(); err != nil {
			return at("until", err)
		}
	}
	if r.Actor, err = d.string(); err != nil {
		return at("actor", err)
	}
	if r.Purpose, err = d.string(); err != nil {
		return at("purpose", err)
	}
	if r.Version, err = d.string(); err != nil {
		return at("version", err)
	}
	return nil
}
