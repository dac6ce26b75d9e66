package config

import _ "embed" // the example

//go:embed example.yaml
var example string

// Example returns a complete, commented file. A test checks that it has every setting.
func Example() string { return example }
