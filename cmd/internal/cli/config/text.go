package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hq/tributary/ingest"
)

// wholeNumber is a number that YAML reads and writes back unchanged.
var wholeNumber = regexp.MustCompile(`^(0|[1-9]\d{0,17})$`)

// coerced finds values of the wrong type, and text settings whose YAML value is not text, which the decoder would
// rewrite: true becomes "1", 0123 becomes "83", 1.10 becomes "1.1". A whole number in
// decimal digits is accepted as written, for ids such as 2026, but never in a secret.
func coerced(s *shape, path string, n *yaml.Node, out *[]Fault) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			coerced(s, path+"["+strconv.Itoa(i)+"]", item, out)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			sub := s
			if s.fields != nil {
				if sub = s.fields[n.Content[i].Value]; sub == nil {
					continue // not a setting: unknown reports it
				}
			}
			coerced(sub, strings.TrimPrefix(path+"."+n.Content[i].Value, "."), n.Content[i+1], out)
		}
	case yaml.ScalarNode:
		if s.fields != nil && n.ShortTag() != "!!null" {
			*out = append(*out, Fault{Path: path, Message: fmt.Sprintf("%q is no value for it: it has settings of its own, %s; write them below it, indented", n.Value, strings.Join(s.names(), ", "))})
			return
		}
		if message := misread(s.leaf, n); message != "" {
			*out = append(*out, Fault{Path: path, Message: message})
		}
	default:
	}
}

// misread returns the reason why a scalar is not a value of the setting, or not the text that it looks
// like, or "".
func misread(leaf reflect.Type, n *yaml.Node) string {
	if leaf == nil || leaf.Kind() != reflect.String {
		if n.ShortTag() == "!!null" {
			return ""
		}
		return unfit(leaf, n.Value)
	}
	secret := leaf == reflect.TypeFor[ingest.Hidden]()
	if secret && n.Value == ingest.Hidden("").String() {
		return "this is the mask that config check prints in place of a secret: write the secret, or its file or env"
	}
	kind := map[string]string{
		"!!bool": "true or false", "!!int": "a number", "!!float": "a number", "!!timestamp": "a date", "!!null": "no value",
	}[n.ShortTag()]
	switch {
	case kind == "", n.ShortTag() == "!!null" && !secret:
		return ""
	case secret: // the text itself is not shown
		return "YAML reads this as " + kind + ", which would change the secret; put it in quotes: \"...\""
	case n.ShortTag() == "!!int" && wholeNumber.MatchString(n.Value):
		return ""
	}
	return fmt.Sprintf("YAML reads %s as %s, not as text; put it in quotes: %q", n.Value, kind, n.Value)
}
