package catalogue

import (
	"slices"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
)

// edge says that records of one topic become records of another.
type edge struct{ from, to string }

// edges follows from the provider table.
func edges() []edge {
	var out []edge
	for _, p := range schemas.Providers() {
		for _, name := range p.DecodedNames() {
			out = append(out, edge{p.Raw, name})
		}
		out = append(out, edge{p.Raw, schemas.Duplicates}, edge{p.Raw, p.DeadLetter}, edge{p.Raw, schemas.Ledger})
		from := p.Raw
		if p.Facts != "" {
			out = append(out, edge{p.Raw, p.Facts})
		}
		if p.Enriched != "" {
			out = append(out, edge{p.Raw, p.Enriched})
			from = p.Enriched
		}
		if joined := (edge{from, schemas.EnrichedJourneys}); len(p.Fields) > 0 && !slices.Contains(out, joined) {
			out = append(out, joined)
		}
	}
	return out
}

// around draws a topic between those that it comes from and those that come from it.
func (s *site) around(p *page, name string) {
	var from, to []string
	for _, e := range s.edges {
		if e.to == name {
			from = append(from, e.from)
		}
		if e.from == name {
			to = append(to, e.to)
		}
	}
	p.putf("<div class=flow>")
	s.boxes(p, from, "")
	if len(from) > 0 {
		p.putf("<div class=arrow>→</div>")
	}
	s.boxes(p, []string{name}, name)
	if len(to) > 0 {
		p.putf("<div class=arrow>→</div>")
	}
	s.boxes(p, to, "")
	p.putf("</div>")
}

// boxes writes topics below each other; those with a page are links.
func (s *site) boxes(p *page, names []string, this string) {
	if len(names) == 0 {
		return
	}
	p.putf("<div>")
	for _, name := range names {
		i := slices.IndexFunc(s.tables, func(t contract.Table) bool { return t.Topic.Name == name })
		switch {
		case name == this:
			p.putf("<div class='box this'>%s</div>", name)
		case i >= 0:
			p.putf(`<a class=box href="%s.html">%s</a>`, s.tables[i].Name, name)
		default:
			p.putf("<div class='box closed'>%s</div>", name)
		}
	}
	p.putf("</div>")
}

// lineage is the page with every provider's way through the topics.
func (s *site) lineage() string {
	p := &page{}
	p.begin("Lineage", "From a provider's webhook to the topics. Dashed: restricted, not for analysts.")
	for _, provider := range schemas.Providers() {
		p.putf("<h2>%s</h2><div class=flow>", provider.Title)
		level := []string{provider.Raw}
		for seen := map[string]bool{}; len(level) > 0; {
			s.boxes(p, level, "")
			var next []string
			for _, e := range s.edges {
				if slices.Contains(level, e.from) && !seen[e.to] {
					next = append(next, e.to)
					seen[e.to] = true
				}
			}
			// A topic that another of this level leads to stands in the next one.
			next = slices.DeleteFunc(next, func(name string) bool {
				later := slices.ContainsFunc(s.edges, func(e edge) bool { return e.to == name && slices.Contains(next, e.from) })
				if later {
					delete(seen, name)
				}
				return later
			})
			if level = next; len(level) > 0 {
				p.putf("<div class=arrow>→</div>")
			}
		}
		p.putf("</div>")
	}
	return p.end()
}
