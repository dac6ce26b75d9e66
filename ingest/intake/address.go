package intake

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwardedHeader is the header in which proxies list whom they speak for.
const forwardedHeader = "X-Forwarded-For"

// Address returns the sender's address: the connection's, or, behind listed proxies,
// the last forwarded one that is not itself such a proxy. It is invalid if a listed
// proxy forwards a text that is no address, because the proxy's own address would be
// wrong.
func Address(r *http.Request, proxies []netip.Prefix) netip.Addr {
	addr := parse(r.RemoteAddr)
	if !Within(proxies, addr) {
		return addr
	}
	forwarded := r.Header.Values(forwardedHeader)
	for _, line := range slices.Backward(forwarded) {
		for line != "" {
			comma := strings.LastIndexByte(line, ',')
			next := strings.TrimSpace(line[comma+1:])
			line = line[:max(comma, 0)]
			if next == "" {
				continue
			}
			if addr = parse(next); !Within(proxies, addr) {
				return addr
			}
		}
	}
	return addr
}

// parse reads an address as proxies write it: alone, in brackets, or with a port, as
// "203.0.113.7:51234" and "[2001:db8::1]:443". It is invalid if the text is none of
// these.
func parse(text string) netip.Addr {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			text = inner
		}
	}
	// A connection's address has a port, nearly always. Of the other forms none is an
	// address with a port, too, and the error would be allocated for every request.
	withPort, err := netip.ParseAddrPort(text)
	if err == nil {
		return withPort.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// Within says whether an address is in one of the networks.
func Within(networks []netip.Prefix, addr netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

// network returns the address by which limits are counted: an IPv4 address itself, and
// for IPv6 the /64 prefix, because one subscriber usually gets a whole /64.
func network(addr netip.Addr) netip.Addr {
	const subscriber = 64
	if !addr.Is6() {
		return addr
	}
	prefix, err := addr.Prefix(subscriber)
	if err != nil {
		return addr
	}
	return prefix.Addr()
}
