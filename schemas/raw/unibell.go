package raw

import "strings"

// unibellRequest begins the part of a key that is a request id.
const unibellRequest = "request:"

// UnibellReference returns the last part of a Unibell key, after the source, for a
// reference: the reference itself, or with a colon before it if it could be taken for a
// request id or for an escaped reference. Callers choose references freely.
func UnibellReference(reference string) string {
	if strings.HasPrefix(reference, unibellRequest) || strings.HasPrefix(reference, ":") {
		return ":" + reference
	}
	return reference
}

// UnibellRequest returns the last part of a Unibell key for the provider's request id.
func UnibellRequest(id string) string { return unibellRequest + id }

// ReadUnibellReference is the inverse of UnibellReference.
func ReadUnibellReference(part string) string { return strings.TrimPrefix(part, ":") }
