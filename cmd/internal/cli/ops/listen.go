package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
)

// Listen opens a TCP listener on host:port, or on the first free port of host:first-last.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	addresses, err := Ports(address)
	if err != nil {
		return nil, err
	}
	var listener net.Listener
	for _, one := range addresses {
		if listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", one); err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

// maxPorts limits a range of ports.
const maxPorts = 100

// Ports returns the addresses of a range of ports, host:9090-9099; any other address alone.
func Ports(address string) ([]string, error) {
	host, ports, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q is no address: write host:port or host:first-last", address)
	}
	from, to, ranged := strings.Cut(ports, "-")
	if !ranged {
		return []string{address}, nil
	}
	first, errFirst := strconv.ParseUint(from, 10, 16)
	last, errLast := strconv.ParseUint(to, 10, 16)
	if errFirst != nil || errLast != nil || first == 0 || last < first || last-first >= maxPorts {
		return nil, fmt.Errorf("%q is no range of at most %d ports: write host:9090-9099", address, maxPorts)
	}
	var out []string
	for port := first; port <= last; port++ {
		out = append(out, net.JoinHostPort(host, strconv.FormatUint(port, 10)))
	}
	return out, nil
}
