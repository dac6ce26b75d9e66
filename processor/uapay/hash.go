package uapay

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// members are a callback's claims as raw text, without those that differ between two
// deliveries (iat, postbackTime) and without nulls.
type members struct {
	list []member
	// order holds the indexes of list sorted by key. orders caches the last order by number
	// of claims, because a provider writes its claims in a fixed order.
	order  []int
	orders [mostOrders][]int
	// sum is the reusable buffer of hash.
	sum []byte
}

// mostOrders is the number of claims from which on no order is cached.
const mostOrders = 64

// member is one claim as raw text.
type member struct{ key, raw []byte }

// reset removes all claims.
func (m *members) reset() { m.list = m.list[:0] }

// add adds a claim, unless it differs between deliveries.
func (m *members) add(key, raw []byte) {
	if string(key) == "iat" || string(key) == "postbackTime" {
		return
	}
	m.list = append(m.list, member{key, raw})
}

// repeated sorts the claims and reports whether a key occurs twice.
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

// ascending reports whether the keys are strictly ascending in order.
func (m *members) ascending() bool {
	for i := 1; i < len(m.order); i++ {
		if bytes.Compare(m.list[m.order[i-1]].key, m.list[m.order[i]].key) >= 0 {
			return false
		}
	}
	return true
}

// hash returns the SHA-256 of the sorted claims, each part preceded by its length.
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
