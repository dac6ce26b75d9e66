// Package funnel computes the counts and amounts of codes, from the request to the payment.
//
//	upstream:  state of an entity ─► Contribution ─► Count (was, is) ─► Collect ─► internal.insights.v1
//	insights:  differences ─► windows × places ─► insights.funnel.v1
//
// Promise: a contribution is a function of an entity's state, and only the difference between
// two contributions of an entity is ever counted. So the sum of all differences is the sum of the newest
// contributions, whatever the order, the repetition and the grouping of the transactions.
package funnel

import (
	"slices"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// The counts of a contribution, by index. New ones go to the end: state entries have them in
// this order.
const (
	Requested = iota
	Sent
	Delivered
	Verified
	Expired
	Failed
	Untracked
	Paid
	Refunded
	CostUnknown
	countCount
)

// Counts are the additive counts.
type Counts [countCount]int64

// channelCount is the number of channels: see codeOfChannel.
const channelCount = 5

// ChannelCounts are the attempts on one channel.
type ChannelCounts struct{ Attempts, Failed, Fallbacks int64 }

// Dimensions are the window and the place of a contribution.
type Dimensions struct {
	// Minute is when the verification was ordered, in minutes since 1970.
	Minute           int64
	Provider, Source string
	// Channel is the first one, empty if none is known.
	Channel avro.Channel
	// Country, Area, Block and Carrier are empty if they are not known. Block is the number
	// without its last four digits, however few numbers of it were seen.
	Country, Area, Block, Carrier string
}

// Contribution holds the counts and amounts that one entity adds to the funnel.
type Contribution struct {
	Dimensions
	single

	// Revenue is the money of a journey by currency, sorted.
	Revenue []Revenue
}

// single holds the fields of a contribution that are no lists; == compares them.
type single struct {
	Counts   Counts
	Channels [channelCount]ChannelCounts
	// CostKnown is 1 if the cost is known.
	CostKnown, CostMinor int64
	Currency             string
	// Phone identifies the number; 0: there is none.
	Phone uint64
	// VerifyTime and CaptureTime are buckets of durations; 0: there is none.
	VerifyTime, CaptureTime int32
	// SuccessMinute is when it was verified, in minutes since 1970; 0: it was not.
	SuccessMinute int64
	// Wait is how the first channel ended; its End is 0 if that is not known.
	Wait Wait
}

// Attempt adds an attempt on a channel.
func (c *Contribution) Attempt(channel avro.Channel, status avro.AttemptStatus, fallback bool) {
	n := &c.Channels[codeOfChannel(channel)]
	n.Attempts++
	if fallback {
		n.Fallbacks++
	}
	switch status {
	case avro.AttemptStatusFailed, avro.AttemptStatusError:
		n.Failed++
	case avro.AttemptStatusSuccess:
		c.Counts[Delivered] = 1
	default:
	}
	if status != avro.AttemptStatusNew {
		c.Counts[Sent] = 1
	}
}

// Outcome counts how a verification ended, and when after it was ordered.
func (c *Contribution) Outcome(outcome avro.VerificationOutcome, at statecodec.Instant, duration avro.Optional[int64]) {
	switch outcome {
	case avro.VerificationOutcomeSuccess:
		c.Counts[Verified] = 1
		c.SuccessMinute = MinuteOf(at)
		if duration.Set {
			c.VerifyTime = BucketOf(duration.Value)
		}
	case avro.VerificationOutcomeExpired:
		c.Counts[Expired] = 1
	case avro.VerificationOutcomeFailed, avro.VerificationOutcomeError:
		c.Counts[Failed] = 1
	case avro.VerificationOutcomeUnknown:
		c.Counts[Untracked] = 1
	default:
	}
}

// Cost counts the cost; an unset one is unknown.
func (c *Contribution) Cost(minor avro.Optional[int64], currency string) {
	if !minor.Set {
		c.Counts[CostUnknown] = 1
		return
	}
	c.CostKnown, c.CostMinor, c.Currency = 1, minor.Value, currency
}

// MinuteOf returns the minute of a time, in minutes since 1970.
func MinuteOf(at statecodec.Instant) int64 {
	const minute = 60_000
	ms := at.Millis()
	if ms < 0 {
		ms -= minute - 1
	}
	return ms / minute
}

// TimeOf returns the begin of a minute.
func TimeOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }

// channels returns the channels in the order of their codes.
func channels() [channelCount]avro.Channel {
	return [...]avro.Channel{avro.ChannelUnknown, avro.ChannelTelegram, avro.ChannelVoice, avro.ChannelSMS, avro.ChannelCall}
}

// codeOfChannel numbers the channels for state entries.
func codeOfChannel(channel avro.Channel) int {
	all := channels()
	return max(0, slices.Index(all[:], channel))
}

// codeOfFirst numbers the first channel, from 1; 0: there is none.
func codeOfFirst(channel avro.Channel) int {
	if channel == "" {
		return 0
	}
	return codeOfChannel(channel) + 1
}
