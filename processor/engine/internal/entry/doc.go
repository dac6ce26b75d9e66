// Package entry defines the format of state entries, which is the same in the changelog
// and in the store, the engine's own entries among them, and how they are read.
package entry
