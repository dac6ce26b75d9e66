package jsonscan_test

import (
	"testing"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	const none = "\x00"
	for name, test := range map[string]struct{ pointer, text, want string }{
		"string":                 {"/order/id", `{"order":{"id":"17"}}`, "17"},
		"escaped string":         {"/order", `{"order":"1\u0037"}`, "17"},
		"number":                 {"/order", `{"x":[{}],"order":17}`, "17"},
		"number as written":      {"/order", `{"order":1.70e1}`, "1.70e1"},
		"item":                   {"/orders/1", `{"orders":["a","b"]}`, "b"},
		"item of an item":        {"/1/0", ` [[1],[2,3]] `, "2"},
		"whole text":             {"", `"17"`, "17"},
		"slash in a key":         {"/a~1b", `{"a/b":"17"}`, "17"},
		"tilde in a key":         {"/a~01b", `{"a~1b":"17"}`, "17"},
		"empty key":              {"/", `{"":"17"}`, "17"},
		"key twice":              {"/order", `{"order":1,"order":17}`, "17"},
		"object twice":           {"/a/b", `{"a":{"b":1},"a":{}}`, none},
		"blank":                  {"/order", `{"order":""}`, ""},
		"null":                   {"/order", `{"order":null}`, none},
		"true":                   {"/order", `{"order":true}`, none},
		"false":                  {"/order", `{"order":false}`, none},
		"missing":                {"/order", `{}`, none},
		"object":                 {"/order", `{"order":{}}`, none},
		"array":                  {"/order", `{"order":[17]}`, none},
		"index out of range":     {"/1", `[17]`, none},
		"index with a zero":      {"/00", `[17]`, none},
		"no JSON":                {"/order", `order 17`, none},
		"nothing":                {"/order", ``, none},
		"through a string":       {"/order/id", `{"order":"17"}`, none},
		"number cut":             {"/order", `{"session":"abc","order":17`, none},
		"number cut with space":  {"/order", `{"order":17 `, none},
		"string cut":             {"/order", `{"order":"17`, none},
		"cut behind the value":   {"/order", `{"order":17,"session":"a`, none},
		"item cut":               {"/0", `[17`, none},
		"something follows":      {"/order", `{"order":17}{"order":18}`, none},
		"wrong behind the value": {"/order", `{"order":17,"x":tru}`, none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, found := jsonscan.Lookup(test.text, test.pointer)
			if want := test.want; found != (want != none) || found && got != want {
				t.Errorf("Lookup(%s, %s) = %q, %v, want %q", test.text, test.pointer, got, found, want)
			}
		})
	}
}

// TestLookupOfCutText: what stands in a text that was cut anywhere is never found.
func TestLookupOfCutText(t *testing.T) {
	t.Parallel()
	const text = `{"session":"abc","list":[{"n":1}],"order":1789}`
	for end := range len(text) {
		if got, found := jsonscan.Lookup(text[:end], "/order"); found {
			t.Errorf("Lookup(%s) = %q, want nothing", text[:end], got)
		}
	}
}
