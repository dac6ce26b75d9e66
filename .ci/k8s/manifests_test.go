// Package k8s_test checks what deploy/k8s builds, without a cluster.
//
//	deploy/k8s ──kustomize──► manifests ──► the API server's own validation, v1.37
//	                              │    └──► the schemas of KEDA and the Prometheus operator
//	                              └───────► tributary config check, with each pod's own view
//
// It promises that a cluster of that version takes the manifests, that they fit one
// another, and that every role starts with its settings. It runs no pod.
package k8s_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// root is the checkout.
const root = "../.."

// targets are the folders that are built as they are.
func targets() []string { return []string{"base", "overlays/example"} }

// document is one manifest.
type document struct {
	text   []byte
	object map[string]any
}

func (d document) str(path ...string) string {
	var at any = d.object
	for _, p := range path {
		m, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		at = m[p]
	}
	s, _ := at.(string)
	return s
}

func (d document) kind() string { return d.str("kind") }

func (d document) name() string { return d.kind() + "/" + d.str("metadata", "name") }

// custom says whether the kind is not Kubernetes' own.
func (d document) custom() bool {
	group, _, found := strings.Cut(d.str("apiVersion"), "/")
	return found && strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io")
}

// manifests returns what kustomize makes of a folder below deploy/k8s.
func manifests(t *testing.T, target string) []document {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "tool", "kustomize", "build", filepath.Join(root, "deploy/k8s", target))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("kustomize build %s: %v\n%s", target, err, stderr.Bytes())
	}
	if said := stderr.String(); strings.Contains(said, "Warning") {
		t.Errorf("kustomize build %s: %s", target, said)
	}
	var out []document
	for part := range strings.SplitSeq(string(text), "\n---\n") {
		d := document{text: []byte(part)}
		// Strict: a key that stands twice is a mistake.
		if err := yaml.UnmarshalStrict(d.text, &d.object); err != nil {
			t.Fatalf("%s: %v\n%s", target, err, part)
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		t.Fatalf("%s: nothing was built", target)
	}
	return out
}

// each runs a test for every target.
func each(t *testing.T, check func(*testing.T, []document)) {
	t.Helper()
	for _, target := range targets() {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			check(t, manifests(t, target))
		})
	}
}

// program builds tributary once, for all tests.
var program = sync.OnceValues(func() (string, error) { //nolint:gochecknoglobals // one build for all tests
	dir, err := os.MkdirTemp("", "tributary-k8s-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tributary")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/tributary") //nolint:noctx // it serves all tests
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}
