package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/cli/ops"
	"github.com/tributary-hq/tributary/cmd/internal/cli/secret"
	"github.com/tributary-hq/tributary/cmd/internal/tool/count"
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
		if _, err := ops.Ports(address); address == "" || err != nil {
			continue // Check reports it
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
	short := func(kind, value, path string, args ...any) {
		if n := len(value); n > 0 && n < shortSecret {
			warn(fmt.Sprintf(path, args...)+".value", "%s of %s can be guessed: make one with openssl rand -hex 32", kind, count.Of(n, "byte"))
		}
	}
	// The salt and the key of a provider's account are the provider's to choose.
	given := func(value ingest.Hidden, path string, args ...any) {
		if n := len(value); n > 0 && n < shortSecret {
			warn(fmt.Sprintf(path, args...)+".value", "a secret of %s can be guessed: is it the one that the provider shows?", count.Of(n, "byte"))
		}
	}
	for i := range f.Config.Ingest.Sources {
		s := &f.Config.Ingest.Sources[i]
		for j := range s.Secrets {
			short("a secret", string(s.Secrets[j].Value), "sources[%d].secrets[%d]", i, j)
			given(s.Secrets[j].Salt.Value, "sources[%d].secrets[%d].salt", i, j)
			given(s.Secrets[j].APIKey.Value, "sources[%d].secrets[%d].api_key", i, j)
		}
		for j := range s.Relay.Callers {
			short("a token", string(s.Relay.Callers[j].Value), "sources[%d].relay.callers[%d]", i, j)
		}
		given(s.Relay.AccessKey.Value, "sources[%d].relay.access_key", i)
	}
	for i := range f.Config.Console.Tokens {
		short("a token", string(f.Config.Console.Tokens[i].Value), "console.tokens[%d]", i)
	}
}

// variableOf returns the variable or flag that set a setting or one around it: "kafka.brokers" of
// "kafka.brokers[0]".
func (f *File) variableOf(path string) string {
	for path != "" && f.variables[path] == "" {
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return f.variables[path]
}

// locate adds the line or the environment variable of each fault's setting, and sorts the faults by
// line.
func (f *File) locate(faults []Fault) {
	for i := range faults {
		faults[i].Line = f.lines.of(faults[i].Path)
		faults[i].Variable = cmp.Or(faults[i].Variable, f.variableOf(faults[i].Path))
	}
	slices.SortStableFunc(faults, byLine)
}
