package environment

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Usage is the resource usage of a process so far.
type Usage struct {
	CPU time.Duration
	// RSS is its memory now, peak the most it ever had, in bytes. Peak is of the whole
	// life of the process.
	RSS, Peak int64
}

// tick is the unit of /proc/PID/stat: a hundredth of a second on every Linux.
const tick = 10 * time.Millisecond

// ReadUsage reads a process's usage from /proc.
func ReadUsage(pid int) (Usage, error) {
	var u Usage
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u, fmt.Errorf("read what process %d uses (Linux only): %w", pid, err)
	}
	// The name in brackets may contain any character, brackets included.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	const user, system = 11, 12
	if len(fields) <= system {
		return u, fmt.Errorf("read what process %d uses: a stat of %d fields", pid, len(fields))
	}
	for _, field := range []int{user, system} {
		n, err := strconv.ParseInt(fields[field], 10, 64)
		if err != nil {
			return u, fmt.Errorf("read what process %d uses: %w", pid, err)
		}
		u.CPU += time.Duration(n) * tick
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	u.RSS, u.Peak = memory(string(status), "VmRSS:"), memory(string(status), "VmHWM:")
	return u, nil
}

// memory finds a line of /proc/PID/status, in bytes.
func memory(status, name string) int64 {
	const kilo = 1024
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if fields := strings.Fields(rest); len(fields) > 0 {
				n, _ := strconv.ParseInt(fields[0], 10, 64)
				return n * kilo
			}
		}
	}
	return 0
}

// Mega converts bytes to megabytes of a million bytes, as for disks and networks.
func Mega(bytes int64) float64 { return float64(bytes) / 1e6 }

// BrokerUsage returns the usage of the broker, zero if its process is unknown.
func (p *Environment) BrokerUsage() (Usage, error) {
	if p.Options.BrokerPID == 0 {
		return Usage{}, nil
	}
	u, err := ReadUsage(p.Options.BrokerPID)
	if err != nil {
		return u, fmt.Errorf("the broker (--broker-pid): %w", err)
	}
	return u, nil
}
