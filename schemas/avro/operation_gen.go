// Code generated from the .avsc files by schemas/internal/gen. DO NOT EDIT.

package avro

import "time"

// Operation: One act of a person in the console: what was changed, or whose
// personal data was shown. A record is written before the act, so that an act
// without a record is impossible; an act that changes something has a second
// record with the same act_id and its outcome.
type Operation struct {
	// ActID: Key: an id of this act alone, the same in its second record.
	ActID string `json:"act_id"`
	// At: When the record was written, by the console's clock.
	At time.Time `json:"at"`
	// Actor: Who acted: the name of the token, or as the proxy names the person.
	Actor string `json:"actor"`
	// Role: Role of the person in the console: support or operator.
	Role string `json:"role"`
	// Action: The act.
	Action OperationAction `json:"action"`
	// Purpose: Why, in the person's words.
	Purpose string `json:"purpose"`
	// Target: The object of the act: a dead letter's position, the filter of a
	// replay, the id of a case, a stage. Never a phone number: of a search by
	// phone it is empty, of a phone to be forgotten it is its pseudonym.
	Target string `json:"target"`
	// Records: How many records the act was meant for; null if it is not about
	// records.
	Records Optional[int64] `json:"records"`
	// Outcome: ASKED in the record before the act; DONE or FAILED in the record
	// after it. An act of which only ASKED is there failed with the console.
	Outcome OperationOutcome `json:"outcome"`
	// Result: Result of the act in words; null before it.
	Result Optional[string] `json:"result"`
	// Version: Version of the program that acted.
	Version string `json:"version"`
}

// Schema returns the name of the .avsc file.
func (*Operation) Schema() string { return "operations.v1" }

// AppendAvro appends the record's Avro body. An error is a *FieldError, and the
// bytes appended until then are of no use.
func (r *Operation) AppendAvro(dst []byte) ([]byte, error) { return r.appendTo(dst) }

// DecodeAvro reads an Avro body, which must be of this schema's version. An error
// leaves the record half read.
func (r *Operation) DecodeAvro(b []byte) error {
	d := decoder{b: b}
	*r = Operation{}
	if err := r.decodeFrom(&d); err != nil {
		return err
	}
	return d.end()
}

func (r *Operation) appendTo(dst []byte) ([]byte, error) {
	var err error
	if dst, err = appendString(dst, r.ActID); err != nil {
		return dst, at("act_id", err)
	}
	if dst, err = appendTime(dst, r.At); err != nil {
		return dst, at("at", err)
	}
	if dst, err = appendString(dst, r.Actor); err != nil {
		return dst, at("actor", err)
	}
	if dst, err = appendString(dst, r.Role); err != nil {
		return dst, at("role", err)
	}
	if dst, err = r.Action.appendTo(dst); err != nil {
		return dst, at("action", err)
	}
	if dst, err = appendString(dst, r.Purpose); err != nil {
		return dst, at("purpose", err)
	}
	if dst, err = appendString(dst, r.Target); err != nil {
		return dst, at("target", err)
	}
	if r.Records.Set {
		dst = append(dst, 2)
		dst = appendLong(dst, r.Records.Value)
	} else {
		dst = append(dst, 0)
	}
	if dst, err = r.Outcome.appendTo(dst); err != nil {
		return dst, at("outcome", err)
	}
	if r.Result.Set {
		dst = append(dst, 2)
		if dst, err = appendString(dst, r.Result.Value); err != nil {
			return dst, at("result", err)
		}
	} else {
		dst = append(dst, 0)
	}
	if dst, err = appendString(dst, r.Version); err != nil {
		return dst, at("version", err)
	}
	return dst, nil
}

func (r *Operation) decodeFrom(d *decoder) error {
	var err error
	if r.ActID, err = d.string(); err != nil {
		return at("act_id", err)
	}
	if r.At, err = d.time(); err != nil {
		return at("at", err)
	}
	if r.Actor, err = d.string(); err != nil {
		return at("actor", err)
	}
	if r.Role, err = d.string(); err != nil {
		return at("role", err)
	}
	if r.Action, err = decodeOperationAction(d); err != nil {
		return at("action", err)
	}
	if r.Purpose, err = d.string(); err != nil {
		return at("purpose", err)
	}
	if r.Target, err = d.string(); err != nil {
		return at("target", err)
	}
	if r.Records.Set, err = d.isSet(); err != nil {
		return at("records", err)
	}
	if r.Records.Set {
		if r.Records.Value, err = d.long(); err != nil {
			return at("records", err)
		}
	}
	if r.Outcome, err = decodeOperationOutcome(d); err != nil {
		return at("outcome", err)
	}
	if r.Result.Set, err = d.isSet(); err != nil {
		return at("result", err)
	}
	if r.Result.Set {
		if r.Result.Value, err = d.string(); err != nil {
			return at("result", err)
		}
	}
	if r.Version, err = d.string(); err != nil {
		return at("version", err)
	}
	return nil
}

