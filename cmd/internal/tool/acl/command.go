package acl

import (
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/schemas"
)

// Commands returns the grants as lines of a shell script that calls kafka-acls.sh, for
// clusters whose rules are managed by other tools. A role without principals becomes a
// comment.
func Commands(c *Config, names schemas.Names, brokers []string) []string {
	var out []string
	for _, g := range Grants(c, names) {
		if g.Principal == "" {
			line := fmt.Sprintf("# %s: nobody has this role: --principal %s=User:…", g.Role, g.Role)
			if len(out) == 0 || out[len(out)-1] != line {
				out = append(out, line)
			}
			continue
		}
		words := []string{"kafka-acls.sh", "--bootstrap-server", quote(strings.Join(brokers, ",")), "--add", "--allow-principal", quote(g.Principal)}
		for _, op := range g.Operations {
			words = append(words, "--operation", op)
		}
		for _, name := range g.Names {
			words = append(words, "--"+g.Resource)
			if g.Resource != ResourceCluster {
				words = append(words, quote(name))
			}
		}
		if g.Prefixed {
			words = append(words, "--resource-pattern-type", prefixed)
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

// quote makes a word safe for a shell.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:,="
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
