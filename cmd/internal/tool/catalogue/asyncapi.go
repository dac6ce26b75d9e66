package catalogue

import (
	"encoding/json"
	"slices"

	"github.com/tributary-hq/tributary/cmd/internal/tool/contract"
	"github.com/tributary-hq/tributary/schemas"
)

// object is a JSON object; its keys are sorted, so that the output is stable.
type object map[string]any

// asyncAPI is the AsyncAPI 3 document: a channel for each topic, which this application
// sends to.
func (s *site) asyncAPI() object {
	channels, operations := object{}, object{}
	for i := range s.tables {
		t := &s.tables[i]
		channels[t.Name] = s.channel(t)
		operations["send_"+t.Name] = object{
			"action": "send", "channel": ref("#/channels/" + t.Name), "summary": upper(t.Topic.Doc) + ".",
			"messages": []object{ref("#/channels/" + t.Name + "/messages/record")},
		}
	}
	return object{
		"asyncapi": "3.1.0",
		"info": object{
			"title": "Tributary: topics for analysts", "version": s.Version,
			"description": "Webhooks of providers as facts and snapshots. Values are Avro in Confluent wire format; read committed records.",
			"license":     object{"name": "internal"},
			"tags":        []object{{"name": "kafka"}, {"name": "webhooks"}},
			"contact":     object{"name": "the team that runs Tributary", "email": "tributary@example.com"},
		},
		"defaultContentType": "application/vnd.apache.avro",
		"servers": object{"kafka": object{
			"host": s.Brokers, "protocol": "kafka", "description": "The cluster.",
			"bindings": object{"kafka": object{"schemaRegistryUrl": s.Registry, "schemaRegistryVendor": "confluent", "bindingVersion": "0.5.0"}},
		}},
		"channels": channels, "operations": operations,
	}
}

func ref(to string) object { return object{"$ref": to} }

func (s *site) channel(t *contract.Table) object {
	config := object{"cleanup.policy": policies(&t.Topic), "max.message.bytes": t.Topic.MaxMessageBytes}
	if t.Topic.Delete {
		config["retention.ms"] = t.Topic.Retention.Milliseconds()
	}
	text, _ := schemas.AVSC(t.Topic.Schema) // contract.Tables has read it
	return object{
		"address": s.Names.Topic(t.Topic.Name), "title": t.Name, "summary": upper(t.Topic.Doc) + ".", "description": t.Doc,
		"servers": []object{ref("#/servers/kafka")},
		"bindings": object{"kafka": object{
			"topic": s.Names.Topic(t.Topic.Name), "topicConfiguration": config, "bindingVersion": "0.5.0",
		}},
		"messages": object{"record": object{
			"name": t.Name, "title": t.Name, "summary": "One row is: " + grain(t) + ".", "contentType": "application/vnd.apache.avro",
			"payload": object{"schemaFormat": "application/vnd.apache.avro+json;version=1.9.0", "schema": json.RawMessage(text)},
			"bindings": object{"kafka": object{
				"key": object{"type": "string"}, "schemaIdLocation": "payload", "schemaIdPayloadEncoding": "confluent",
				"schemaLookupStrategy": "TopicIdStrategy", "bindingVersion": "0.5.0",
			}},
		}},
	}
}

func policies(t *schemas.Topic) []string {
	var out []string
	if t.Compact {
		out = append(out, "compact")
	}
	if t.Delete {
		out = append(out, "delete")
	}
	return slices.Clip(out)
}
