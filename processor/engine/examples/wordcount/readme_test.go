package main

import (
	"bytes"
	"os"
	"testing"
)

// TestReadme holds the engine's README to the program that is tested here.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := bytes.Cut(readme, []byte("```go\n"))
	block, _, found := bytes.Cut(block, []byte("```"))
	if !found || !bytes.Equal(block, program) {
		t.Error("the first block of README.md is not main.go: copy the file into it")
	}
}
