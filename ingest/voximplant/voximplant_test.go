package voximplant_test

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/ingest/voximplant"
)

func item(salt, key, account, id string) string {
	sum := md5.Sum([]byte(salt + account + key + id))
	return `{"account_id": ` + account + `, "hash": "` + hex.EncodeToString(sum[:]) + `", "callback_id": ` + id + `}`
}

// TestSplit: each item is proven by its own secret and kept byte for byte.
func TestSplit(t *testing.T) {
	t.Parallel()
	secrets := []voximplant.Secret{{ID: "old", Salt: "s1", APIKey: "k1"}, {ID: "new", APIKey: "k2"}}
	items := []string{item("s1", "k1", "10", "1"), item("", "k2", "10", "2"), item("s1", "k2", "10", "3"), strings.ToUpper("{}")}
	got, err := voximplant.Split([]byte("{\n \"callbacks\" : [ "+strings.Join(items, " , ")+" ] , \"more\": 1 }"), secrets)
	if err != nil {
		t.Fatal(err)
	}
	want := voximplant.Batch{
		Items: []proof.Record{
			{Index: 0, Key: "voximplant:10", SecretID: "old", Value: []byte(items[0])},
			{Index: 1, Key: "voximplant:10", SecretID: "new", Value: []byte(items[1])},
		},
		Refused: []int{2, 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestSplitBare: an object without "callbacks" that looks like a callback is a
// batch of one, and proven like any other.
func TestSplitBare(t *testing.T) {
	t.Parallel()
	secrets := []voximplant.Secret{{ID: "one", Salt: "s1", APIKey: "k1"}}
	good := item("s1", "k1", "10", "1")
	for name, c := range map[string]struct {
		body   string
		proven bool
		reason string
	}{
		"proven":               {good, true, ""},
		"space around it":      {" \n" + good + "\n", true, ""},
		"hash in upper case":   {upperHash(good), true, ""},
		"forged":               {strings.Replace(good, `"account_id": 10`, `"account_id": 11`, 1), false, ""},
		"without hash":         {`{"account_id":10,"callback_id":1}`, false, ""},
		"nothing of its own":   {`{"type":"min_balance"}`, false, "callbacks_missing"},
		"callbacks beside it":  {strings.Replace(good, "{", `{"callbacks":[],`, 1), false, "batch_empty"},
		"callbacks no array":   {strings.Replace(good, "{", `{"callbacks":null,`, 1), false, "callbacks_missing"},
		"in an array, no name": {"[" + good + "]", false, "not_json_object"},
	} {
		got, err := voximplant.Split([]byte(c.body), secrets)
		if c.reason != "" {
			var r *proof.Refusal
			if !errors.As(err, &r) || r.Reason != c.reason {
				t.Errorf("%s: %v, want %s", name, err, c.reason)
			}
			continue
		}
		if err != nil || got.Len() != 1 || (len(got.Items) == 1) != c.proven || c.proven && string(got.Items[0].Value) != c.body {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func upperHash(callback string) string {
	at := strings.Index(callback, `"hash": "`) + len(`"hash": "`)
	return callback[:at] + strings.ToUpper(callback[at:at+32]) + callback[at+32:]
}

// TestDocumentedHash: the digest is compared, not its spelling, and nothing but 32
// hex digits is one.
func TestDocumentedHash(t *testing.T) {
	t.Parallel()
	secrets := []voximplant.Secret{{ID: "one", Salt: "s1", APIKey: "k1"}}
	good := item("s1", "k1", "10", "1")
	at := strings.Index(good, `"hash": "`) + len(`"hash": "`)
	digest := good[at : at+32]
	for name, c := range map[string]struct {
		hash   string
		proven bool
	}{
		"lower":     {digest, true},
		"upper":     {strings.ToUpper(digest), true},
		"mixed":     {strings.ToUpper(digest[:16]) + digest[16:], true},
		"cut":       {digest[:30], false},
		"longer":    {digest + "00", false},
		"no hex":    {"g" + digest[1:], false},
		"reversed":  {digest[16:] + digest[:16], false},
		"empty":     {"", false},
		"prefix 0x": {"0x" + digest[:30], false},
	} {
		got, err := voximplant.Split([]byte(good[:at]+c.hash+good[at+32:]), secrets)
		if err != nil || (len(got.Items) == 1) != c.proven {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

// TestConcatenation: digits that move from one id to the other are not proven.
func TestConcatenation(t *testing.T) {
	t.Parallel()
	// The key ends with a digit, so that 1 + k5 + 52 and 1 + k55 + 2 look alike.
	secrets := []voximplant.Secret{{ID: "s", Salt: "x1", APIKey: "k5"}}
	good := item("x1", "k5", "1", "52")
	for name, body := range map[string]string{
		"callback": strings.Replace(good, `"callback_id": 52`, `"callback_id": 2`, 1),
		"account":  strings.Replace(good, `"account_id": 1`, `"account_id": 11`, 1),
		"both":     strings.NewReplacer(`"callback_id": 52`, `"callback_id": 2`, `"account_id": 1`, `"account_id": "1k5"`).Replace(good),
	} {
		got, err := voximplant.Split([]byte(`{"callbacks":[`+body+`]}`), secrets)
		if err != nil || len(got.Items) > 0 {
			t.Errorf("%s: %v, proven %v", name, err, got.Items)
		}
	}
}

// FuzzSplit: no item is proven without the secret.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(`{"callbacks":[` + item("", "other", "1", "2") + `,{}]}`))
	f.Add([]byte(item("", "other", "1", "2")))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := voximplant.Split(body, []voximplant.Secret{{ID: "s", Salt: "a salt", APIKey: "that no fuzzer finds"}})
		if err == nil && (len(got.Items) > 0 || len(got.Refused) == 0) {
			t.Errorf("%v of %q", got, body)
		}
	})
}
