package k8s_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
)

// secretsRoot is below which every secret is mounted; configRoot holds the settings.
const secretsRoot, configRoot = "/run/secrets/tributary", "/etc/tributary"

// ownKeys are the keys that a role must be able to read: a path of the configuration that
// begins like this is for it.
func ownKeys() map[string][]string {
	return map[string][]string{"ingest": {"/providers/"}, "processor": {"/phones/"}, "lag": nil, "console": {"/phones/"}, "jobs": nil}
}

// TestSettings has the configuration of each role, with its variables and as its pod sees
// it, be without a fault.
func TestSettings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, all []document) {
		configs := map[string]string{}
		for _, d := range all {
			if d.kind() == "ConfigMap" {
				configs[d.str("metadata", "name")] = d.str("data", "tributary.yaml")
			}
		}
		for _, w := range workloads(t, all) {
			t.Run(w.name, func(t *testing.T) {
				t.Parallel()
				checkSettings(t, w, configs)
			})
		}
	})
}

func checkSettings(t *testing.T, w workload, configs map[string]string) {
	t.Helper()
	tributary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var text string
	mounts := map[string]string{}
	for _, m := range w.pod.Spec.Containers[0].VolumeMounts {
		mounts[m.Name] = m.MountPath
	}
	for _, v := range w.pod.Spec.Volumes {
		if v.ConfigMap != nil && mounts[v.Name] == configRoot {
			text = configs[v.ConfigMap.Name]
		}
	}
	if text == "" {
		t.Fatalf("no tributary.yaml is mounted on %s", configRoot)
	}
	// The pod's paths, in a folder of this test's.
	text = strings.ReplaceAll(text, secretsRoot, filepath.Join(dir, "secrets"))
	config := filepath.Join(dir, "tributary.yaml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range secretFiles(text) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("a-secret-of-this-test-0123456789\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		readable(t, w, mounts, strings.TrimPrefix(path, filepath.Join(dir, "secrets")))
	}
	env := variables(t, w, mounts)
	checkWith(t, tributary, config, env)
	checkWords(t, w, tributary)
}

// secretFiles are the files that a configuration names.
func secretFiles(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`\bfile: *([^\s,}]+)`).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// readable checks that a role has the secrets that are its own, and no others.
func readable(t *testing.T, w workload, mounts map[string]string, path string) {
	t.Helper()
	own := slices.ContainsFunc(ownKeys()[w.role], func(prefix string) bool { return strings.HasPrefix(path, prefix) })
	mounted := false
	for _, at := range mounts {
		mounted = mounted || strings.HasPrefix(secretsRoot+path, at+"/")
	}
	if own != mounted {
		t.Errorf("secret %s: mounted is %v, want %v", path, mounted, own)
	}
}

// variables are the pod's, with a stand-in where Kubernetes fills in the value.
func variables(t *testing.T, w workload, mounts map[string]string) []string {
	t.Helper()
	out := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for _, e := range w.pod.Spec.Containers[0].Env {
		value := e.Value
		if value == "" {
			value = stand(t, w, e)
		}
		if strings.HasPrefix(value, secretsRoot) {
			if !slices.ContainsFunc(w.pod.Spec.Volumes, func(v core.Volume) bool {
				return v.Secret != nil && mounts[v.Name] == filepath.Dir(value)
			}) {
				t.Errorf("%s=%s, where no secret is mounted", e.Name, value)
			}
			// A file that is there; what is in it counts only when it is used.
			value = filepath.Join(t.TempDir(), filepath.Base(value))
			if err := os.WriteFile(value, authority(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, e.Name+"="+value)
	}
	return out
}

// authority is a certificate, which is what a file must be where it is looked into.
func authority() []byte {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// stand stands in for a value that Kubernetes would fill in.
func stand(t *testing.T, w workload, e core.EnvVar) string {
	t.Helper()
	switch {
	case e.ValueFrom == nil:
		t.Errorf("%s has no value", e.Name)
	case e.ValueFrom.FieldRef != nil && e.ValueFrom.FieldRef.FieldPath == "metadata.name":
		return strings.ToLower(strings.ReplaceAll(w.name, "/", "-")) + "-0"
	case e.ValueFrom.SecretKeyRef != nil:
		// Its own role's secret, not another's.
		if name := e.ValueFrom.SecretKeyRef.Name; !strings.HasSuffix(name, "-"+w.role) {
			t.Errorf("%s comes from the secret %s", e.Name, name)
		}
	}
	return "a-" + w.role
}

// checkWith runs config check, and has every variable be a setting that took effect.
func checkWith(t *testing.T, tributary, config string, env []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tributary, "config", "check", "--json", "-c", config) //nolint:gosec // of this test
	cmd.Env = env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var answer struct {
		Faults, Warnings []struct{ Path, Message string }
	}
	if jsonErr := json.Unmarshal(stdout.Bytes(), &answer); jsonErr != nil {
		t.Fatalf("config check: %v %v\n%s", err, jsonErr, stderr.Bytes())
	}
	for _, f := range answer.Faults {
		t.Errorf("fault: %s: %s", f.Path, f.Message)
	}
	for _, warning := range answer.Warnings {
		// The cluster's network policy closes the ops port.
		if warning.Path != "ops.listen" {
			t.Errorf("warning: %s: %s", warning.Path, warning.Message)
		}
	}
}

// checkWords has the program know the command and the flags of the pod.
func checkWords(t *testing.T, w workload, tributary string) {
	t.Helper()
	args := append(slices.Clone(w.pod.Spec.Containers[0].Args), "--help")
	if text, err := exec.CommandContext(t.Context(), tributary, args...).CombinedOutput(); err != nil { //nolint:gosec // of this test
		t.Errorf("tributary %s: %v\n%s", strings.Join(args, " "), err, text)
	}
}
