package voximplant_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"github.com/tributary-hq/tributary/processor/engine/enginetest"
	"github.com/tributary-hq/tributary/processor/source"
	"github.com/tributary-hq/tributary/processor/stage"
	"github.com/tributary-hq/tributary/processor/stagetest"
	"github.com/tributary-hq/tributary/processor/voximplant"
	"github.com/tributary-hq/tributary/schemas/avro"
)

// TestTypes reads a callback of each type, testdata/types/*.txtar: the payload, and
// the decoded record and the account that come of it.
func TestTypes(t *testing.T) {
	t.Parallel()
	if files, err := filepath.Glob("testdata/types/*.txtar"); len(files) < 42 {
		t.Fatalf("%d golden files, %v, want one for each type and spelling", len(files), err)
	}
	stagetest.Golden(t, "types", func(t *testing.T, note, input string) []txtar.File {
		t.Helper()
		w := play(t, callback(1201, strings.TrimSpace(note), input))
		if w.decoded != 1 || w.callback.UnknownType {
			t.Fatalf("%d decoded, causes %v %v, want the type to be known", w.decoded, w.causes, w.details)
		}
		guard(t, w)
		return []txtar.File{{Name: "decoded", Data: show(t, &w.callback)}, {Name: "account", Data: show(t, &w.account)}}
	})
}

// guard looks for what must not leave: the golden payloads hold all of these.
func guard(t *testing.T, w *told) {
	t.Helper()
	all := strings.Join(append(append(w.outputs, w.causes...), w.details...), "\n")
	for _, secret := range []string{"50c5fe2290cd", "a@example.com", "Ann", "Lee", "acme", "1511234", "free text", "https://"} {
		if strings.Contains(all, secret) {
			t.Errorf("an output holds %q", secret)
		}
	}
}

// show renders a record as JSON without what is empty or the same for all.
func show(t *testing.T, record any) []byte {
	t.Helper()
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // ids are beyond 2^53
	if err := decoder.Decode(&fields); err != nil {
		t.Fatal(err)
	}
	for _, same := range []string{"origin", "changed_by", "processed_at", "event_id", "account_id", "provider_id", "callback_id", "provider", "source"} {
		delete(fields, same)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(strip(fields)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func strip(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, field := range v {
			if field == nil || field == false || fmt.Sprint(field) == "[]" {
				delete(v, key)
				continue
			}
			v[key] = strip(field)
		}
	case []any:
		for i := range v {
			v[i] = strip(v[i])
		}
	}
	return value
}

func TestExposed(t *testing.T) {
	t.Parallel()
	m := newMemory(t, "sms_body", "account_name", "name")
	w := run(t, m, record(callback(1, "sms_inbound", `{"source_number":"15550001","sms_body":"hi"}`), noon(0), 1),
		record(callback(2, "renewed_subscriptions", `{"subscriptions":[{"type":"PLAN","name":"Gold","cost":1}]}`), noon(0), 2))
	if w.callback.AccountName != avro.Some("acme") || w.callback.AccountEmail.Set || w.account.Subscriptions[0].Name != avro.Some("Gold") {
		t.Errorf("callback = %+v, account = %+v, want what is exposed and nothing else", w.callback, w.account)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	base := func(fields string) string {
		return `{"callback_id":1,"type":"min_balance","account_id":4567` + fields + `}`
	}
	tests := map[string]struct {
		value, cause, where string
	}{
		"not JSON":              {"{", "undecodable", ""},
		"an array":              {"[]", "schema_mismatch", ""},
		"two types":             {base(`,"type":"js_fail"`), "undecodable", ""},
		"no callback id":        {`{"type":"js_fail","account_id":4567}`, "schema_mismatch", "callback_id"},
		"callback id too large": {`{"callback_id":99999999999999999999,"type":"js_fail","account_id":4567}`, "schema_mismatch", "callback_id"},
		"another account":       {`{"callback_id":1,"type":"js_fail","account_id":1}`, "undecodable", "key"},
		"type as number":        {`{"callback_id":1,"type":7,"account_id":4567}`, "schema_mismatch", "type"},
		"type no name":          {`{"callback_id":1,"type":"+4915112345678","account_id":4567}`, "schema_mismatch", "type"},
		"payload of another":    {base(`,"js_fail":{}`), "schema_mismatch", "js_fail"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := play(t, test.value)
			if len(w.causes) != 1 || w.causes[0] != test.cause || !strings.Contains(w.details[0], test.where) || w.decoded+w.shown > 0 {
				t.Errorf("causes %v, details %v, want %s about %q and nothing else", w.causes, w.details, test.cause, test.where)
			}
			guard(t, w)
		})
	}
}

// TestAnyOrder: a history of callbacks, repeated and shuffled, ends the same.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	archives := map[string]string{}
	files, err := filepath.Glob("testdata/types/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, strings.TrimSpace(string(archive.Comment)))
		archives[types[len(types)-1]] = string(archive.Files[0].Data)
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "facts")
		var deliveries []stage.Input
		for id := range n {
			typ := rapid.SampledFrom(types).Draw(rt, "type")
			value := strings.Replace(callback(id, typ, archives[typ]), "9.87", strconv.Itoa(rapid.IntRange(-5, 5).Draw(rt, "balance")), 1)
			for range rapid.IntRange(1, 3).Draw(rt, "deliveries") {
				at := noon(time.Duration(rapid.IntRange(0, 60*24*60).Draw(rt, "minute")) * time.Minute)
				deliveries = append(deliveries, record(value, at, int64(len(deliveries))))
			}
		}
		want := run(t, forgetful(t), deliveries...)
		seed := rapid.Uint64().Draw(rt, "seed")
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
		got := run(t, forgetful(t), deliveries...)
		ignore := cmpopts.IgnoreFields(avro.AccountSnapshot{}, "Revision", "ChangedBy", "ProcessedAt")
		if diff := cmp.Diff(want.account, got.account, ignore); diff != "" {
			rt.Errorf("the last snapshot hangs on the order (-in order +shuffled):\n%s", diff)
		}
		if got.decoded != n || got.repeats != len(deliveries)-n {
			rt.Errorf("%d decoded, %d repeats, want %d and %d", got.decoded, got.repeats, n, len(deliveries)-n)
		}
	})
}

// forgetful runs a stage that remembers ids for a year: the histories are longer
// than the default.
func forgetful(tb testing.TB) *enginetest.Driver {
	tb.Helper()
	pseudonyms := stagetest.Pseudonyms(tb, "a-key-of-16-or-more")
	return memoryOf(tb, voximplant.New(voximplant.Config{Span: 365 * 24 * time.Hour, NumberRetention: 24 * time.Hour}, source.NewSet(nil), pseudonyms))
}

func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/types/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(callback(1, strings.TrimSpace(string(archive.Comment)), string(archive.Files[0].Data)))
	}
	f.Fuzz(func(t *testing.T, value string) {
		w := play(t, value) // a panic or a transient error fails
		if w.decoded+len(w.causes) != 1 {
			t.Errorf("%d decoded, %d dead letters, want one of them", w.decoded, len(w.causes))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	pseudonyms := stagetest.Pseudonyms(b, "a-key-of-16-or-more")
	tested := voximplant.New(voximplant.DefaultConfig(), source.NewSet([]source.Source{{ID: "phones", Provider: "voximplant"}}), pseudonyms)
	in := record(callback(1, "sms_inbound", `{"sms_inbound":{"source_number":"15550001","destination_number":"4915112345678","sms_body":"hi"}}`), noon(0), 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tested.Decode(&in); err != nil {
			b.Fatal(err)
		}
	}
}
