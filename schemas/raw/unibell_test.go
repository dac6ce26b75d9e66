package raw_test

import (
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestUnibellReference: no reference has the key of a request id, and each is read back.
func TestUnibellReference(t *testing.T) {
	t.Parallel()
	for _, reference := range []string{"17", "request:r1", ":request:r1", ":", "::17", "a:b"} {
		part := raw.UnibellReference(reference)
		if strings.HasPrefix(part, raw.UnibellRequest("")) || raw.ReadUnibellReference(part) != reference {
			t.Errorf("UnibellReference(%s) = %s, read back as %s", reference, part, raw.ReadUnibellReference(part))
		}
	}
}
