package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// topic is the page of a topic.
func (s *site) topic(t *contract.Table) (string, error) {
	p := &page{}
	p.begin(t.Name, t.Doc)
	key, revisions := "the entity's id; it only orders the records", ""
	if t.Key != "" {
		key = t.Key
		revisions = fmt.Sprintf("%s has each, %s the newest of each key", t.History(), t.Current())
	}
	p.facts("Topic", s.Names.Topic(t.Topic.Name), "One row is", grain(t), "Key", key, "Revisions", revisions,
		"Kept", retention(&t.Topic), "Access", string(t.Topic.Access), "Subject in the registry", s.Names.Subject(t.Topic.Name))
	if len(t.Topic.Views) > 0 {
		p.putf("<h2>Views</h2>")
		var views []string
		for _, v := range t.Topic.Views {
			views = append(views, v.Name+": "+v.Doc)
		}
		p.list(views)
	}
	p.putf("<h2>Where it comes from</h2>")
	s.around(p, t.Topic.Name)
	p.putf("<h2>Queries</h2>")
	for _, q := range Queries(t) {
		p.putf("<p>%s</p><pre>%s</pre>", q.Question, q.SQL)
	}
	p.putf("<h2>Do not</h2><div class=not>")
	p.list(Warnings(t, s.tables))
	p.putf("</div>")
	p.putf("<h2>Fields</h2><div class=fields>")
	fields(p, t.Columns, "")
	p.putf("</div>")
	if t.Key != "" {
		p.putf("<details><summary>Columns of %s beside them</summary><div class=fields>", t.History())
		fields(p, contract.MetaColumns(), "")
		p.putf("</div></details>")
	}
	if err := s.samples(p, t); err != nil {
		return "", err
	}
	p.putf("<h2>Versions</h2>")
	versions, err := history(t.Topic.Schema)
	if err != nil {
		return "", err
	}
	p.list(versions)
	return p.end(), nil
}

// grain is the meaning of one row.
func grain(t *contract.Table) string {
	if t.Key != "" {
		return fmt.Sprintf("one %s in %s, one revision of it in the topic", strings.TrimSuffix(t.Key, "_id"), t.Name)
	}
	first, _, _ := strings.Cut(t.Doc, ". ")
	return strings.ToLower(first[:1]) + strings.TrimSuffix(first[1:], ".")
}

// fields writes the columns, those of records below them with their path.
func fields(p *page, columns []contract.Column, path string) {
	for i := range columns {
		c := &columns[i]
		p.putf("<div><div><code>%s</code><br><span class=kind>%s</span>", path+c.Name, kindOf(&c.Type))
		if unit := c.Unit(); unit != "" {
			p.putf("<span class=kind>· %s</span>", unit)
		}
		if c.Sensitivity != "" && c.Sensitivity != "none" {
			p.putf(`<span class="tag %s">%s</span>`, c.Sensitivity, c.Sensitivity)
		}
		p.putf("</div><div>%s", c.Doc)
		if len(c.Values) > 0 {
			p.putf("<dl class=values>")
			for _, v := range c.Values {
				p.putf("<dt>%s</dt><dd>%s</dd>", v.Name, v.Doc)
			}
			p.putf("</dl><span class=kind>A later version may have others.</span>")
		}
		p.putf("</div></div>")
		inner, suffix := &c.Type, "."
		for inner.Elem != nil {
			inner, suffix = inner.Elem, "[]."
		}
		fields(p, inner.Fields, path+c.Name+suffix)
	}
}

// kindOf is a column's type in words.
func kindOf(t *contract.Type) string {
	text := string(t.Kind)
	switch t.Kind {
	case contract.Array:
		text = "list of " + kindOf(t.Elem)
	case contract.Map:
		text = "map of " + kindOf(t.Elem)
	case contract.Decimal:
		text = fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	default:
	}
	if t.Nullable {
		text += ", or null"
	}
	return text
}

func (s *site) samples(p *page, t *contract.Table) error {
	rows := s.Samples[t.Topic.Name]
	if len(rows) == 0 {
		return nil
	}
	p.putf("<h2>Sample rows</h2>")
	for i, row := range rows {
		var b bytes.Buffer
		if err := json.Indent(&b, row, "", "  "); err != nil {
			return err
		}
		open := ""
		if i == 0 {
			open = " open"
		}
		p.putf("<details"+open+"><summary>Row %s</summary><pre>%s</pre></details>", i+1, b.String())
	}
	return nil
}

// history lists the fields that each released version added or removed.
func history(name string) ([]string, error) {
	released, err := schemas.Released(name)
	if err != nil {
		return nil, err
	}
	var lines []string
	var before []string
	for i, r := range released {
		parsed, err := schema.Parse(r.Text)
		if err != nil {
			return nil, fmt.Errorf("version %d: %w", r.Version, err)
		}
		var now, added, removed []string
		for j := range parsed.Fields {
			now = append(now, parsed.Fields[j].Name)
		}
		for _, f := range now {
			if !slices.Contains(before, f) {
				added = append(added, f)
			}
		}
		for _, f := range before {
			if !slices.Contains(now, f) {
				removed = append(removed, f)
			}
		}
		line := fmt.Sprintf("Version %d: %d fields", r.Version, len(now))
		if i > 0 && len(added) > 0 {
			line += "; added " + strings.Join(added, ", ")
		}
		if len(removed) > 0 {
			line += "; removed " + strings.Join(removed, ", ")
		}
		lines, before = append(lines, line+"."), now
	}
	return append(lines, "Compatibility is FULL_TRANSITIVE: every version reads the values of every other; what cannot be changed so is another topic, v2."), nil
}
