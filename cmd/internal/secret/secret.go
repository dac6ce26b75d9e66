// Package secret is a secret of the configuration: the text itself, a file that
// holds it, or an environment variable. It never prints the text.
package secret

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/tributary-hq/tributary/ingest"
)

// Ref says where a secret is.
type Ref struct {
	// Value is the text itself, for trying out.
	Value ingest.Hidden `json:"value,omitempty" koanf:"value" yaml:"value,omitempty"`
	// File holds the text; newlines at its end are cut.
	File string `json:"file,omitempty" koanf:"file" yaml:"file,omitempty"`
	// Env names the environment variable that holds it.
	Env string `json:"env,omitempty" koanf:"env" yaml:"env,omitempty"`
}

// Validate says whether exactly one of the three is given.
func (r Ref) Validate() error {
	given := 0
	for _, text := range []string{string(r.Value), r.File, r.Env} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return errors.New("give exactly one of value, file, env")
	}
	return nil
}

// Resolve returns the text. An empty file or variable is an error: a secret that was
// cut or not filled in.
func (r Ref) Resolve() (string, error) {
	switch {
	case r.File != "":
		text, err := os.ReadFile(r.File)
		if err != nil {
			return "", fmt.Errorf("read a secret: %w", err)
		}
		trimmed := strings.TrimRight(string(text), "\r\n")
		if trimmed == "" {
			return "", fmt.Errorf("read a secret: the file %s is empty", r.File)
		}
		return trimmed, nil
	case r.Env != "":
		text, ok := os.LookupEnv(r.Env)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set", r.Env)
		}
		if text == "" {
			return "", fmt.Errorf("the environment variable %s is empty", r.Env)
		}
		return text, nil
	}
	return string(r.Value), nil
}
