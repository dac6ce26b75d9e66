package registry_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/registry"
)

// fake is a registry in memory that counts its requests and can be told to fail.
type fake struct {
	*srfake.Registry
	url      string
	requests atomic.Int64
	status   atomic.Int64 // answered to every request, unless 0
}

func newFake(t *testing.T, opts ...srfake.Option) *fake {
	t.Helper()
	f := &fake{Registry: srfake.NewRegistry(opts...)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.requests.Add(1)
		if status := f.status.Load(); status != 0 {
			w.WriteHeader(int(status))
			return
		}
		f.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func newClient(t *testing.T, config registry.Config) *registry.Client {
	t.Helper()
	if config.Timeout == 0 { // the usual one is too short for a busy machine
		config.Timeout = time.Minute
	}
	c, err := registry.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRegisterIsIdempotent(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := newClient(t, registry.Config{URLs: []string{f.url}, Names: schemas.Names{Prefix: "acme."}})
	status, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range status {
		if s.Registered || s.ID != 0 {
			t.Errorf("before Register(): %+v", s)
		}
	}
	first, err := c.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range first {
		if !r.Created || !r.Registered || r.ID == 0 || r.Version != 1 || !strings.HasPrefix(r.Subject, "acme.") || !strings.HasSuffix(r.Subject, "-value") {
			t.Errorf("Register() = %+v", r)
		}
	}
	if len(first) != len(schemas.AVSCNames()) {
		t.Errorf("Register() made %d subjects, want %d", len(first), len(schemas.AVSCNames()))
	}
	second, err := c.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		first[i].Created = false
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("second Register() (-want +got):\n%s", diff)
	}
}

// TestRegisterSetsCompatibility: the subject's own level, whatever the registry's.
func TestRegisterSetsCompatibility(t *testing.T) {
	t.Parallel()
	f := newFake(t, srfake.WithGlobalCompat(sr.CompatNone))
	if _, err := newClient(t, registry.Config{URLs: []string{f.url}}).Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	client, err := sr.NewClient(sr.URLs(f.url))
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range client.Compatibility(t.Context(), "duplicates.v1-value", "enriched.journeys.v1-value") {
		if got.Err != nil || got.Level != sr.CompatFullTransitive || got.Level.String() != registry.Compatibility {
			t.Errorf("compatibility of %s = %v, %v", got.Subject, got.Level, got.Err)
		}
	}
}

// TestTwoPrefixesOneRegistry: equal schemas share an id, and each subject has its
// own version.
func TestTwoPrefixesOneRegistry(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	for _, prefix := range []string{"one.", "two."} {
		results, err := newClient(t, registry.Config{URLs: []string{f.url}, Names: schemas.Names{Prefix: prefix}}).Register(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Version != 1 || !strings.HasPrefix(r.Subject, prefix) {
				t.Errorf("Register() = %+v", r)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	config := registry.Config{URLs: []string{f.url}, CacheFile: filepath.Join(t.TempDir(), "new", "ids.json")}
	c := newClient(t, config)
	if _, err := c.Resolve(t.Context()); !errors.Is(err, registry.ErrNotRegistered) {
		t.Fatalf("Resolve() before Register() = %v, want %v", err, registry.ErrNotRegistered)
	}
	results, err := c.Register(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]uint32{}
	for _, r := range results {
		want[r.Topic] = r.ID
	}
	ids, err := c.Resolve(t.Context())
	if err != nil || ids.Cached || ids.NotKept != nil {
		t.Fatalf("Resolve() = %+v, %v", ids, err)
	}
	if diff := cmp.Diff(want, ids.ByTopic); diff != "" {
		t.Errorf("Resolve() (-want +got):\n%s", diff)
	}

	f.status.Store(503)
	ids, err = newClient(t, config).Resolve(t.Context())
	if err != nil || !ids.Cached || !errors.Is(ids.Unavailable, registry.ErrUnavailable) {
		t.Fatalf("Resolve() with the registry away = %+v, %v", ids, err)
	}
	if diff := cmp.Diff(want, ids.ByTopic); diff != "" {
		t.Errorf("Resolve() with the registry away (-want +got):\n%s", diff)
	}
}

// TestResolveTrustsNoOtherCache: ids of another registry, prefix or schema would
// name another schema.
func TestResolveTrustsNoOtherCache(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	path := filepath.Join(t.TempDir(), "ids.json")
	config := registry.Config{URLs: []string{f.url}, CacheFile: path}
	c := newClient(t, config)
	if _, err := c.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resolve(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.status.Store(500)
	tests := map[string]struct {
		content string
		change  func(*registry.Config)
	}{
		"another registry": {string(kept), func(c *registry.Config) { c.URLs = append(c.URLs, f.url+"/other") }},
		"another prefix":   {string(kept), func(c *registry.Config) { c.Names.Prefix = "acme." }},
		"another schema":   {strings.Replace(string(kept), `"schema": "`, `"schema": "0`, 1), nil},
		"another version":  {strings.Replace(string(kept), `"version": 1`, `"version": 2`, 1), nil},
		"half a file":      {string(kept[:len(kept)/2]), nil},
		"no file":          {"", func(c *registry.Config) { c.CacheFile += ".none" }},
		"no cache":         {"", func(c *registry.Config) { c.CacheFile = "" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := config
			config.CacheFile = filepath.Join(t.TempDir(), "ids.json")
			if err := os.WriteFile(config.CacheFile, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if test.change != nil {
				test.change(&config)
			}
			if ids, err := newClient(t, config).Resolve(t.Context()); !errors.Is(err, registry.ErrUnavailable) {
				t.Errorf("Resolve() = %+v, %v, want %v", ids, err, registry.ErrUnavailable)
			}
		})
	}
}

// TestResolveWithoutItsDisk: a cache that cannot be written does not stop a start.
func TestResolveWithoutItsDisk(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, registry.Config{URLs: []string{f.url}, CacheFile: filepath.Join(file, "ids.json")})
	if _, err := c.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ids, err := c.Resolve(t.Context()); err != nil || ids.NotKept == nil || len(ids.ByTopic) == 0 {
		t.Errorf("Resolve() = %+v, %v", ids, err)
	}
}

func TestSchemaByID(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := newClient(t, registry.Config{URLs: []string{f.url}})
	f.SeedSchema("theirs-value", 1, 901, sr.Schema{Schema: `syntax = "proto3";`, Type: sr.TypeProtobuf})
	f.SeedSchema("mine-value", 1, 900, sr.Schema{Schema: `"string"`})
	for range 3 {
		if text, err := c.SchemaByID(t.Context(), 900); err != nil || text != `"string"` {
			t.Fatalf("SchemaByID() = %q, %v", text, err)
		}
	}
	if n := f.requests.Load(); n != 1 {
		t.Errorf("%d requests for one id, want 1", n)
	}
	if _, err := c.SchemaByID(t.Context(), 901); !errors.Is(err, registry.ErrUnsupported) {
		t.Errorf("SchemaByID() of protobuf = %v, want %v", err, registry.ErrUnsupported)
	}
	if _, err := c.SchemaByID(t.Context(), 902); !errors.Is(err, registry.ErrNotRegistered) {
		t.Errorf("SchemaByID() of an unknown id = %v, want %v", err, registry.ErrNotRegistered)
	}
	f.status.Store(500)
	if _, err := c.SchemaByID(t.Context(), 903); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("SchemaByID() with the registry away = %v, want %v", err, registry.ErrUnavailable)
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	f := newFake(t, srfake.WithAuth("Basic dXNlcjpwYXNzd29yZA=="))
	right := registry.Config{URLs: []string{f.url}, Username: "user", Password: says("password")}
	if _, err := newClient(t, right).Register(t.Context()); err != nil {
		t.Errorf("Register() with the password = %v", err)
	}
	wrong := right
	wrong.Password = says("hunter2")
	_, err := newClient(t, wrong).Register(t.Context())
	if err == nil || errors.Is(err, registry.ErrUnavailable) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Register() with another password = %v", err)
	}
	// A password that no longer holds must not be hidden by the ids kept on disk.
	if _, err := newClient(t, wrong).Resolve(t.Context()); err == nil {
		t.Error("Resolve() with another password = nil")
	}
}

// TestSilentRegistry: one that takes the connection and never answers costs one
// timeout, not one for each subject.
func TestSilentRegistry(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(release); server.Close() })
	c := newClient(t, registry.Config{URLs: []string{server.URL}, Timeout: 20 * time.Millisecond})
	if _, err := c.Resolve(context.Background()); !errors.Is(err, registry.ErrUnavailable) {
		t.Errorf("Resolve() = %v, want %v", err, registry.ErrUnavailable)
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

func TestConfigValidate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config registry.Config
		want   []string
	}{
		"good":        {registry.Config{URLs: []string{"http://localhost:8081"}}, nil},
		"none":        {registry.Config{}, []string{"at least one url"}},
		"credentials": {registry.Config{URLs: []string{"http://user:hunter2@localhost"}}, []string{"url 1 holds credentials"}},
		"several faults": {
			registry.Config{URLs: []string{"localhost:8081"}, Username: "u", BearerToken: says("t"), Timeout: -1},
			[]string{"url 1 is not", "belong together", "bearer token", "timeout"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.config.Validate()
			if (err == nil) != (test.want == nil) {
				t.Fatalf("Validate() = %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Validate() = %v, want %q", err, want)
				}
			}
			if err != nil && (strings.Contains(err.Error(), "hunter2") || !errors.Is(err, registry.ErrConfig)) {
				t.Errorf("Validate() = %v", err)
			}
		})
	}
}
