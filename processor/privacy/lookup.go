package privacy

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/processor/source"
)

// Lookup returns, for searches, the pseudonyms under which an id of one of the sources
// may be in the topics, besides the id itself. They are those under every key, because
// another key may have been the oldest when the id was read, and under today's rules
// and stricter ones, because the source's rules may have been others.
func (p *Pseudonymiser) Lookup(sources []source.Source, text string) []string {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	phones := p.numbers(sources, text)
	var out []string
	for i := range p.keys {
		out = append(out, p.keys[i].pseudonym(source.HMACPrefix, text))
		for _, digits := range phones {
			out = append(out, p.keys[i].pseudonym(source.PhonePrefix, digits))
		}
	}
	return out
}

// numbers returns the digits of the phone numbers that the sources recognise in a text,
// each once.
func (p *Pseudonymiser) numbers(sources []source.Source, text string) []string {
	var out []string
	// The additional source stands for sources that were removed.
	for _, s := range append(slices.Clip(sources), source.Source{}) {
		s = s.WithDefaults()
		s.IDs.Allow = nil
		like, _ := looksLikeID(&s.IDs, text, noSpace)
		if n := p.phoneOf(&s, text, like); n != nil && !slices.Contains(out, n.digits) {
			out = append(out, n.digits)
		}
	}
	return out
}
