package privacy

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/tributary-hq/tributary/processor/block"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// plan is the numbering plan's entry for a block. It depends on the block and not on the number,
// so that type and carrier reveal no more of a number than its block does; and the library is
// asked once per block, because a lookup costs as much as the rest of a record.
type plan struct {
	// full is the block with plus; root and area are the lengths of its beginnings that are
	// the calling code and the area.
	full       string
	root, area int
	// kind and carrier are empty if they are not known.
	kind    avro.NumberType
	carrier string
}

// planOf returns the plan of the block of E.164 digits, nil if they have no block. code is
// the length of the calling code.
func (p *Pseudonymiser) planOf(digits string, code int) *plan {
	text := block.Cut(digits, code)
	if text == "" {
		return nil
	}
	if known := p.blocks.get(text); known != nil {
		return known.plan
	}
	made := newPlan(text, code)
	p.blocks.add(&number{text: made.full[1:], derived: derived{plan: made}})
	return made
}

// endings are the last digits of the numbers that are tried for a block: the first valid
// one stands for the block.
func endings() []uint64 { return []uint64{0, 1234, 5555, 9876} }

func newPlan(digits string, code int) *plan {
	p := &plan{full: "+" + digits, root: 1 + code, area: 1 + code}
	n := numberIn(digits, code)
	first := n.GetNationalNumber()
	for _, ending := range endings() {
		*n.NationalNumber = first + ending
		if p.kind = kindOf(phonenumbers.GetNumberType(n)); p.kind != "" {
			p.area = min(p.root+phonenumbers.GetLengthOfNationalDestinationCode(n), len(p.full))
			break
		}
	}
	// An entry of the table that is longer than the block holds for a part of it.
	carrier, prefix, err := phonenumbers.GetCarrierWithPrefixForNumber(n, "en")
	if err == nil && len(strconv.Itoa(prefix)) <= len(digits) {
		p.carrier = carrier
	}
	return p
}

// numberIn returns the first number of a block.
func numberIn(digits string, code int) *phonenumbers.PhoneNumber {
	const numbers = 10_000 // of a block
	calling, _ := strconv.ParseInt(digits[:code], 10, 32)
	rest := digits[code:]
	national, _ := strconv.ParseUint(rest, 10, 64)
	n := &phonenumbers.PhoneNumber{}
	calling32, first := int32(calling), national*numbers
	n.CountryCode, n.NationalNumber = &calling32, &first
	if zeros := int32(len(rest) - len(strings.TrimLeft(rest, "0"))); zeros > 0 { //nolint:gosec // few digits
		leading := true
		n.ItalianLeadingZero, n.NumberOfLeadingZeros = &leading, &zeros
	}
	return n
}

// kindOf returns the type of a number, empty if the plan does not say.
func kindOf(t phonenumbers.PhoneNumberType) avro.NumberType {
	switch t {
	case phonenumbers.MOBILE:
		return avro.NumberTypeMobile
	case phonenumbers.FIXED_LINE:
		return avro.NumberTypeFixedLine
	case phonenumbers.FIXED_LINE_OR_MOBILE:
		return avro.NumberTypeFixedLineOrMobile
	case phonenumbers.VOIP:
		return avro.NumberTypeVoIP
	case phonenumbers.TOLL_FREE:
		return avro.NumberTypeTollFree
	case phonenumbers.PREMIUM_RATE:
		return avro.NumberTypePremiumRate
	case phonenumbers.SHARED_COST:
		return avro.NumberTypeSharedCost
	case phonenumbers.PERSONAL_NUMBER:
		return avro.NumberTypePersonalNumber
	case phonenumbers.PAGER:
		return avro.NumberTypePager
	case phonenumbers.UAN:
		return avro.NumberTypeUAN
	case phonenumbers.VOICEMAIL:
		return avro.NumberTypeVoicemail
	default:
		return ""
	}
}

// Blocks returns the rule on blocks of a stage whose entities are kept for the retention.
func (p *Pseudonymiser) Blocks(retention time.Duration) block.Rule {
	return block.Rule{K: p.blockK, Retention: retention}
}

// blockKey returns bits that identify the key.
func (k *key) blockKey() uint16 {
	var sum [2]byte
	_, _ = hex.Decode(sum[:], []byte(k.hmac("the key of blocks")[:4])) // always hexadecimal
	return binary.BigEndian.Uint16(sum[:])
}

// blockHash returns the hash of a number for the sets of blocks, of its HMAC under the
// oldest key.
func (p *Pseudonymiser) blockHash(hmac string) uint64 {
	var sum [8]byte
	_, _ = hex.Decode(sum[:], []byte(hmac[:16])) // always hexadecimal
	return block.HashOf(p.blockKey, binary.BigEndian.Uint64(sum[:]))
}
