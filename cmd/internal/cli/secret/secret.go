// Package secret reads a secret of the configuration: the text itself, a file, or an
// environment variable. It never prints the text.
package secret

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/tributary-hq/tributary/ingest"
)

// Ref is the location of a secret.
type Ref struct {
	// Value is the text itself, for experiments.
	Value ingest.Hidden `json:"value,omitempty" koanf:"value" yaml:"value,omitempty"`
	// File is a file with the text; trailing newlines are removed.
	File string `json:"file,omitempty" koanf:"file" yaml:"file,omitempty"`
	// Env is the name of an environment variable with the text.
	Env string `json:"env,omitempty" koanf:"env" yaml:"env,omitempty"`
}

// Validate returns an error unless exactly one of the three is set.
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

// Resolve returns the text. An empty file or variable is an error: the secret was
// truncated or not filled in.
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
