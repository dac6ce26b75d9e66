package config

import (
	"errors"

	"github.com/tributary-hq/tributary/processor/source"
)

// Succeeds returns the reason why a running process cannot change from the file before
// to this one. Call Check first.
func (f *File) Succeeds(before *File) error {
	var errs []error
	if f.cut && !before.cut {
		errs = append(errs, errors.New("the file ends within a line, which it did not before: it looks cut; end it with a line feed if it is whole"))
	}
	_, err := source.Compare(before.Config.Sources, f.Config.Sources)
	return errors.Join(append(errs, err)...)
}