// OperationAction is a string with documented values.
type OperationAction string

// The values of OperationAction; the zero value is written as UNKNOWN.
const (
	// OperationActionUnknown: a value that this version does not know.
	OperationActionUnknown OperationAction = "UNKNOWN"
	// OperationActionFindPhone: a case was looked for by a phone number.
	OperationActionFindPhone OperationAction = "FIND_PHONE"
	// OperationActionForget: an entity or a person was forgotten.
	OperationActionForget OperationAction = "FORGET"
	// OperationActionPauseStage: a stage was paused.
	OperationActionPauseStage OperationAction = "PAUSE_STAGE"
	// OperationActionReplayDeadLetters: dead letters were sent to their stage
	// again.
	OperationActionReplayDeadLetters OperationAction = "REPLAY_DEAD_LETTERS"
	// OperationActionResumeStage: a paused stage was resumed.
	OperationActionResumeStage OperationAction = "RESUME_STAGE"
	// OperationActionRunAudit: an audit was run.
	OperationActionRunAudit OperationAction = "RUN_AUDIT"
	// OperationActionShowCase: the personal fields of a case were shown.
	OperationActionShowCase OperationAction = "SHOW_CASE"
	// OperationActionShowDeadLetter: the body of a dead letter was shown unmasked.
	OperationActionShowDeadLetter OperationAction = "SHOW_DEAD_LETTER"
)

func (v OperationAction) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = OperationActionUnknown
	}
	return appendString(dst, string(v))
}

func decodeOperationAction(d *decoder) (OperationAction, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return OperationActionUnknown, nil
	case "FIND_PHONE":
		return OperationActionFindPhone, nil
	case "FORGET":
		return OperationActionForget, nil
	case "PAUSE_STAGE":
		return OperationActionPauseStage, nil
	case "REPLAY_DEAD_LETTERS":
		return OperationActionReplayDeadLetters, nil
	case "RESUME_STAGE":
		return OperationActionResumeStage, nil
	case "RUN_AUDIT":
		return OperationActionRunAudit, nil
	case "SHOW_CASE":
		return OperationActionShowCase, nil
	case "SHOW_DEAD_LETTER":
		return OperationActionShowDeadLetter, nil
	}
	s, err := newValue(b)
	return OperationAction(s), err
}

// OperationOutcome is a string with documented values.
type OperationOutcome string

// The values of OperationOutcome; the zero value is written as UNKNOWN.
const (
	// OperationOutcomeUnknown: a value that this version does not know.
	OperationOutcomeUnknown OperationOutcome = "UNKNOWN"
	// OperationOutcomeAsked: written before the act.
	OperationOutcomeAsked OperationOutcome = "ASKED"
	// OperationOutcomeDone: the act is done; records is how many it was done to.
	OperationOutcomeDone OperationOutcome = "DONE"
	// OperationOutcomeFailed: the act failed, in whole or in part.
	OperationOutcomeFailed OperationOutcome = "FAILED"
)

func (v OperationOutcome) appendTo(dst []byte) ([]byte, error) {
	if v == "" {
		v = OperationOutcomeUnknown
	}
	return appendString(dst, string(v))
}

func decodeOperationOutcome(d *decoder) (OperationOutcome, error) {
	b, err := d.bytes()
	if err != nil {
		return "", err
	}
	switch string(b) {
	case "UNKNOWN", "":
		return OperationOutcomeUnknown, nil
	case "ASKED":
		return OperationOutcomeAsked, nil
	case "DONE":
		return OperationOutcomeDone, nil
	case "FAILED":
		return OperationOutcomeFailed, nil
	}
	s, err := newValue(b)
	return OperationOutcome(s), err
}
