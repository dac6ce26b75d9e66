// Package voximplant checks Voximplant's account callbacks, one by one.
//
//	{"callbacks": [A, B, …]} ─► Split ─► the proven: bytes, key, secret id; the others: index
//	A                        ─► Split ─► a batch of one
//
// It checks only the proof: invalid JSON in an item or beside the items does not keep the
// proven items out.
//
// An item is proven by md5(salt + account_id + api_key + callback_id), all as
// text ([S] 002). That covers the two ids and nothing else: assurance signed-id.
// The ids are hashed as written, so that numbers beyond 2^53 lose no digits.
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

// Batch is the callbacks of a request.
type Batch struct {
	// Items are those that a secret proves.
	Items []proof.Record
	// Refused are the indexes of the others.
	Refused []int
}

// Len is how many callbacks there are.
func (b *Batch) Len() int { return len(b.Items) + len(b.Refused) }

// Split cuts a body into its callbacks and checks each against all secrets. An
// object without "callbacks" that has a callback's own fields is a batch of one,
// whose value is the whole body. A body that is neither is refused whole.
func Split(body []byte, secrets []Secret) (Batch, error) {
	s := jsonscan.NewLoose(body)
	if s.Kind() != jsonscan.Object {
		return Batch{}, proof.Envelope("not_json_object", "the body is not a JSON object")
	}
	e := envelope{secrets: secrets}
	tooMany := !e.read(s)
	err := s.End()
	switch {
	case tooMany:
		return Batch{}, &proof.Refusal{
			Status: http.StatusRequestEntityTooLarge, Reason: "batch_too_large", Detail: `"callbacks" has more than 1000 items`,
		}
	case err != nil:
		return Batch{}, proof.NotJSON(err)
	case e.arrays == 0 && e.bare:
		e.add(body)
	case e.arrays != 1 || !e.isArray:
		return Batch{}, proof.Envelope("callbacks_missing", `the body is no callback and has not exactly one array "callbacks"`)
	case e.batch.Len() == 0:
		return Batch{}, proof.Envelope("batch_empty", `"callbacks" is empty`)
	}
	return e.batch, nil
}

// envelope is the state of parsing a body's outer object.
type envelope struct {
	secrets []Secret
	batch   Batch
	arrays  int  // how often "callbacks" stands there
	isArray bool // whether the last of them is an array
	bare    bool // whether it has a field that only a callback has

	item jsonscan.Scanner // over one item after another
	text []byte           // what a hash is made of
}

// read parses the whole object. It stops and returns false if the batch is too large,
// because before the proof the cost must be proportional to the body's size.
func (e *envelope) read(s *jsonscan.Scanner) bool {
	for s.BeginObject(); ; {
		key, more := s.NextKey()
		if !more {
			return true
		}
		switch string(key) {
		case "callbacks":
			e.arrays++
			if e.isArray = s.Kind() == jsonscan.Array; !e.isArray || e.arrays > 1 {
				s.Skip()
				continue
			}
			for s.BeginArray(); s.NextItem(); {
				if e.batch.Len() == MaxBatch {
					return false
				}
				if value := s.Raw(); value != nil {
					e.add(value)
				}
			}
		case "account_id", "callback_id", "hash":
			e.bare = true
			s.Skip()
		default:
			s.Skip()
		}
	}
}

// add checks a callback against all secrets, even after one matched, so that the time
// does not reveal which one.
func (e *envelope) add(value []byte) {
	index := e.batch.Len()
	account, callback, hash, ok := e.ids(value)
	secretID := ""
	for n := 0; ok && n < len(e.secrets); n++ {
		k := &e.secrets[n]
		e.text = append(e.text[:0], k.Salt...)
		e.text = append(e.text, account...)
		e.text = append(e.text, k.APIKey...)
		e.text = append(e.text, callback...)
		sum := md5.Sum(e.text) //nolint:gosec // The provider's proof is MD5.
		if subtle.ConstantTimeCompare(sum[:], hash[:]) == 1 {
			secretID = k.ID
		}
	}
	if secretID == "" {
		e.batch.Refused = append(e.batch.Refused, index)
		return
	}
	e.batch.Items = append(e.batch.Items, proof.Record{Index: index, Value: value, Key: "voximplant:" + string(account), SecretID: secretID})
}

// ids reads the two ids that the hash covers, and the hash. Each of the three must
// occur exactly once: of two account_ids one could be verified and the other read.
func (e *envelope) ids(item []byte) (account, callback []byte, hash [md5.Size]byte, ok bool) {
	s := &e.item
	s.ResetLoose(item)
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
