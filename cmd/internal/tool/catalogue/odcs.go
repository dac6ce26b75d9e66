package catalogue

import (
	"strings"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas/schema"
)

// dataContract is the Open Data Contract (ODCS 3.1).
func (s *site) dataContract() object {
	var tables, levelsOf []object
	for i := range s.tables {
		t := &s.tables[i]
		tables = append(tables, s.tableOf(t))
		if t.Topic.Delete {
			const hoursADay = 24
			levelsOf = append(levelsOf, object{
				"property": "retention", "value": int(t.Topic.Retention.Hours()) / hoursADay, "unit": "d", "element": t.Name, "driver": "operational",
			})
		}
	}
	for _, l := range levels() {
		levelsOf = append(levelsOf, object{"property": l.property, "value": l.value, "unit": l.unit, "element": l.element, "driver": "operational", "description": l.doc})
	}
	host, _, _ := strings.Cut(s.Brokers, ",")
	return object{
		"apiVersion": "v3.1.0", "kind": "DataContract", "id": "tributary", "name": "Tributary: topics for analysts",
		"version": s.Version, "status": "active", "domain": "webhooks", "dataProduct": "tributary",
		"description": object{
			"purpose": "Webhooks of providers as facts and snapshots: verifications, payments, accounts, journeys.",
			"usage":   "tributary export, then the views of 'tributary contract export'; or Kafka, read committed, each value by the schema of its id.",
			"limitations": "Topics of snapshots hold every revision until compaction: use the newest of each key. Documented values may grow. " +
				"Pseudonyms must not be turned back.",
		},
		"schema":        tables,
		"slaProperties": levelsOf,
		"servers":       []object{{"server": "kafka", "type": "kafka", "host": host, "format": "avro", "description": "The cluster."}},
		"support":       []object{{"channel": "tributary", "url": "https://example.com/tributary", "description": "the team that runs Tributary"}},
	}
}

func (s *site) tableOf(t *contract.Table) object {
	properties := propertiesOf(t.Columns)
	if t.Key != "" {
		properties[0]["primaryKey"], properties[0]["primaryKeyPosition"], properties[0]["unique"] = true, 1, true
	}
	return object{
		"name": t.Name, "physicalName": s.Names.Topic(t.Topic.Name), "logicalType": "object", "physicalType": "topic",
		"description": t.Doc, "dataGranularityDescription": grain(t), "properties": properties,
	}
}

func propertiesOf(columns []contract.Column) []object {
	var out []object
	for i := range columns {
		c := &columns[i]
		p := typeOf(&c.Type)
		p["name"], p["description"], p["required"] = c.Name, c.Doc, !c.Type.Nullable
		p["classification"] = c.Sensitivity
		var values []schema.Value
		if values = c.Values; len(values) > 0 && c.Type.Kind == contract.String {
			var names []string
			for _, v := range values {
				names = append(names, v.Name)
			}
			p["examples"] = names
		}
		if unit := c.Unit(); unit != "" {
			p["customProperties"] = []object{{"property": "unit", "value": unit}}
		}
		out = append(out, p)
	}
	return out
}

// typeOf is a type as ODCS has it.
func typeOf(t *contract.Type) object {
	switch t.Kind {
	case contract.Record:
		return object{"logicalType": "object", "physicalType": "record", "properties": propertiesOf(t.Fields)}
	case contract.Array:
		items := typeOf(t.Elem)
		return object{"logicalType": "array", "physicalType": "array", "items": items}
	case contract.Map:
		return object{"logicalType": "object", "physicalType": "map"}
	case contract.Boolean:
		return object{"logicalType": "boolean", "physicalType": "boolean"}
	case contract.Int, contract.Long:
		return object{"logicalType": "integer", "physicalType": string(t.Kind)}
	case contract.Float, contract.Double, contract.Decimal:
		return object{"logicalType": "number", "physicalType": string(t.Kind)}
	case contract.Timestamp:
		return object{"logicalType": "timestamp", "physicalType": "timestamp-millis"}
	case contract.Date:
		return object{"logicalType": "date", "physicalType": "date"}
	default:
		return object{"logicalType": "string", "physicalType": string(t.Kind)}
	}
}
