// Package cli is the shared part of the programs' commands: global flags, exit codes,
// usage errors, the configuration, printing, progress and the build's version.
//
// Run executes a command tree and translates its error into an exit code. Everything that
// is printed passes package terminal, so that no id, record or error text controls the
// terminal.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

// The exit codes, in addition to those of ingest and processor.
const (
	ExitOK = iota
	// ExitFailed: the command failed, or its check found a fault.
	ExitFailed
	// ExitUsage: the arguments or the configuration are wrong.
	ExitUsage
)

// exitInterrupted is the exit code of a command that Ctrl-C ended: 128 + SIGINT, as shells expect.
const exitInterrupted = 130

// Globals holds the streams and flags common to all commands.
type Globals struct {
	// Out and Err are the output and the error stream.
	Out, Err io.Writer
	// ConfigPath is --config; empty means the file of config.Path.
	ConfigPath string
	// JSON is --json.
	JSON bool
	// Brokers are --brokers; empty means those of the configuration.
	Brokers []string
	// Output is --output: empty, wide, json or yaml.
	Output string
	// loaded is the configuration that the command has read last.
	loaded *config.File
	// Settings are the --set: key=value, before file and environment.
	Settings []string
}

// AddFlags adds the global flags to a program's root command.
func (g *Globals) AddFlags(root *cobra.Command) {
	root.PersistentFlags().StringVarP(&g.ConfigPath, "config", "c", "", "configuration file (YAML); else TRIBUTARY_CONFIG, else ./tributary.yaml if it exists; TRIBUTARY_… variables go before it")
	root.PersistentFlags().StringSliceVarP(&g.Brokers, "brokers", "b", nil, "bootstrap addresses, before those of the configuration")
	root.PersistentFlags().StringArrayVarP(&g.Settings, "set", "X", nil, "a setting, before file and environment: -X kafka.prefix=test.")
	root.PersistentFlags().BoolVar(&g.JSON, "json", false, "print JSON, for programs")
	root.PersistentFlags().StringVar(&g.Output, "output", "", "wide (all columns, nothing cut), json or yaml")
}

// Error ends the program with an exit code. Without Err nothing is printed.
type Error struct {
	Code int
	Err  error
}

// Usage wraps an error of the arguments or the configuration.
func Usage(err error) error { return &Error{ExitUsage, err} }

// Error implements error.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrReported ends the program with ExitFailed after the command has printed the reason.
var ErrReported = errors.New("")

// Run runs a program and returns its exit code. newRoot builds its command tree.
func Run(ctx context.Context, newRoot func(*Globals) *cobra.Command, args []string, stdout, stderr io.Writer) int {
	stdout, stderr = terminal.NewWriter(stdout), terminal.NewWriter(stderr)
	g := &Globals{Out: stdout, Err: stderr}
	root := newRoot(g)
	root.SilenceUsage, root.SilenceErrors, root.Version = true, true, BuildInfo().Version
	// Reached only by an unknown command: cobra's own error would have no exit code.
	root.Args, root.RunE = cobra.ArbitraryArgs, unknownCommand
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return Usage(errors.New(terminal.Line(flagError(cmd, err))))
	})
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return g.checkOutput() }
	g.shortOutput(root)
	usageErrors(root)
	root.SetUsageFunc(usage)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var coded *Error
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, ErrReported):
		return ExitFailed
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		// Whoever pressed Ctrl-C knows it.
		return exitInterrupted
	case errors.As(err, &coded) && (coded.Err == nil || coded.Code == ExitUsage):
		if coded.Err != nil {
			printError(stderr, root.Name(), coded.Err)
		}
		return coded.Code
	}
	code := ExitFailed
	if coded != nil {
		code, err = coded.Code, coded.Err
	}
	printError(stderr, root.Name(), err)
	if hint := g.hint(context.WithoutCancel(ctx), roleOf(cmd), err); hint != "" {
		_, _ = fmt.Fprintln(stderr, terminal.Wrap(hint, g.Width()))
	}
	return code
}

// printError prints an error, wrapped to the terminal's width.
func printError(out io.Writer, program string, err error) {
	_, _ = fmt.Fprintln(out, terminal.Wrap(program+": "+err.Error(), terminal.Width(out)))
}

// usageErrors sets the exit code of wrong use for wrong arguments of every command.
func usageErrors(c *cobra.Command) {
	for _, sub := range c.Commands() {
		usageErrors(sub)
	}
	if !c.Runnable() {
		c.Args, c.RunE = cobra.ArbitraryArgs, unknownCommand
	}
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return Usage(fmt.Errorf("%w; see %s --help", err, cmd.CommandPath()))
			}
			return nil
		}
	}
}

// unknownCommand runs for a command that only has subcommands: it prints the help, or
// rejects an unknown subcommand.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	hint := "see " + cmd.CommandPath() + " --help"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return Usage(fmt.Errorf("unknown command %q for %q; %s", args[0], cmd.CommandPath(), hint))
}

// Read reads the configuration, with its faults.
func (g *Globals) Read() (*config.File, error) {
	settings := g.Settings
	if len(g.Brokers) > 0 {
		settings = append(slices.Clip(settings), "kafka.brokers="+strings.Join(g.Brokers, ","))
	}
	f, err := config.Load(config.Path(g.ConfigPath), settings...)
	if err == nil && len(g.Brokers) > 0 {
		f.SetBy("kafka.brokers", "-b")
	}
	return f, err
}

// Load reads the configuration. All its faults are one error.
func (g *Globals) Load() (*config.File, error) {
	f, err := g.Read()
	if err != nil {
		return nil, Usage(err)
	}
	faults := f.Check()
	if len(faults) == 0 {
		g.loaded = f
		f.Config.Kafka.Waiting = func(cause error) {
			_, _ = fmt.Fprintf(g.Err, "no answer yet from Kafka at %s (%s): %v …\n", strings.Join(f.Config.Kafka.Brokers, ","), f.Origin("kafka.brokers"), cause)
		}
		return f, nil
	}
	lines := make([]string, len(faults))
	for i := range faults {
		lines[i] = "  " + faults[i].String()
	}
	name := f.Path
	if name == "" {
		name = "the configuration"
	}
	return nil, Usage(fmt.Errorf("%s has faults (tributary config check shows them with the settings):\n%s", name, strings.Join(lines, "\n")))
}

// Logger returns the program's logger, which writes to the error stream.
func (g *Globals) Logger(l *config.Log) *slog.Logger {
	level, _ := l.LogLevel()
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(g.Err, options))
	}
	return slog.New(slog.NewTextHandler(g.Err, options))
}

// Admin returns an admin client for the configured cluster; the caller closes it.
func Admin(c *config.Config) (*kadm.Client, error) {
	options, err := c.Kafka.Options()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("make a Kafka client: %w", err)
	}
	return kadm.NewClient(client), nil
}
