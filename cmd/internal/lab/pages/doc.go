// Package pages tests the repository's pages: links resolve, every page is linked, and the
// files that ARCHITECTURE.md names exist.
package pages
