package config

import _ "embed" // the example

//go:embed example.yaml
var example string

// Example returns a complete, commented file. A test holds it to the settings.
func Example() string { return example }
