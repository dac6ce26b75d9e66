package lox24

import "github.com/tributary-hq/tributary/schemas/avro"

// kind is the kind of an event's data.
type kind int

const (
	kindUnknown kind = iota
	kindCode
	kindSMS
)

func (e *envelope) kind() kind {
	switch {
	case codeEvent(e.name) != avro.LOX24VerifyCodeEventUnknown:
		return kindCode
	case smsEvent(e.name) != avro.LOX24SMSEventUnknown:
		return kindSMS
	default:
		return kindUnknown
	}
}

func codeEvent(name string) avro.LOX24VerifyCodeEvent {
	switch name {
	case "verify_code.success":
		return avro.LOX24VerifyCodeEventSuccess
	case "verify_code.failed":
		return avro.LOX24VerifyCodeEventFailed
	case "verify_code.channel.updated":
		return avro.LOX24VerifyCodeEventChannelUpdated
	case "verify_code.channel.sent":
		return avro.LOX24VerifyCodeEventChannelSent
	case "verify_code.channel.success":
		return avro.LOX24VerifyCodeEventChannelSuccess
	case "verify_code.channel.failed":
		return avro.LOX24VerifyCodeEventChannelFailed
	default:
		return avro.LOX24VerifyCodeEventUnknown
	}
}

func smsEvent(name string) avro.LOX24SMSEvent {
	switch name {
	case "sms.delivery":
		return avro.LOX24SMSEventDelivery
	case "sms.delivery.dryrun":
		return avro.LOX24SMSEventDeliveryDryRun
	case "sms.incoming":
		return avro.LOX24SMSEventIncoming
	default:
		return avro.LOX24SMSEventUnknown
	}
}
