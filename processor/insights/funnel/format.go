package funnel

import (
	"encoding/binary"
	"fmt"

	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// A difference in bytes, in labels of counts and in internal.insights.v1:
//
//	dimensions   country, minute, area, block, carrier, provider, source, first channel
//	elements     tag, the element that it names, the number to add
//
// Nothing that is zero is written, and a difference may have several elements of one tag: they
// add up. The dimensions of one difference are no beginning of another's, so sorted differences
// of equal dimensions are neighbours.

// The tags of elements. Counts have their index, channels tagChannel and three for each channel.
const (
	tagChannel = 0x20
	tagCost    = 0x40 + iota
	tagRevenue
	tagVerifyTime
	tagCaptureTime
	tagPhone
	tagSuccess
	tagWait

	// hashSize is the bytes of a phone's hash.
	hashSize = 8
	// perChannel is how many counts a channel has.
	perChannel = 3
)

// appendTo appends the dimensions.
func (d *Dimensions) appendTo(dst []byte) []byte {
	dst = statecodec.AppendInt(statecodec.AppendString(dst, d.Country), d.Minute)
	for _, text := range [...]string{d.Area, d.Block, d.Carrier, d.Provider, d.Source} {
		dst = statecodec.AppendString(dst, text)
	}
	return append(dst, byte(codeOfFirst(d.Channel))) //nolint:gosec // few channels
}

// reader reads a difference. A text that it returns is a part of it.
type reader struct {
	left   string
	failed bool
}

func (r *reader) uint() (v uint64) {
	for i := 0; i < len(r.left) && i < binary.MaxVarintLen64; i++ {
		b := r.left[i]
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.left = r.left[i+1:]
			return v
		}
	}
	r.left, r.failed = "", true
	return 0
}

func (r *reader) int() int64 {
	v := r.uint()
	return int64(v>>1) ^ -int64(v&1)
}

func (r *reader) part(n uint64) (part string) {
	if n > uint64(len(r.left)) {
		r.left, r.failed = "", true
		return ""
	}
	part, r.left = r.left[:n], r.left[n:]
	return part
}

func (r *reader) text() string { return r.part(r.uint()) }

func (r *reader) byte() byte {
	if b := r.part(1); b != "" {
		return b[0]
	}
	return 0
}

func (r *reader) dimensions(d *Dimensions) {
	d.Country, d.Minute = r.text(), r.int()
	d.Area, d.Block, d.Carrier, d.Provider, d.Source = r.text(), r.text(), r.text(), r.text(), r.text()
	d.Channel = firstOfCode(r.byte())
}

// appendCount appends an element with a count unless that is 0.
func appendCount(dst []byte, tag byte, n int64) []byte {
	if n == 0 {
		return dst
	}
	return statecodec.AppendInt(append(dst, tag), n)
}

func appendChannel(dst []byte, channel int, n *ChannelCounts) []byte {
	tag := byte(tagChannel + perChannel*channel) //nolint:gosec // a channel's code
	return appendCount(appendCount(appendCount(dst, tag, n.Attempts), tag+1, n.Failed), tag+2, n.Fallbacks)
}

func appendAmounts(dst []byte, tag byte, currency string, a, b int64) []byte {
	if a == 0 && b == 0 {
		return dst
	}
	return statecodec.AppendInt(statecodec.AppendInt(statecodec.AppendString(append(dst, tag), currency), a), b)
}

// appendTally appends a value n times; the zero value is none.
func appendTally(dst []byte, tag byte, value, n int64) []byte {
	if value == 0 || n == 0 {
		return dst
	}
	return statecodec.AppendInt(statecodec.AppendInt(append(dst, tag), value), n)
}

func appendPhone(dst []byte, phone uint64, n int64) []byte {
	if phone == 0 || n == 0 {
		return dst
	}
	return statecodec.AppendInt(binary.BigEndian.AppendUint64(append(dst, tagPhone), phone), n)
}

