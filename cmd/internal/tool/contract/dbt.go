package contract

import (
	"fmt"
	"strconv"
)

// dbt writes the sources, the models of the newest rows and their tests.
func dbt(tables []Table, o *Options) []File {
	d := &dialect{quote: double, decimal: "decimal(38,4)", double: "double precision"}
	files := []File{{Name: "sources.yml", Text: dbtSources(tables)}, {Name: "models.yml", Text: dbtModels(tables)}}
	for i := range tables {
		t := &tables[i]
		if t.Key == "" {
			continue
		}
		p := &printer{}
		p.linef("-- %s", header)
		p.newest(t, fmt.Sprintf("{{ source('tributary', '%s') }}", t.History()), o, d)
		files = append(files, File{Name: t.Current() + ".sql", Text: p.String()})
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p := &printer{}
			p.linef("-- %s", header)
			p.linef("SELECT *")
			p.linef("FROM {{ ref('%s') }}", t.Current())
			p.linef("WHERE %s", d.condition(v))
			files = append(files, File{Name: v.Name + ".sql", Text: p.String()})
		}
	}
	return files
}

func dbtSources(tables []Table) string {
	p := &printer{}
	p.linef("# %s", header)
	p.linef("version: 2")
	p.linef("sources:")
	p.linef("  - name: tributary")
	p.linef("    schema: \"{{ var('tributary_schema', target.schema) }}\"")
	p.linef("    tables:")
	for i := range tables {
		t := &tables[i]
		p.linef("      - name: %s", t.History())
		p.linef("        description: %s", strconv.Quote(historyDoc(t)))
		p.linef("        config:")
		p.linef("          loaded_at_field: %s", KafkaTime)
		p.linef("        columns:")
		p.dbtColumns("          ", t.all())
	}
	return p.String()
}

func dbtModels(tables []Table) string {
	p := &printer{}
	p.linef("# %s", header)
	p.linef("version: 2")
	p.linef("models:")
	for i := range tables {
		t := &tables[i]
		if t.Key == "" {
			continue
		}
		p.dbtModel(t, t.Current(), newestDoc(t))
		for j := range t.Topic.Views {
			p.dbtModel(t, t.Topic.Views[j].Name, viewDoc(t, &t.Topic.Views[j]))
		}
	}
	return p.String()
}

func (p *printer) dbtModel(t *Table, name, doc string) {
	p.linef("  - name: %s", name)
	p.linef("    description: %s", strconv.Quote(doc))
	p.linef("    columns:")
	p.linef("      - name: %s", t.Key)
	p.linef("        description: %s", strconv.Quote(t.Columns[0].comment()))
	p.linef("        data_tests: [unique, not_null]")
	for j := 1; j < len(t.Columns); j++ {
		c := &t.Columns[j]
		p.dbtColumns("      ", t.Columns[j:j+1])
		if !c.Type.Nullable {
			p.linef("        data_tests: [not_null]")
		}
	}
}

func (p *printer) dbtColumns(indent string, columns []Column) {
	for i := range columns {
		p.linef("%s- name: %s", indent, columns[i].Name)
		p.linef("%s  description: %s", indent, strconv.Quote(columns[i].comment()))
	}
}
