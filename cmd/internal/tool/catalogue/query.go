package catalogue

import (
	"fmt"
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
)

// Query is a question and its answer in SQL, as DuckDB reads it.
type Query struct {
	Question string `json:"question"`
	SQL      string `json:"sql"`
}

// Queries are the questions that a topic is made for, and up to three that the columns of a table answer.
func Queries(t *contract.Table) []Query {
	day, by := contract.KafkaTime, ""
	var sums []string
	for i := range t.Columns {
		c := &t.Columns[i]
		switch {
		case c.Type.Kind == contract.Timestamp && day == contract.KafkaTime && !c.Type.Nullable:
			day = c.Name
		case len(c.Values) > 0 && c.Type.Kind == contract.String && by == "":
			by = c.Name
		case c.Type.Kind == contract.Long && t.Currency(c) == "currency":
			sums = append(sums, fmt.Sprintf("sum(%[1]s) AS %[1]s", c.Name))
		}
	}
	if t.Key != "" && day == contract.KafkaTime {
		day = "" // the view has no record's time
	}
	var out []Query
	if by != "" {
		out = append(out, Query{"How many, by " + by + "?", fmt.Sprintf("SELECT %[1]s, count(*) AS rows\nFROM %[2]s\nGROUP BY %[1]s\nORDER BY rows DESC;", by, t.Name)})
	}
	if len(sums) > 0 {
		out = append(out, Query{
			"How much, by currency? Amounts of different currencies do not add.",
			fmt.Sprintf("SELECT currency,\n  %s\nFROM %s\nGROUP BY currency;", strings.Join(sums, ",\n  "), t.Name),
		})
	}
	if day != "" {
		out = append(out, Query{"How many a day, in UTC?", fmt.Sprintf("SELECT date_trunc('day', %s) AS day, count(*) AS rows\nFROM %s\nGROUP BY day\nORDER BY day;", day, t.Name)})
	}
	if t.Key != "" {
		out = append(out, Query{
			"How did one come to be what it is?",
			fmt.Sprintf("SELECT *\nFROM %[1]s\nWHERE %[2]s = (SELECT min(%[2]s) FROM %[3]s)\nORDER BY kafka_offset;", t.History(), t.Key, t.Name),
		})
	}
	out = append(out, Query{"What are the newest rows?", fmt.Sprintf("SELECT *\nFROM %s\nORDER BY kafka_time DESC\nLIMIT 10;", t.History())})
	const three = 3
	for len(out) < three {
		out = append(out, Query{"How many rows are there?", fmt.Sprintf("SELECT count(*) FROM %s;", t.Name)})
	}
	if len(out) > three {
		out = append(out[:2], out[len(out)-2]) // of snapshots the history of one rather than the newest
	}
	var made []Query
	for _, q := range t.Topic.Questions {
		made = append(made, Query{q.Text, q.SQL})
	}
	return append(made, out...)
}

// Warnings are the mistakes that the shape of a table invites.
func Warnings(t *contract.Table, all []contract.Table) []string {
	var out []string
	if t.Key != "" {
		out = append(out,
			fmt.Sprintf("count or sum over the topic or %s: it has every revision. Use %s, or the record with the highest offset of each key.", t.History(), t.Name),
			fmt.Sprintf("keep a %s whose record has no value: it ended, and an erasure request may be the reason.", strings.TrimSuffix(t.Key, "_id")),
		)
	} else {
		out = append(out, "count a row twice: partition and offset name a record, and a consumer that crashes reads again.")
	}
	out = append(out, fanOuts(t, all)...)
	flags := map[string]bool{}
	for i := range t.Columns {
		c := &t.Columns[i]
		flags["values"] = flags["values"] || len(c.Values) > 0
		flags["raw"] = flags["raw"] || strings.HasSuffix(c.Name, "_raw")
		flags["minor"] = flags["minor"] || strings.HasSuffix(c.Name, "_minor")
		flags["list"] = flags["list"] || c.Type.Kind == contract.Array
		flags["pseudonym"] = flags["pseudonym"] || c.Sensitivity == "pseudonym"
		flags["processed"] = flags["processed"] || c.Name == "processed_at"
	}
	for _, w := range []struct{ flag, text string }{
		{"minor", "add amounts of different currencies, or read minor units as whole ones: 1250 of EUR is 12.50."},
		{"values", "expect only the values listed here: a later version may have others. Treat one that you do not know as UNKNOWN, and do not map values to an enumeration that refuses."},
		{"raw", "compare a field whose name ends in _raw across providers: it is what the provider sent."},
		{"list", "join with an unnested list and then sum: each row counts once for each element."},
		{"processed", "take processed_at for the time of an event: it is when the processor wrote the row, which a rebuild changes."},
		{"pseudonym", "try to turn a pseudonym back, or join it with data that names people."},
	} {
		if flags[w.flag] {
			out = append(out, w.text)
		}
	}
	return append(out, "read records of aborted transactions: isolation.level=read_committed.")
}

// fanOuts are the joins that repeat the row of another table: those by its key.
func fanOuts(t *contract.Table, all []contract.Table) []string {
	var out []string
	for i := range all {
		other := &all[i]
		for j := range t.Columns {
			if name := t.Columns[j].Name; name == other.Key && name != t.Key && other.Name != t.Name {
				out = append(out, fmt.Sprintf("sum columns of %s after a join by %s: one has several rows here, and counts for each of them.", other.Name, name))
			}
		}
	}
	return out
}
