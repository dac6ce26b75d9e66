package voximplant

import "github.com/tributary-hq/tributary/schemas/avro"

func (r *reader) phoneNumber(p *avro.VoximplantPhoneNumber) {
	r.object(func(key string) bool {
		switch key {
		case "phone_id":
			r.id(&p.PhoneID)
		case "phone_number":
			r.phone(&p.PhoneNumber)
		default:
			return false
		}
		return true
	})
}

func (r *reader) sipID(p *avro.VoximplantSIPRegistrationID) {
	r.object(func(key string) bool {
		if key != "sip_registration_id" {
			return false
		}
		r.id(&p.SIPRegistrationID)
		return true
	})
}

func (r *reader) sipFail(p *avro.VoximplantSIPRegistrationFail) {
	r.object(func(key string) bool {
		if key != "sip_registrations" {
			return false
		}
		p.SIPRegistrations = list(r, (*reader).sipFailure)
		return true
	})
}

func (r *reader) sipFailure(p *avro.VoximplantSIPRegistrationFailure) {
	r.object(func(key string) bool {
		switch key {
		case "sip_registration_id":
			r.id(&p.SIPRegistrationID)
		case "status_code": // typed as text, though it is a number
			r.text(&p.StatusCode)
		case "error_message":
			r.exposed(&p.ErrorMessage)
		default:
			return false
		}
		return true
	})
}

func (r *reader) sipRecovered(p *avro.VoximplantSIPRegistrationRecovered) {
	r.object(func(key string) bool {
		if key != "sip_registrations" {
			return false
		}
		p.SIPRegistrations = list(r, (*reader).sipID)
		return true
	})
}

func (r *reader) callerIDs(p *avro.VoximplantExpiringCallerID) {
	r.object(func(key string) bool {
		switch key {
		case "callerids":
			r.each(func(text string) {
				p.CallerIDs = append(p.CallerIDs, r.pseudonym(text))
				r.cb.numbers = append(r.cb.numbers, digits(text))
			})
		case "expiration_date":
			r.date(&p.ExpirationDate)
		default:
			return false
		}
		return true
	})
}

// The three payloads below are documented as an object of their own name inside an
// object of that name. No example shows whether they are sent so, so both forms are
// read [inference].

func (r *reader) transcription(p *avro.VoximplantTranscriptionComplete) {
	r.object(func(key string) bool {
		switch key {
		case "transcription_complete":
			r.transcription(p)
		case "record_url":
			r.exposed(&p.RecordURL)
		case "transcription_url":
			r.exposed(&p.TranscriptionURL)
		case "call_session_history_id":
			r.id(&p.CallSessionHistoryID)
		case "transcription_cost":
			r.money(&p.TranscriptionCost)
		default:
			return false
		}
		return true
	})
}

func (r *reader) sms(p *avro.VoximplantSMSInbound) {
	r.object(func(key string) bool {
		switch key {
		case "sms_inbound":
			r.sms(p)
		case "source_number":
			r.cb.number = r.phone(&p.SourceNumber)
		case "destination_number":
			r.phone(&p.DestinationNumber)
		case "sms_body":
			r.exposed(&p.SMSBody)
		default:
			return false
		}
		return true
	})
}

func (r *reader) activation(p *avro.VoximplantPhoneNumberActivationStatusChanged) {
	r.object(func(key string) bool {
		switch key {
		case "phone_number_activation_status_changed":
			r.activation(p)
		case "phone_number":
			r.phone(&p.PhoneNumber)
		case "activation_status":
			r.text(&p.ActivationStatus)
		default:
			return false
		}
		return true
	})
}

func (r *reader) cancelled(p *avro.VoximplantBatchTaskCancellingCompleted) {
	r.object(func(key string) bool {
		switch key {
		case "batch_id": // typed as a number, described as a UUID
			r.text(&p.BatchID)
		case "cancelled_tasks_number":
			r.id(&p.CancelledTasksNumber)
		default:
			return false
		}
		return true
	})
}

func (r *reader) a2p(p *avro.VoximplantA2PSMSActivated) {
	r.object(func(key string) bool {
		if key != "a2p_enabled" {
			return false
		}
		r.flag(&p.A2PEnabled)
		return true
	})
}
