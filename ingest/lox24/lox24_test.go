package lox24_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hq/tributary/ingest/lox24"
)

func TestKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"id":            {`{"id":"event","data":{"history":[{"id":"h"}],"id":"v"},"name":"n"}`, "lox24:v"},
		"number":        {`{"data":{"id":90071992547409931}}`, "lox24:90071992547409931"},
		"escaped key":   {`{"\u0064ata":{"id":"v"}}`, "lox24:v"},
		"two ids":       {`{"data":{"id":"v","id":"w"}}`, "lox24:sha256:"},
		"two datas":     {`{"data":{"id":"v"},"data":{"id":"v"}}`, "lox24:sha256:"},
		"id an object":  {`{"data":{"id":{}}}`, "lox24:sha256:"},
		"id null":       {`{"data":{"id":null}}`, "lox24:sha256:"},
		"data an array": {`{"data":[{"id":"v"}]}`, "lox24:sha256:"},
		"envelope only": {`{"id":"event"}`, "lox24:sha256:"},
	} {
		got, err := lox24.Key([]byte(c.body))
		if err != nil || !strings.HasPrefix(got, c.want) || !strings.HasSuffix(c.want, ":") && got != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

// FuzzKey: what is taken is a JSON object for every other reader too.
func FuzzKey(f *testing.F) {
	f.Add([]byte(`{"data":{"id":"v"}}`))
	f.Add([]byte(`{"data":{"id":1},"x":[true,null,1e9,"\ud83d\ude00"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		key, err := lox24.Key(body)
		if err != nil {
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(body, &object); err != nil || key == "lox24:" {
			t.Errorf("key %q of %q: %v", key, body, err)
		}
	})
}
