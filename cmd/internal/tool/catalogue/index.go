package catalogue

import (
	"slices"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
)

// index is the page with all topics.
func (s *site) index() string {
	p := &page{}
	p.begin("Topics for analysts", "What Tributary writes, what one row is, and how to read it right.")
	p.putf("<ul class=cards>")
	snapshots := func(t contract.Table) bool { return t.Key != "" }
	for _, t := range slices.Concat(filter(s.tables, snapshots), filter(s.tables, func(t contract.Table) bool { return !snapshots(t) })) {
		p.putf(`<li><a href="%s.html"><strong>%s</strong></a>`, t.Name, t.Name)
		p.putf("<p>%s</p>", upper(t.Topic.Doc)+".")
		p.putf(`<p class=kind>%s · %s fields · %s</p></li>`, s.Names.Topic(t.Topic.Name), len(t.Columns), retention(&t.Topic))
	}
	p.putf("</ul>")
	p.putf("<h2>From the pipeline to a query</h2>")
	p.putf("<pre>tributary export out &amp;&amp; cd out &amp;&amp; duckdb -init duckdb.sql</pre>")
	p.putf("<p>Other engines: <code>tributary contract export --for clickhouse|spark|flink|postgres|bigquery|snowflake|dbt|arrow</code>.</p>")
	p.putf("<h2>Reading Kafka yourself</h2>")
	p.list([]string{
		"A value begins with five bytes: 0, then the id of its schema, big-endian. Read the value with the schema of that id from the registry, and resolve to yours; the newest schema alone does not read older bytes.",
		"Read committed records. librdkafka and what is built on it (Python, ClickHouse, Node) do so by default; the Java client, Spark and Flink do not: set isolation.level=read_committed.",
		"A record without a value ends its key.",
		"Keep your offsets together with what you write, or write by topic, partition and offset: a consumer that crashes reads again.",
	})
	p.putf("<h2>Privacy</h2>")
	p.facts("none", "tells nothing of a person", "pseudonym", "tells persons apart, not who they are: do not try to turn it back",
		"personal", "tells of a person; null unless a source allows the field", "secret", "codes and keys: in no topic listed here")
	p.putf("<h2>Promises</h2>")
	p.putf("<p><code>tributary contract test</code> proves these on the running pipeline, or names what fails:</p>")
	var promises []string
	for _, l := range levels() {
		promises = append(promises, l.doc)
	}
	p.list(promises)
	return p.end()
}

func filter(tables []contract.Table, wanted func(contract.Table) bool) []contract.Table {
	return slices.DeleteFunc(slices.Clone(tables), func(t contract.Table) bool { return !wanted(t) })
}

func upper(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
