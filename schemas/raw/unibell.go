package raw

import "strings"

// unibellRequest begins the part of a key that is a request id.
const unibellRequest = "request:"

// UnibellReference returns the part of a Unibell key behind the source that stands for a
// reference: the reference itself, behind a colon where it would look like a request id's
// or like an escaped one. The callers of a source choose references freely.
func UnibellReference(reference string) string {
	if strings.HasPrefix(reference, unibellRequest) || strings.HasPrefix(reference, ":") {
		return ":" + reference
	}
	return reference
}

// UnibellRequest returns the part of a Unibell key that stands for a request id, which is
// the provider's.
func UnibellRequest(id string) string { return unibellRequest + id }

// ReadUnibellReference is the inverse of UnibellReference.
func ReadUnibellReference(part string) string { return strings.TrimPrefix(part, ":") }
