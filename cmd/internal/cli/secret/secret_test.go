package secret_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
)

func TestOneSourceExactly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ref secret.Ref
		ok  bool
	}{
		"value":           {secret.Ref{Value: "v"}, true},
		"file":            {secret.Ref{File: "f"}, true},
		"environment":     {secret.Ref{Env: "E"}, true},
		"none":            {secret.Ref{}, false},
		"value and file":  {secret.Ref{Value: "v", File: "f"}, false},
		"all of them":     {secret.Ref{Value: "v", File: "f", Env: "E"}, false},
		"file and a name": {secret.Ref{File: "f", Env: "E"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := c.ref.Validate(); (err == nil) != c.ok {
				t.Errorf("Validate: %v, want ok %t", err, c.ok)
			}
		})
	}
}

//nolint:paralleltest // it sets a variable of the environment
func TestResolve(t *testing.T) {
	t.Setenv("A_SECRET_THAT_IS_SET", " spaces stay ")
	t.Setenv("A_SECRET_THAT_IS_EMPTY", "")
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		ref  secret.Ref
		want string
		says string
	}{
		"value":                    {ref: secret.Ref{Value: "v\n"}, want: "v\n"},
		"file":                     {ref: secret.Ref{File: file("plain", "abc")}, want: "abc"},
		"newlines at a file's end": {ref: secret.Ref{File: file("editor", "abc\r\n\n")}, want: "abc"},
		"newlines and spaces else": {ref: secret.Ref{File: file("inside", " a\nb \n")}, want: " a\nb "},
		"bytes that are no text":   {ref: secret.Ref{File: file("bytes", "\x00\xff\xfe")}, want: "\x00\xff\xfe"},
		"environment":              {ref: secret.Ref{Env: "A_SECRET_THAT_IS_SET"}, want: " spaces stay "},
		"no such file":             {ref: secret.Ref{File: filepath.Join(dir, "absent")}, says: "absent"},
		"an empty file":            {ref: secret.Ref{File: file("empty", "\n")}, says: "is empty"},
		"an empty variable":        {ref: secret.Ref{Env: "A_SECRET_THAT_IS_EMPTY"}, says: "A_SECRET_THAT_IS_EMPTY is empty"},
		"no such variable":         {ref: secret.Ref{Env: "A_SECRET_THAT_IS_NOT"}, says: "A_SECRET_THAT_IS_NOT is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.ref.Resolve()
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}

// TestNothingPrintsIt: whichever way a configuration is shown, its secrets are not.
func TestNothingPrintsIt(t *testing.T) {
	t.Parallel()
	ref := secret.Ref{Value: "the-text-itself"}
	asYAML, err := yaml.Marshal(ref)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(ref)
	if err != nil {
		t.Fatal(err)
	}
	for name, shown := range map[string]string{
		"yaml": string(asYAML), "json": string(asJSON), "%v": fmt.Sprintf("%v", ref), "%+v": fmt.Sprintf("%+v", ref),
		"%#v": fmt.Sprintf("%#v", ref), "%s": fmt.Sprintf("%s", ref), "%q": fmt.Sprintf("%q", ref),
	} {
		if strings.Contains(shown, "the-text") {
			t.Errorf("%s shows it: %s", name, shown)
		}
	}
}
