package signal

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// formatVersion is the format of the state entry.
const formatVersion = 1

// saved is the state of a signal: its last revision and when its tombstone is due; zero
// means not yet.
type saved struct {
	signal avro.Signal
	end    time.Time
}

func (e *saved) isOpen() bool {
	return e.signal.State == avro.SignalStateRaised || e.signal.State == avro.SignalStateUpdated
}

// The fields by type, in the order of the state entry. New ones go to the end.

func texts(s *avro.Signal) []*string {
	return []*string{(*string)(&s.Kind), (*string)(&s.State), (*string)(&s.Severity), &s.Claim}
}

func optionalTexts(s *avro.Signal) []*avro.Optional[string] {
	return []*avro.Optional[string]{
		&s.Provider, &s.Source, &s.Country, &s.Area, &s.Block, &s.AccountID, &s.Currency, &s.ConvertedCurrency, &s.Measure, &s.SuggestedRule,
	}
}

func times(s *avro.Signal) []*time.Time { return []*time.Time{&s.AsOf, &s.RaisedAt, &s.UpdatedAt} }

func optionalTimes(s *avro.Signal) []*avro.Optional[time.Time] {
	return []*avro.Optional[time.Time]{&s.EvidenceSince, &s.WithdrawnAt, &s.RateAsOf}
}

func optionalCounts(s *avro.Signal) []*avro.Optional[int64] {
	return []*avro.Optional[int64]{&s.Codes, &s.Numbers, &s.CodesVerified, &s.CodesPaid, &s.CostMinor, &s.CostUnknown, &s.CostConvertedMinor}
}

func optionalDoubles(s *avro.Signal) []*avro.Optional[float64] {
	return []*avro.Optional[float64]{&s.Rate, &s.Expected, &s.Seen}
}

func (e *saved) appendTo(dst []byte) []byte {
	s := &e.signal
	dst = statecodec.AppendTime(append(dst, formatVersion), e.end)
	for _, v := range texts(s) {
		dst = statecodec.AppendString(dst, *v)
	}
	for _, v := range optionalTexts(s) {
		dst = appendOptional(dst, v, statecodec.AppendString)
	}
	dst = appendOptional(dst, &s.Channel, func(dst []byte, c avro.Channel) []byte { return statecodec.AppendString(dst, string(c)) })
	for _, v := range times(s) {
		dst = statecodec.AppendTime(dst, *v)
	}
	for _, v := range optionalTimes(s) {
		dst = appendOptional(dst, v, statecodec.AppendTime)
	}
	for _, v := range optionalCounts(s) {
		dst = appendOptional(dst, v, statecodec.AppendInt)
	}
	for _, v := range optionalDoubles(s) {
		dst = appendOptional(dst, v, appendDouble)
	}
	dst = statecodec.AppendInt(appendDouble(dst, s.Confidence), s.Revision)
	return appendEvidence(dst, s.Evidence)
}

func appendEvidence(dst []byte, evidence []avro.SignalEvidence) []byte {
	dst = statecodec.AppendUint(dst, uint64(len(evidence)))
	for i := range evidence {
		f := &evidence[i]
		dst = statecodec.AppendString(statecodec.AppendString(dst, f.Name), f.Unit)
		for _, v := range []*avro.Optional[float64]{&f.Value, &f.Low, &f.High} {
			dst = appendOptional(dst, v, appendDouble)
		}
	}
	return dst
}

func parse(entry []byte) (saved, error) {
	r, _ := statecodec.NewReader(entry, formatVersion)
	e := saved{end: r.Time()}
	s := &e.signal
	for _, v := range texts(s) {
		*v = r.String()
	}
	for _, v := range optionalTexts(s) {
		*v = readOptional(r, r.String)
	}
	s.Channel = readOptional(r, func() avro.Channel { return avro.Channel(r.String()) })
	for _, v := range times(s) {
		*v = r.Time()
	}
	for _, v := range optionalTimes(s) {
		*v = readOptional(r, r.Time)
	}
	for _, v := range optionalCounts(s) {
		*v = readOptional(r, r.Int)
	}
	for _, v := range optionalDoubles(s) {
		*v = readOptional(r, func() float64 { return readDouble(r) })
	}
	s.Confidence, s.Revision = readDouble(r), r.Int()
	s.Evidence = make([]avro.SignalEvidence, r.Len())
	for i := range s.Evidence {
		f := &s.Evidence[i]
		f.Name, f.Unit = r.String(), r.String()
		for _, v := range []*avro.Optional[float64]{&f.Value, &f.Low, &f.High} {
			*v = readOptional(r, func() float64 { return readDouble(r) })
		}
	}
	return e, r.Done()
}

func appendOptional[T any](dst []byte, v *avro.Optional[T], appendValue func([]byte, T) []byte) []byte {
	if dst = statecodec.AppendBool(dst, v.Set); v.Set {
		dst = appendValue(dst, v.Value)
	}
	return dst
}

func readOptional[T any](r *statecodec.Reader, read func() T) avro.Optional[T] {
	if !r.Bool() {
		return avro.Optional[T]{}
	}
	return avro.Some(read())
}

func appendDouble(dst []byte, v float64) []byte {
	return binary.BigEndian.AppendUint64(dst, math.Float64bits(v))
}

func readDouble(r *statecodec.Reader) float64 {
	var b [8]byte
	r.Fixed(b[:])
	return math.Float64frombits(binary.BigEndian.Uint64(b[:]))
}
