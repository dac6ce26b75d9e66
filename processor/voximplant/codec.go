package voximplant

import (
	"fmt"

	"github.com/tributary-hq/tributary/processor/entity"
	"github.com/tributary-hq/tributary/processor/statecodec"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// formatVersion is the format of the state entry.
const formatVersion = 1

// parseAccount parses a state entry; a nil entry is a new account.
func parseAccount(entry []byte) (*Account, error) {
	a := &Account{}
	if entry == nil {
		return a, nil
	}
	r, _ := statecodec.NewReader(entry, formatVersion)
	a.window.ReadFrom(r)
	a.sequence.ReadFrom(r)
	a.facts, a.revision, a.first = r.Int(), r.Int(), r.Time()
	a.assurance = entity.AssuranceOf(r.Uint())
	for _, text := range a.texts() {
		*text = r.String()
	}
	a.frozen.readFrom(r)
	a.a2p, a.balance, a.agreementDay = r.Bool(), avro.Decimal(r.Int()), r.Time()
	a.required, a.lacking = readAmount(r), readAmount(r)
	for i := range r.Len() {
		m := version{by: r.Uint(), at: r.Time()}
		if i < len(a.versions) {
			a.versions[i] = m
		}
	}
	for i := range r.Len() {
		l := make(items, r.Len())
		for j := range l {
			l[j].readFrom(r)
		}
		if i < len(a.lists) {
			a.lists[i] = l
		}
	}
	if err := r.Done(); err != nil {
		return nil, fmt.Errorf("read an account: %w", err)
	}
	return a, nil
}

func (a *Account) texts() []*string {
	return []*string{&a.source, &a.providerID, &a.currency, &a.documentStatus, &a.lastID, &a.lastType}
}

func (a *Account) appendTo(dst []byte) []byte {
	dst = a.sequence.AppendTo(a.window.AppendTo(append(dst, formatVersion)))
	dst = statecodec.AppendInt(statecodec.AppendInt(dst, a.facts), a.revision)
	dst = statecodec.AppendTime(dst, a.first)
	dst = statecodec.AppendUint(dst, entity.AssuranceCode(a.assurance))
	for _, text := range a.texts() {
		dst = statecodec.AppendString(dst, *text)
	}
	dst = statecodec.AppendBool(a.frozen.appendTo(dst), a.a2p)
	dst = statecodec.AppendTime(statecodec.AppendInt(dst, int64(a.balance)), a.agreementDay)
	dst = appendAmount(appendAmount(dst, a.required), a.lacking)
	dst = statecodec.AppendUint(dst, registerCount)
	for _, m := range &a.versions {
		dst = statecodec.AppendTime(statecodec.AppendUint(dst, m.by), m.at)
	}
	dst = statecodec.AppendUint(dst, listCount)
	for _, l := range a.lists {
		dst = statecodec.AppendUint(dst, uint64(len(l)))
		for i := range l {
			dst = l[i].appendTo(dst)
		}
	}
	return dst
}

func (i *item) appendTo(dst []byte) []byte {
	dst = statecodec.AppendTime(statecodec.AppendUint(dst, i.by), i.at)
	dst = statecodec.AppendInt(dst, i.id)
	for _, text := range []string{i.kind, i.name, i.status, i.text, i.phone.Country.Value, string(i.phone.NumberType.Value), i.phone.Carrier.Value} {
		dst = statecodec.AppendString(dst, text)
	}
	dst = statecodec.AppendBool(dst, i.on)
	dst = statecodec.AppendTime(appendAmount(dst, i.amount), i.day)
	dst = i.failure.appendTo(dst)
	dst = statecodec.AppendUint(dst, uint64(len(i.phone.Pseudonyms)))
	for _, p := range i.phone.Pseudonyms {
		dst = statecodec.AppendString(statecodec.AppendString(dst, p.KeyID), p.HMAC)
	}
	return dst
}

func (i *item) readFrom(r *statecodec.Reader) {
	i.by, i.at, i.id = r.Uint(), r.Time(), r.Int()
	country, kind, carrier := "", "", ""
	for _, text := range []*string{&i.kind, &i.name, &i.status, &i.text, &country, &kind, &carrier} {
		*text = r.String()
	}
	i.phone.Country, i.phone.NumberType, i.phone.Carrier = entity.Text(country), entity.Text(avro.NumberType(kind)), entity.Text(carrier)
	i.on, i.amount, i.day = r.Bool(), readAmount(r), r.Time()
	i.failure.readFrom(r)
	for range r.Len() {
		i.phone.Pseudonyms = append(i.phone.Pseudonyms, avro.Pseudonym{KeyID: r.String(), HMAC: r.String()})
	}
}

func appendAmount(dst []byte, amount avro.Optional[avro.Decimal]) []byte {
	dst = statecodec.AppendBool(dst, amount.Set)
	if amount.Set {
		dst = statecodec.AppendInt(dst, int64(amount.Value))
	}
	return dst
}

func readAmount(r *statecodec.Reader) avro.Optional[avro.Decimal] {
	if !r.Bool() {
		return avro.Optional[avro.Decimal]{}
	}
	return avro.Some(avro.Decimal(r.Int()))
}
