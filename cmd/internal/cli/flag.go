package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
)

// flagError returns the message for a flag that pflag refused: the flag, its value and the nearest known
// spelling. It replaces pflag's own messages, which quote errors of strconv.
func flagError(cmd *cobra.Command, err error) string {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := config.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			return fmt.Sprintf("%v; did you mean --%s?", err, near)
		}
		return fmt.Sprintf("%v; see %s --help", err, cmd.CommandPath())
	}
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err.Error()
	}
	kinds := map[string]string{"int": "whole number", "uint": "whole number", "float": "number", "bool": "value: write true or false"}
	flag := invalid.GetFlag()
	for prefix, kind := range kinds {
		if strings.HasPrefix(flag.Value.Type(), prefix) {
			return fmt.Sprintf("--%s: %q is no %s", flag.Name, invalid.GetValue(), kind)
		}
	}
	return fmt.Sprintf("--%s: %v", flag.Name, invalid.Unwrap())
}

// OneOf returns an error of wrong use if a flag's value is none of the names, with the nearest of them.
func OneOf(flag, value string, names []string) error {
	if slices.Contains(names, value) {
		return nil
	}
	if near := config.Nearest(value, names); near != "" {
		return Usage(fmt.Errorf("%s: there is no %q; did you mean %s?", flag, value, near))
	}
	return Usage(fmt.Errorf("%s: %q is none of %s", flag, value, strings.Join(names, ", ")))
}
