// Package cache is the write-back cache of one partition's state: dirty entries, which the
// store does not hold yet, and clean entries, which are expected to change again.
package cache
