package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// broker is the Kafka cluster of a scenario, run by deploy/kafka/kafka.
type broker struct {
	script string
	dir    string
	port   int
	nodes  int
}

func newBroker(o *Options, dir string, nodes int) (*broker, error) {
	b := &broker{script: filepath.Join(o.Root, "deploy", "kafka", "kafka"), dir: dir, port: o.Port, nodes: nodes}
	libs := filepath.Join(o.Root, "data", "kafka", "libs")
	// The jars are large; they are shared with `make kafka-start`.
	err := errors.Join(os.MkdirAll(libs, 0o750), os.MkdirAll(dir, 0o750))
	if err == nil {
		err = os.Symlink(libs, filepath.Join(dir, "libs"))
	}
	if err != nil {
		return nil, fmt.Errorf("make Kafka's folder: %w", err)
	}
	return b, nil
}

// run calls the script and returns its output. Node 0 means all nodes.
func (b *broker) run(ctx context.Context, verb string, node int) (string, error) {
	args := []string{verb}
	if node > 0 {
		args = append(args, strconv.Itoa(node))
	}
	cmd := exec.CommandContext(ctx, b.script, args...) //nolint:gosec // our own script
	cmd.Env = append(os.Environ(), "KAFKA_DIR="+b.dir, "KAFKA_PORT="+strconv.Itoa(b.port), "NODES="+strconv.Itoa(b.nodes),
		"KAFKA_HEAP=384m", "KAFKA_PROPERTIES="+kafkaProperties())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	// A process group of its own: the node outlives the script, and an interrupt at the
	// terminal must not reach it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", b.script, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// signal sends a signal to a node's process directly: the script would be too slow.
func (b *broker) signal(node int, s syscall.Signal) error {
	dir := b.dir
	if b.nodes > 1 {
		dir = filepath.Join(dir, "node"+strconv.Itoa(node))
	}
	text, err := os.ReadFile(filepath.Join(dir, "pid")) //nolint:gosec // our own file
	if err != nil {
		return fmt.Errorf("find node %d: %w", node, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil {
		err = syscall.Kill(pid, s)
	}
	if err != nil {
		return fmt.Errorf("send %v to node %d: %w", s, node, err)
	}
	return nil
}
