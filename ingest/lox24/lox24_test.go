package lox24_test

import (
	"bytes"
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
		"cut letter":    {"{\"data\":{\"payload\":\"\xd0\",\"id\":\"v\"}}", "lox24:v"},
		"Latin-1":       {"{\"data\":{\"payload\":\"Gr\xfc\xdfe\",\"id\":\"v\"}}", "lox24:v"},
		"raw tab":       {"{\"data\":{\"payload\":\"a\tb\",\"id\":\"v\"}}", "lox24:v"},
		"a mark":        {"\ufeff{\"data\":{\"id\":\"v\"}}", "lox24:v"},
		"NaN":           {`{"data":{"cost":NaN,"id":"v"}}`, "lox24:v"},
		"cut id":        {"{\"data\":{\"id\":\"\xd0\"}}", "lox24:sha256:"},
		"no comma":      {`{"x":1 "data":{"id":"v"}}`, "lox24:sha256:"},
	} {
		got, err := lox24.Key([]byte(c.body))
		if err != nil || !strings.HasPrefix(got, c.want) || !strings.HasSuffix(c.want, ":") && got != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

// FuzzKey: every JSON object is taken, and nothing that is another JSON value.
func FuzzKey(f *testing.F) {
	f.Add([]byte(`{"data":{"id":"v"}}`))
	f.Add([]byte(`{"data":{"id":1},"x":[true,null,1e9,"\ud83d\ude00"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		key, err := lox24.Key(body)
		object := json.Valid(body) && bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{"))
		if object != (err == nil) && json.Valid(body) || key == "lox24:" {
			t.Errorf("key %q of %q: %v", key, body, err)
		}
	})
}
