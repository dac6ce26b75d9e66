// Package voximplant checks Voximplant's account callbacks, one by one.
//
//	{"callbacks": [A, B, …]} ─► Split ─► per item: bytes, key, secret id, or refused
//	A                        ─► Split ─► a batch of one
//
// An item is proven by md5(salt + account_id + api_key + callback_id), all as
// text ([S] 002). That covers the two ids and nothing else: assurance signed-id.
// The ids are taken as written, so that numbers beyond 2^53 stay what they are.
//
// How sure the rules are:
//   - The array "callbacks" is documented ([D] "one or several callbacks"). A bare
//     callback is not: one public handler takes it beside the array ([3P]), so it is
//     an assumption that the provider ever sends one. Taking it costs nothing, for
//     the same hash proves it.
//   - Payloads come nested in a field of their own name ([D], every SDK) or flat
//     ([3P]). No captured payload shows which; the proof does not look.
//   - The only hash shown is in lower case ([D], [S]). Upper case is taken too, an
//     assumption: hex digits spell the same 16 bytes, and those are compared.
package voximplant

import (
	"crypto/md5" //nolint:gosec // The provider's proof is MD5; see the package comment.
	"crypto/subtle"
	"encoding/hex"
	"net/http"

	"github.com/tributary-hq/tributary/ingest/proof"
	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// MaxBatch is how many callbacks a request may have. An assumption: the provider
// names no limit.
const MaxBatch = 1000

// maxDigits bounds an id; the provider's are 64-bit numbers.
const maxDigits = 40

// Secret is one secret of a source.
type Secret struct {
	// ID names the secret in the raw record's header.
	ID string
	// Salt is the security salt of the control panel; it may be empty.
	Salt string
	// APIKey is the account's API key.
	APIKey string
}

// Item is one callback of a batch.
type Item struct {
	// Value is the callback as it stands in the body, byte for byte.
	Value []byte
	// Key is the raw key.
	Key string
	// SecretID names the secret that proved the item. It is empty if none did.
	SecretID string
}

// Proven says whether a secret fitted.
func (i *Item) Proven() bool { return i.SecretID != "" }

// Split cuts a body into its callbacks and checks each against all secrets. An
// object without "callbacks" that has a callback's own fields is a batch of one,
// whose value is the whole body. A body that is neither is refused whole.
func Split(body []byte, secrets []Secret) ([]Item, error) {
	s := jsonscan.New(body)
	if s.Kind() != jsonscan.Object {
		return nil, proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	var e envelope
	e.read(s)
	if err := s.End(); err != nil {
		return nil, proof.Envelope("not_json", "the body is not JSON that can be read: "+err.Error())
	}
	switch {
	case e.arrays == 0 && e.bare:
		e.items = []Item{{Value: body}}
	case e.arrays != 1 || !e.isArray:
		return nil, proof.Envelope("callbacks_missing", `the body is no callback and has not exactly one array "callbacks"`)
	case len(e.items) == 0:
		return nil, proof.Envelope("batch_empty", `"callbacks" is empty`)
	case len(e.items) > MaxBatch:
		return nil, &proof.Refusal{
			Status: http.StatusRequestEntityTooLarge, Reason: "batch_too_large", Detail: `"callbacks" has more than 1000 items`,
		}
	}
	for i := range e.items {
		e.items[i].check(secrets)
	}
	return e.items, nil
}

// envelope is what the outer object of a body has.
type envelope struct {
	items   []Item
	arrays  int  // how often "callbacks" stands there
	isArray bool // whether the last of them is an array
	bare    bool // whether it has a field that only a callback has
}

func (e *envelope) read(s *jsonscan.Scanner) {
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			return
		}
		switch string(key) {
		case "callbacks":
			e.arrays++
			if e.isArray = s.Kind() == jsonscan.Array; !e.isArray {
				s.Skip()
				continue
			}
			for s.BeginArray(); s.NextItem(); {
				e.items = append(e.items, Item{Value: s.Raw()})
			}
		case "account_id", "callback_id", "hash":
			e.bare = true
			s.Skip()
		default:
			s.Skip()
		}
	}
}

// check sets the key and the secret of an item whose hash fits.
func (i *Item) check(secrets []Secret) {
	account, callback, hash, ok := ids(i.Value)
	if !ok {
		return
	}
	text := make([]byte, 0, 128)
	for n := range secrets {
		k := &secrets[n]
		text = append(text[:0], k.Salt...)
		text = append(text, account...)
		text = append(text, k.APIKey...)
		text = append(text, callback...)
		sum := md5.Sum(text) //nolint:gosec // The provider's proof is MD5.
		if subtle.ConstantTimeCompare(sum[:], hash[:]) == 1 {
			i.SecretID = k.ID
		}
	}
	if i.SecretID != "" {
		i.Key = "voximplant:" + string(account)
	}
}

// ids reads what the hash covers. Each of the three must be there once: of two
// account_ids one could be proven and the other read.
func ids(item []byte) (account, callback []byte, hash [md5.Size]byte, ok bool) {
	s := jsonscan.New(item)
	accounts, callbacks, hashes := 0, 0, 0
	var text []byte
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			break
		}
		switch string(key) {
		case "account_id":
			accounts++
			account = s.Text()
		case "callback_id":
			callbacks++
			callback = s.Text()
		case "hash":
			hashes++
			text = s.Bytes()
		default:
			s.Skip()
		}
	}
	if s.End() != nil || accounts != 1 || callbacks != 1 || hashes != 1 || len(text) != hex.EncodedLen(md5.Size) {
		return nil, nil, hash, false
	}
	if _, err := hex.Decode(hash[:], text); err != nil {
		return nil, nil, hash, false
	}
	return account, callback, hash, digits(account) && digits(callback)
}

// digits says whether an id is made of digits only. Anything else would let two
// pairs of ids have one concatenation.
func digits(id []byte) bool {
	if len(id) == 0 || len(id) > maxDigits {
		return false
	}
	for _, c := range id {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