func appendWait(dst []byte, w *Wait, sign int64) []byte {
	if w.End == 0 {
		return dst
	}
	dst = statecodec.AppendInt(statecodec.AppendString(append(dst, tagWait, byte(w.End)), w.Currency), int64(w.Bucket))
	for _, n := range w.counts() {
		dst = statecodec.AppendInt(dst, sign**n)
	}
	return dst
}

// appendElements appends the elements of a difference.
func (d *Difference) appendElements(dst []byte) []byte {
	for i, n := range d.Counts {
		dst = appendCount(dst, byte(i), n)
	}
	for i := range d.Channels {
		dst = appendChannel(dst, i, &d.Channels[i])
	}
	for i := range d.Costs {
		dst = appendAmounts(dst, tagCost, d.Costs[i].Currency, d.Costs[i].Known, d.Costs[i].Minor)
	}
	for i := range d.Revenue {
		dst = appendAmounts(dst, tagRevenue, d.Revenue[i].Currency, d.Revenue[i].Gross, d.Revenue[i].RefundMinor)
	}
	for _, t := range d.VerifyTimes {
		dst = appendTally(dst, tagVerifyTime, int64(t.Value), t.N)
	}
	for _, t := range d.CaptureTimes {
		dst = appendTally(dst, tagCaptureTime, int64(t.Value), t.N)
	}
	for _, t := range d.Phones {
		dst = appendPhone(dst, t.Value, t.N)
	}
	for _, t := range d.Successes {
		dst = appendTally(dst, tagSuccess, t.Value, t.N)
	}
	for i := range d.Waits {
		dst = appendWait(dst, &d.Waits[i], 1)
	}
	return dst
}

// addElements adds the elements that are left.
func (d *Difference) addElements(r *reader) {
	for r.left != "" {
		switch tag := r.byte(); {
		case tag < countCount:
			d.Counts[tag] += r.int()
		case tag >= tagChannel && tag < tagChannel+perChannel*channelCount:
			*d.Channels[(tag-tagChannel)/perChannel].at((tag - tagChannel) % perChannel) += r.int()
		case tag == tagCost:
			d.Costs = addCost(d.Costs, Cost{r.text(), r.int(), r.int()})
		case tag == tagRevenue:
			d.Revenue = addRevenue(d.Revenue, Revenue{r.text(), r.int(), r.int()})
		case tag == tagVerifyTime:
			d.VerifyTimes = addTally(d.VerifyTimes, int32(r.int()), r.int()) //nolint:gosec // written from an int32
		case tag == tagCaptureTime:
			d.CaptureTimes = addTally(d.CaptureTimes, int32(r.int()), r.int()) //nolint:gosec // written from an int32
		case tag == tagPhone:
			if hash := r.part(hashSize); hash != "" {
				d.Phones = addTally(d.Phones, binary.BigEndian.Uint64([]byte(hash)), r.int())
			}
		case tag == tagSuccess:
			d.Successes = addTally(d.Successes, r.int(), r.int())
		case tag == tagWait:
			d.Waits = r.addWait(d.Waits)
		default:
			r.left, r.failed = "", true
		}
	}
}

func (r *reader) addWait(list []Wait) []Wait {
	w := Wait{End: ChannelEnd(r.byte()), Currency: r.text(), Bucket: int32(r.int())} //nolint:gosec // written from an int32
	for _, n := range w.counts() {
		*n = r.int()
	}
	return addWait(list, &w)
}

// at returns the count with an index.
func (n *ChannelCounts) at(i byte) *int64 {
	return [...]*int64{&n.Attempts, &n.Failed, &n.Fallbacks}[i]
}

// errFormat is an error about bytes that are no difference.
var errFormat = fmt.Errorf("%w: not a difference of the funnel", statecodec.ErrEntry)

// Split appends the differences of a record, which are parts of it, to a list.
func Split(list []string, differences []byte) ([]string, error) {
	r := reader{left: statecodec.View(differences)}
	for r.left != "" {
		list = append(list, r.text())
	}
	if r.failed {
		return nil, errFormat
	}
	return list, nil
}

// firstOfCode returns the channel of a code, "" for none.
func firstOfCode(code byte) avro.Channel {
	if code == 0 || int(code) > channelCount {
		return ""
	}
	return channels()[code-1]
}
