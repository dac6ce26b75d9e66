// Package catalogue describes the topics that analysts may read: a static site, an AsyncAPI
// document and an Open Data Contract, all from the schemas, the topic table and the provider
// table; no topic and no field is listed here.
//
//	contract.Tables, provider table ─► pages, asyncapi.json, datacontract.yaml
//
// The pages are self-contained: no script, no font, no image from elsewhere. They are written
// by a small escaping writer, because html/template adds 8 MB to the program.
package catalogue
