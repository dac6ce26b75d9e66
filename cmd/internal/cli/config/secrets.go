package config

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/ingest"
)

// shortSecret is the length in bytes below which a shared secret is warned of: NIST SP 800-107 wants
// 112 bits of strength.
const shortSecret = 14

// CheckSecrets reads every file and variable that the settings name, as ingest and processor do
// when they start, and returns those that cannot be read as faults. They may be absent where the
// configuration is only edited; Check reads none of them.
func (f *File) CheckSecrets() []Fault {
	c := &f.Config
	var faults []Fault
	// Settings with mistakes are reported by Check.
	if c.Ingest.Validate() == nil {
		faults = append(faults, faultsOf("ingest", ingest.CheckFiles(c.Ingest))...)
	}
	for i := range c.Privacy.Keys {
		k := &c.Privacy.Keys[i]
		if _, err := k.Resolve(); k.Validate() == nil && err != nil {
			faults = append(faults, Fault{Path: fmt.Sprintf("privacy.keys[%d]", i), Message: err.Error()})
		}
	}
	for i := range c.Console.Tokens {
		t := &c.Console.Tokens[i]
		if _, err := t.Resolve(); t.Validate() == nil && err != nil {
			faults = append(faults, Fault{Path: fmt.Sprintf("console.tokens[%d]", i), Message: err.Error()})
		}
	}
	for path, ref := range map[string]secret.Ref{
		"kafka.sasl.password": c.Kafka.SASL.Password, "kafka.sasl.token": c.Kafka.SASL.Token,
		"kafka.sasl.oauth.client_secret": c.Kafka.SASL.OAuth.ClientSecret,
		"console.oidc.client_secret":     c.Console.OIDC.ClientSecret,
		"registry.password":              c.Registry.Password, "registry.token": c.Registry.Token,
	} {
		if ref.Validate() != nil {
			continue
		}
		if _, err := ref.Resolve(); err != nil {
			faults = append(faults, Fault{Path: path, Message: err.Error()})
		}
	}
	f.locate(faults)
	return faults
}

// CheckPorts warns of addresses that cannot be listened on now, as that of a running process.
func (f *File) CheckPorts(ctx context.Context) []Fault {
	var out []Fault
	for path, address := range map[string]string{"ingest.listen": f.Config.Ingest.Listen, "ops.listen": f.Config.Ops.Listen, "console.listen": f.Config.Console.Listen} {
		if address == "" {
			continue
		}
		listener, err := ops.Listen(ctx, address)
		if err == nil {
			err = listener.Close()
		}
		if err != nil {
			out = append(out, Fault{Path: path, Message: fmt.Sprintf("%s cannot be listened on now (%v): a running process has it, or another program", address, cause(err))})
		}
	}
	f.locate(out)
	return out
}

// cause returns the innermost error: "address already in use".
func cause(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

// shortSecrets warns of secrets given as values that are short enough to be guessed.
func (f *File) shortSecrets(warn func(path, format string, args ...any)) {
	for i := range f.Config.Ingest.Sources {
		s := &f.Config.Ingest.Sources[i]
		for j := range s.Secrets {
			if n := len(s.Secrets[j].Value); n > 0 && n < shortSecret {
				warn(fmt.Sprintf("sources[%d].secrets[%d].value", i, j), "a secret of %d bytes can be guessed: make one with openssl rand -hex 32", n)
			}
		}
		for j := range s.Relay.Callers {
			if n := len(s.Relay.Callers[j].Value); n > 0 && n < shortSecret {
				warn(fmt.Sprintf("sources[%d].relay.callers[%d].value", i, j), "a token of %d bytes can be guessed: make one with openssl rand -hex 32", n)
			}
		}
	}
}

// shortTokens warns of tokens of the console given as values that are short enough to be guessed.
func (f *File) shortTokens(warn func(path, format string, args ...any)) {
	for i := range f.Config.Console.Tokens {
		if n := len(f.Config.Console.Tokens[i].Value); n > 0 && n < shortSecret {
			warn(fmt.Sprintf("console.tokens[%d].value", i), "a token of %d bytes can be guessed: make one with openssl rand -hex 32", n)
		}
	}
}

// locate adds the line or the environment variable of each fault's setting, and sorts the faults by
// line.
func (f *File) locate(faults []Fault) {
	for i := range faults {
		faults[i].Line = f.lines.of(faults[i].Path)
		faults[i].Variable = f.variables[faults[i].Path]
	}
	slices.SortStableFunc(faults, byLine)
}
