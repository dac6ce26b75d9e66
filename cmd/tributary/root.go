package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/cli/config"
	"github.com/tributary-hq/tributary/cmd/internal/cli/terminal"
)

// The exit codes, in addition to those of ingest and processor.
const (
	exitOK = iota
	// exitFailed: the command failed, or its check found something wrong.
	exitFailed
	// exitUsage: the arguments or the configuration are wrong.
	exitUsage
)

// globals holds the streams and flags common to all commands.
type globals struct {
	out, err   io.Writer
	configPath string
	json       bool
}

// codeError ends the program with its exit code.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string { return e.err.Error() }
func (e *codeError) Unwrap() error { return e.err }

// errSaid ends the program with exitFailed after the command has printed the reason.
var errSaid = errors.New("")

// run runs the program and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	// The text of an id, a record or an error must not control the terminal.
	stdout, stderr = terminal.NewWriter(stdout), terminal.NewWriter(stderr)
	g := &globals{out: stdout, err: stderr}
	root := newRoot(g)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var coded *codeError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errSaid):
		return exitFailed
	case errors.As(err, &coded):
		if coded.err != nil {
			_, _ = fmt.Fprintln(stderr, "tributary:", coded.err)
		}
		return coded.code
	}
	_, _ = fmt.Fprintln(stderr, "tributary:", err)
	return exitFailed
}

func newRoot(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "tributary",
		Short: "webhooks become facts in Kafka",
		Long: `Tributary turns the webhooks of LOX24, UAPAY, Voximplant and Unibell into Kafka
topics: verified before they are answered, each fact once, joined by correlation id.

Begin with: tributary demo

Exit codes:
  0   done
  1   the work could not be done, or what was checked is wrong
  2   the call's words, or the configuration, are wrong
  65  processor: a later release wrote the state, in a format this one does not read
  69  processor: another process runs under the same processor.engine.instance_id
  74  processor: the disk of the state directory is full

Environment:
  TRIBUTARY_…        any setting, levels apart by two underscores: kafka.brokers is
                     TRIBUTARY_KAFKA__BROKERS; lists by commas. It goes before the file;
                     config check shows what counts.
  OTEL_…             where ingest and processor send spans, as OpenTelemetry names them:
                     OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS,
                     OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG; none without an endpoint.
  HTTPS_PROXY        the proxy to providers and token servers, with HTTP_PROXY and
                     NO_PROXY.
  GOMEMLIMIT         when to collect garbage sooner; the state's cache is not in it.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVarP(&g.configPath, "config", "c", "", "configuration file (YAML); without it the defaults and TRIBUTARY_… variables")
	root.PersistentFlags().BoolVar(&g.json, "json", false, "print JSON, for programs")
	// Reached only by an unknown command: cobra's own error would have no exit code.
	root.Args, root.RunE = cobra.ArbitraryArgs, unknownCommand
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &codeError{exitUsage, errors.New(terminal.Line(err.Error()))}
	})
	root.AddCommand(
		newIngest(g), newProcessor(g), newTopics(g), newSchemas(g), newTail(g), newLag(g), newDeadLetter(g), newAudit(g), newTrace(g), newForget(g), newReset(g), newDemo(g), newSimulate(g), newBench(g), newRegistryServer(g), newConfig(g), newHealth(g), newVersion(g),
	)
	usageErrors(root)
	return root
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
				return &codeError{exitUsage, fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
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
	return &codeError{exitUsage, fmt.Errorf("unknown command %q for %q; %s", args[0], cmd.CommandPath(), hint)}
}

// load reads the configuration and prints all its faults.
func (g *globals) load() (*config.File, error) {
	f, err := config.Load(g.configPath)
	if err != nil {
		return nil, &codeError{exitUsage, err}
	}
	faults := f.Check()
	if len(faults) == 0 {
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
	return nil, &codeError{exitUsage, fmt.Errorf("%s has faults (tributary config check shows them with the settings):\n%s", name, strings.Join(lines, "\n"))}
}

// logger returns the program's logger, which writes to the error stream.
func (g *globals) logger(l *config.Log) *slog.Logger {
	level, _ := l.LogLevel()
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(g.err, options))
	}
	return slog.New(slog.NewTextHandler(g.err, options))
}

// admin returns an admin client for the configured cluster; the caller closes it.
func admin(c *config.Config) (*kadm.Client, error) {
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

// printJSON prints a value as indented JSON.
func (g *globals) printJSON(v any) error {
	e := json.NewEncoder(g.out)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

// printf prints to the output. Line breaks in arguments are escaped: see
// terminal.Printf.
func (g *globals) printf(format string, args ...any) { terminal.Printf(g.out, format, args...) }
