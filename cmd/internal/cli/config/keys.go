package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/tool/count"
	"github.com/tributary-hq/tributary/processor/privacy"
)

// developmentKey is the key of the compose stack: everybody can read it in the
// repository, so that everybody can find the number behind a pseudonym made with it.
const developmentKey = "a-development-key-for-phones"

// soon is how long before the last key ends the warnings begin.
const soon = 30 * 24 * time.Hour

// keyFaults reports mistakes in block_k and in the keys at a given time. CheckSecrets reports a key
// that cannot be read here: a check may run on a machine without the keys.
func (f *File) keyFaults(now time.Time) []Fault {
	var out []Fault
	if k := f.Config.Privacy.BlockK; k < 0 || k > privacy.MaxBlockK {
		out = append(out, Fault{Path: "privacy.block_k", Message: fmt.Sprintf("%d is not between 0 (no blocks) and %d", k, privacy.MaxBlockK)})
	}
	keys := f.Config.Privacy.Keys
	seen := map[string]bool{}
	for i := range keys {
		k, path := &keys[i], fmt.Sprintf("privacy.keys[%d]", i)
		fault := func(below, format string, args ...any) {
			out = append(out, Fault{Path: path + below, Message: fmt.Sprintf(format, args...)})
		}
		if err := k.Validate(); err != nil {
			fault("", "%v", err)
		} else if text, err := k.Resolve(); err == nil {
			if reason := weak(text); reason != "" {
				fault("", "%s; make one with: openssl rand -hex 32", reason)
			} else if text == developmentKey && !f.development() {
				fault("", "this is the public key of the compose stack, and the cluster is not one of a development machine; make one with: openssl rand -hex 32")
			}
		}
		switch {
		case k.ID == "" || strings.ContainsAny(k.ID, ": \t\n"):
			fault(".id", "%q: give the key an id without colons and white space; it stands beside every pseudonym", k.ID)
		case seen[k.ID]:
			fault(".id", "%q is the id of another key too: pseudonyms of the two could not be distinguished", k.ID)
		}
		seen[k.ID] = true
		if !k.Until.IsZero() && !k.Until.After(k.From) {
			fault(".until", "%s is not after from (%s)", k.Until.Format(time.RFC3339), k.From.Format(time.RFC3339))
		}
	}
	if until, ends := privacy.CoveredUntil(f.spans(), now); len(keys) > 0 && ends && !until.After(now) {
		out = append(out, Fault{Path: "privacy.keys", Message: "no key is in force now: phone numbers would have no pseudonym, and what is joined by one would have no journey; extend until of the last key, or add a key"})
	}
	return out
}

// keyWarnings warns of the public development key, gaps between keys, and a last key
// that ends soon.
func (f *File) keyWarnings(now time.Time, warn func(path, format string, args ...any)) {
	keys := f.Config.Privacy.Keys
	if len(keys) == 0 {
		warn("privacy.keys", "none: the processor does not start without a key for the pseudonyms of phone numbers")
		return
	}
	for i := range keys {
		path := fmt.Sprintf("privacy.keys[%d]", i)
		text, err := keys[i].Resolve()
		switch {
		case err != nil: // CheckSecrets reports it
		case text == developmentKey && f.development():
			warn(path, "the public key of the compose stack: for development only")
		}
	}
	spans := f.spans()
	slices.SortFunc(spans, func(a, b privacy.Key) int { return a.From.Compare(b.From) })
	until, ends := privacy.CoveredUntil(spans, spans[0].From)
	for ends {
		next := slices.IndexFunc(spans, func(k privacy.Key) bool { return k.From.After(until) })
		if next < 0 {
			break
		}
		warn("privacy.keys", "no key is in force from %s to %s: phone numbers received then have no pseudonym",
			until.Format(time.RFC3339), spans[next].From.Format(time.RFC3339))
		until, ends = privacy.CoveredUntil(spans, spans[next].From)
	}
	if until, ends := privacy.CoveredUntil(spans, now); ends && until.After(now) && until.Before(now.Add(soon)) {
		warn("privacy.keys", "the last key ends at %s and none follows: add one that begins before", until.Format(time.RFC3339))
	}
}

// spans returns the keys without their secrets.
func (f *File) spans() []privacy.Key {
	out := make([]privacy.Key, len(f.Config.Privacy.Keys))
	for i := range f.Config.Privacy.Keys {
		k := &f.Config.Privacy.Keys[i]
		out[i] = privacy.Key{ID: k.ID, From: k.From, Until: k.Until}
	}
	return out
}

// development reports whether the cluster looks like a development machine: one
// replica, and neither TLS nor SASL.
func (f *File) development() bool {
	c := &f.Config
	return c.Topics.ReplicationFactor == 1 && !c.Kafka.TLS.Enabled && c.Kafka.SASL.Mechanism == ""
}

// weak returns the reason why a key is easy to guess, or "" if none is found.
func weak(text string) string {
	const leastKinds = 8
	kinds := map[byte]bool{}
	for i := range len(text) {
		kinds[text[i]] = true
	}
	switch {
	case len(text) < privacy.MinKeyBytes:
		return fmt.Sprintf("a key of %s; at least %d are needed", count.Of(len(text), "byte"), privacy.MinKeyBytes)
	case len(kinds) < leastKinds:
		return fmt.Sprintf("a key of only %s can be guessed", count.Of(len(kinds), "different character"))
	case repeats([]byte(text)):
		return "a key that repeats a part of itself can be guessed"
	}
	return ""
}

// repeats reports whether a text is a shorter text repeated.
func repeats(text []byte) bool {
	// It is exactly if it occurs in its own doubling at another place than both ends.
	doubled := append(bytes.Clone(text), text...)
	return bytes.Contains(doubled[1:len(doubled)-1], text)
}
