package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// Stamp identifies the settings by which the source's records are processed: the
// revision, a colon, and a fingerprint. Ingest adds it to every record.
func (s *Source) Stamp() string { return strconv.Itoa(s.Revision) + ":" + s.fingerprint() }

// readStamp parses the output of Stamp; ok is false for any other text.
func readStamp(stamp []byte) (revision int, fingerprint []byte, ok bool) {
	before, fingerprint, ok := bytes.Cut(stamp, []byte{':'})
	for _, digit := range before {
		const most = 1 << 30
		if digit < '0' || digit > '9' || revision > most {
			return 0, nil, false
		}
		revision = revision*10 + int(digit-'0')
	}
	return revision, fingerprint, ok
}

// fingerprint is a hash of the settings that are set. Settings that are not set are left
// out, so that a release with new settings has the fingerprints of the one before.
func (s *Source) fingerprint() string {
	const digits = 8
	hash, settings := sha256.New(), s.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		_, _ = fmt.Fprintf(hash, "%s=%s\n", name, settings[name])
	}
	sum := hash.Sum(nil)
	return hex.EncodeToString(sum)[:digits]
}

// settings returns the settings that have a value and that affect how a record is
// processed, as text, by name. accept_stale is not among them: only the processor uses
// it, switched on for a backfill and off again.
func (s *Source) settings() map[string]string {
	all := map[string]any{}
	text, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil { // strings, numbers and maps of them: it never fails
		return nil
	}
	out := map[string]string{}
	for name, value := range all {
		if value = setOf(value); value != nil && !slices.Contains([]string{"id", "revision", "accept_stale"}, name) {
			out[name] = fmt.Sprintf("%#v", value) // maps are printed in the order of their keys
		}
	}
	return out
}

// setOf returns a JSON value without the settings that have no value; nil if none has
// one.
func setOf(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name := range v {
			if v[name] = setOf(v[name]); v[name] == nil {
				delete(v, name)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = setOf(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string, float64, bool:
		if reflect.ValueOf(v).IsZero() {
			return nil
		}
	}
	return value
}

// Follows returns an error if a running process must not replace the settings before by
// these: they are changed but not of a higher revision, so that records accepted under
// either could not be distinguished.
func (s *Source) Follows(before *Source) error {
	switch {
	case s.Revision < before.Revision:
		return fmt.Errorf("revision: %d is lower than %d, which is in force; to go back to former settings give them a higher revision", s.Revision, before.Revision)
	case s.Revision > before.Revision:
		return nil
	}
	is, was := s.settings(), before.settings()
	for _, name := range slices.Sorted(maps.Keys(union(is, was))) {
		if is[name] != was[name] {
			return fmt.Errorf("revision: %s has changed; raise the revision to %d", name, before.Revision+1)
		}
	}
	return nil
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
