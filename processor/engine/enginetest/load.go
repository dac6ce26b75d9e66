package enginetest

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Load adds entries in the format of Dump to the state of a partition. Tests use it to
// load the state of an earlier release. Other entries are kept.
func (d *Driver) Load(partition int32, dump string) error {
	p := d.parts[partition]
	lines := bufio.NewScanner(strings.NewReader(dump))
	lines.Buffer(nil, len(dump)+1)
	for n := 1; lines.Scan(); n++ {
		quoted, err := strconv.QuotedPrefix(lines.Text())
		if err != nil {
			return fmt.Errorf("line %d of a dump: no key: %w", n, err)
		}
		key, err := strconv.Unquote(quoted)
		if err != nil {
			return fmt.Errorf("line %d of a dump: the key: %w", n, err)
		}
		fields := strings.Fields(lines.Text()[len(quoted):])
		if len(fields) != 2 {
			return fmt.Errorf("line %d of a dump: %d fields behind the key, want deadline and payload", n, len(fields))
		}
		deadline, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			return fmt.Errorf("line %d of a dump: the deadline: %w", n, err)
		}
		payload, err := hex.DecodeString(fields[1])
		if err != nil {
			return fmt.Errorf("line %d of a dump: the payload: %w", n, err)
		}
		p.put(key, stateEntry{payload: payload, deadline: deadline})
	}
	return lines.Err()
}
