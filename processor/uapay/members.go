package uapay

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// members are a callback's claims as they stand in its text, without those that a retry
// has anew and those that are null: what two deliveries of one callback have in common.
type members struct {
	list []member
	// order is the places of the list by key. A provider writes the claims that it has in
	// one order: orders has, by how many there are, what was right the last time.
	order  []int
	orders [mostOrders][]int
	// sum is memory for what is hashed.
	sum []byte
}

// mostOrders bounds for how many claims an order is kept.
const mostOrders = 64

// member is one claim as it stands in the text.
type member struct{ key, raw []byte }

// reset forgets all.
func (m *members) reset() { m.list = m.list[:0] }

// add notes a claim.
func (m *members) add(key, raw []byte) {
	if string(key) == "iat" || string(key) == "postbackTime" {
		return
	}
	m.list = append(m.list, member{key, raw})
}

// repeated sorts the claims and says whether a key stands there twice.
func (m *members) repeated() bool {
	n := len(m.list)
	if n < mostOrders && len(m.orders[n]) == n {
		if m.order = m.orders[n]; m.ascending() {
			return false
		}
	}
	m.order = make([]int, n)
	for i := range m.order {
		m.order[i] = i
	}
	slices.SortFunc(m.order, func(a, b int) int { return bytes.Compare(m.list[a].key, m.list[b].key) })
	if n < mostOrders {
		m.orders[n] = m.order
	}
	return !m.ascending()
}

// ascending says whether every key is after the one before.
func (m *members) ascending() bool {
	for i := 1; i < len(m.order); i++ {
		if bytes.Compare(m.list[m.order[i-1]].key, m.list[m.order[i]].key) >= 0 {
			return false
		}
	}
	return true
}

// hash is the SHA-256 of the sorted claims, each part with its length before it.
func (m *members) hash() [sha256.Size]byte {
	b := m.sum[:0]
	for _, i := range m.order {
		for _, part := range [...][]byte{m.list[i].key, m.list[i].raw} {
			b = append(binary.BigEndian.AppendUint64(b, uint64(len(part))), part...)
		}
	}
	m.sum = b
	return sha256.Sum256(b)
}
