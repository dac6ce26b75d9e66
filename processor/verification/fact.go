package verification

import (
	"strings"
	"time"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// Fact is the information that one event holds on a verification. Empty strings, zero
// times and unset optionals set no field. Its strings are copied before Save returns.
type Fact struct {
	// At is when the provider made the event, by its clock.
	At time.Time
	// EventID orders facts of the same time.
	EventID string
	// ReceivedAt is when ingest had received it.
	ReceivedAt time.Time
	// Provider, Source and Namespace are where it came from.
	Provider, Source, Namespace string
	Assurance                   avro.Assurance
	// ProviderID is the provider's id of the verification.
	ProviderID string
	// Phone is the number to be verified without its block, Block the decision on that.
	Phone avro.Optional[avro.Phone]
	Block block.Decision
	// Status is that of the whole verification, Text as sent.
	Status Status
	// Outcome is SUCCESS, FAILED or ERROR if the fact reports how the verification
	// ended.
	Outcome          avro.VerificationOutcome
	DeliveredChannel string
	// Plan is the routing strategy.
	Plan     []Step
	Attempts []Attempt
	// CostMinor is in minor units of Currency.
	CostMinor avro.Optional[int64]
	Currency  string
	// CreatedAt is when the verification was ordered.
	CreatedAt time.Time
	// Awaited says whether the absence of an outcome counts as expired; unset if the
	// event does not say.
	Awaited avro.Optional[bool]
	// Correlation are the correlation ids that the fact holds.
	Correlation []Correlation
	// Uncorrelated says that the verification's correlation ids, from any fact, are not
	// the customer's: ingest made the reference itself.
	Uncorrelated bool
}

// Step is one step of a routing strategy.
type Step struct {
	Channel string
	// TimeoutSec is in seconds; 0 if the strategy has none.
	TimeoutSec int32
}

// Correlation is a correlation id and the index it was found in.
type Correlation struct {
	// Slot is the field and JSON pointer: the newest id of a slot counts.
	Slot string
	ID   string
}

// Status is a status and the fields that order it.
type Status struct {
	// Text is the status as sent, empty if there was none.
	Text string
	Name avro.AttemptStatus
	// At is the time that orders ends: processed_at of an attempt, the event's of a
	// whole verification.
	At time.Time
}

// Attempt is the information that a fact holds on one attempt on one channel.
type Attempt struct {
	// ID is the provider's id of the attempt.
	ID      string
	Channel string
	// Code is the status as sent, where the provider sends numbers.
	Code        avro.Optional[int32]
	Name        avro.AttemptStatus
	ProcessedAt time.Time
	ExternalID  string
	// Error is free text; the stage sets it only where the source allows it.
	Error     string
	CostMinor avro.Optional[int64]
}

// rankEnd is the rank of a status that is final.
const rankEnd = 3

// rank orders the kinds of a status.
func rank(name avro.AttemptStatus) int {
	switch name {
	case avro.AttemptStatusNew:
		return 1
	case avro.AttemptStatusInProgress:
		return 2
	case avro.AttemptStatusSuccess, avro.AttemptStatusFailed, avro.AttemptStatusError:
		return rankEnd
	default:
		return 0
	}
}

// weight orders ends of the same time.
func weight(name avro.AttemptStatus) int {
	switch name {
	case avro.AttemptStatusSuccess:
		return 3
	case avro.AttemptStatusFailed:
		return 2
	case avro.AttemptStatusError:
		return 1
	default:
		return 0
	}
}

// KindOf normalises a channel's name as LOX24 sends it, in upper or lower case.
func KindOf(channel string) avro.Channel {
	switch strings.ToLower(channel) {
	case "telegram":
		return avro.ChannelTelegram
	case "voice":
		return avro.ChannelVoice
	case "sms":
		return avro.ChannelSMS
	case ChannelCall:
		return avro.ChannelCall
	default:
		return avro.ChannelUnknown
	}
}

// ChannelCall is the channel of a Unibell call; the provider names none.
const ChannelCall = "call"
