package contract

import "fmt"

// bigquery writes tables, which a load of an export or a sink connector fills, and views.
func bigquery(tables []Table, o *Options) []File {
	d := &dialect{quote: backtick, decimal: "BIGNUMERIC", double: "FLOAT64"}
	p := &printer{}
	p.linef("-- %s", header)
	p.linef("-- Load an export: bq load --source_format=PARQUET --parquet_enable_list_inference DATASET.TABLE 'gs://…/*.parquet'")
	for i := range tables {
		t := &tables[i]
		p.linef("")
		p.linef("CREATE TABLE IF NOT EXISTS %s (", t.History())
		var columns []string
		all := t.all()
		for j := range all {
			columns = append(columns, fmt.Sprintf("%s %s OPTIONS(description = %s)", backtick(all[j].Name), bigqueryTypes().of(&all[j].Type), bigqueryText(all[j].comment())))
		}
		p.list(columns)
		p.linef(") PARTITION BY DATE(%s) CLUSTER BY %s", backtick(KafkaTime), backtick(KafkaKey))
		p.linef("OPTIONS(description = %s);", bigqueryText(historyDoc(t)))
		if t.Key == "" {
			continue
		}
		p.linef("")
		p.linef("CREATE OR REPLACE VIEW %s OPTIONS(description = %s) AS", t.Current(), bigqueryText(newestDoc(t)))
		p.newest(t, t.History(), o, d)
		p.linef(";")
		for j := range t.Topic.Views {
			v := &t.Topic.Views[j]
			p.linef("")
			p.linef("CREATE OR REPLACE VIEW %s OPTIONS(description = %s) AS", v.Name, bigqueryText(viewDoc(t, v)))
			p.selects(t, v, o, d)
			p.linef(";")
		}
	}
	return []File{{Name: "bigquery.sql", Text: p.String()}}
}

// bigqueryText quotes a description and cuts it to BigQuery's limit of 1,024 characters.
func bigqueryText(s string) string {
	const most = 1024
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return escaped(s)
}

func bigqueryTypes() *types {
	return &types{
		scalars: map[Kind]string{
			Boolean: "BOOL", Int: "INT64", Long: "INT64", Float: "FLOAT64", Double: "FLOAT64", Bytes: "BYTES", String: "STRING",
			Timestamp: "TIMESTAMP", Date: "DATE",
		},
		decimal: "BIGNUMERIC(%d, %d)", array: "ARRAY<%s>", mapping: "ARRAY<STRUCT<key STRING, value %s>>", record: "STRUCT<%s>", field: "%s %s",
		quote: backtick,
	}
}
