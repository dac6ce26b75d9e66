package registry_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/tributary-hq/tributary/schemas/registry"
)

// answering is a client of a registry whose every answer is changed on its way.
func answering(t *testing.T, change func(r *http.Request, body string) string) *registry.Client {
	t.Helper()
	fake := srfake.NewRegistry()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		fake.Handler().ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(change(r, answer.Body.String())))
	}))
	t.Cleanup(server.Close)
	return newClient(t, registry.Config{URLs: []string{server.URL}})
}

// TestAnswersThatAreNone: a 200 of what is no registry, or of one that has something
// else, registers nothing and gives no id to write with.
func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing":        `{}`,
		"null":           `null`,
		"id 0":           `{"id": 0, "version": 1}`,
		"negative":       `{"id": -3, "version": 1}`,
		"33 bits":        `{"id": 99999999999, "version": 1}`,
		"32 bits":        `{"id": 2147483648, "version": 1}`,
		"no version":     `{"id": 7}`,
		"one id for all": `{"id": 7, "version": 1}`,
		"another schema": `{"id": 7, "version": 1, "schema": "\"string\""}`,
		"no schema":      `{"id": 7, "version": 1, "schema": "{"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
			t.Cleanup(server.Close)
			c := newClient(t, registry.Config{URLs: []string{server.URL}, CacheFile: filepath.Join(t.TempDir(), "ids.json")})
			if ids, err := c.Resolve(t.Context()); !errors.Is(err, registry.ErrAnswer) {
				t.Errorf("Resolve() = %+v, %v, want %v", ids, err, registry.ErrAnswer)
			}
			results, err := c.Register(t.Context())
			if !errors.Is(err, registry.ErrAnswer) {
				t.Errorf("Register() = %v, want %v", err, registry.ErrAnswer)
			}
			for i := range results {
				if results[i].Created {
					t.Errorf("Register() says that it made %+v", results[i])
				}
			}
		})
	}
}

// TestRegisterReadsBack: what the registry is told and then has otherwise.
func TestRegisterReadsBack(t *testing.T) {
	t.Parallel()
	registering := func(r *http.Request) bool {
		return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/versions")
	}
	for name, change := range map[string]func(*http.Request, string) string{
		"registered under another id": func(r *http.Request, body string) string {
			if registering(r) {
				return `{"id": 4711}`
			}
			return body
		},
		"registered under none": func(r *http.Request, body string) string {
			if registering(r) {
				return `{}`
			}
			return body
		},
		"a laxer level": func(r *http.Request, body string) string {
			if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/config/") {
				return `{"compatibilityLevel": "BACKWARD"}`
			}
			return body
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if results, err := answering(t, change).Register(t.Context()); !errors.Is(err, registry.ErrAnswer) {
				t.Errorf("Register() = %+v, %v, want %v", results, err, registry.ErrAnswer)
			}
		})
	}
}

// TestRegistryMaySortKeys: a registry returns schemas in an order of keys, and with docs
// left out, as some do.
func TestRegistryMaySortKeys(t *testing.T) {
	t.Parallel()
	sorted := answering(t, func(_ *http.Request, body string) string {
		var answer map[string]any
		if json.Unmarshal([]byte(body), &answer) != nil {
			return body
		}
		if text, ok := answer["schema"].(string); ok {
			var parsed any
			if err := json.Unmarshal([]byte(text), &parsed); err != nil {
				t.Error(err)
			}
			again, err := json.Marshal(parsed)
			if err != nil {
				t.Error(err)
			}
			answer["schema"] = regexp.MustCompile(`"doc":"(\\.|[^"\\])*",`).ReplaceAllString(string(again), "")
		}
		out, err := json.Marshal(answer)
		if err != nil {
			t.Error(err)
		}
		return string(out)
	})
	if _, err := sorted.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ids, err := sorted.Resolve(t.Context()); err != nil || len(ids.ByTopic) == 0 {
		t.Errorf("Resolve() = %+v, %v", ids, err)
	}
}

// TestKeptIDsAreJudged: an id that no registry gives is not written with, though it is on disk.
func TestKeptIDsAreJudged(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	config := registry.Config{URLs: []string{f.url}, CacheFile: filepath.Join(t.TempDir(), "ids.json")}
	c := newClient(t, config)
	if _, err := c.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Resolve(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(config.CacheFile)
	if err != nil {
		t.Fatal(err)
	}
	f.status.Store(http.StatusServiceUnavailable)
	for name, id := range map[string]string{"none": "0", "32 bits": "2147483648", "not a number": `"7"`, "negative": "-1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := config
			config.CacheFile = filepath.Join(t.TempDir(), "ids.json")
			text := regexp.MustCompile(`"id": \d+`).ReplaceAllString(string(kept), `"id": `+id)
			if err := os.WriteFile(config.CacheFile, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if ids, err := newClient(t, config).Resolve(t.Context()); !errors.Is(err, registry.ErrUnavailable) {
				t.Errorf("Resolve() = %+v, %v, want %v", ids, err, registry.ErrUnavailable)
			}
		})
	}
}

// TestSchemaByIDOfNothing: an answer without a schema is an error, and is not kept.
func TestSchemaByIDOfNothing(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"nothing": `{}`, "null": `null`, "an empty one": `{"schema": ""}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := []string{body, `{"schema": "\"string\""}`}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(answers[0]))
				answers = answers[1:]
			}))
			t.Cleanup(server.Close)
			c := newClient(t, registry.Config{URLs: []string{server.URL}})
			if text, err := c.SchemaByID(t.Context(), 7); !errors.Is(err, registry.ErrAnswer) {
				t.Errorf("SchemaByID() = %q, %v, want %v", text, err, registry.ErrAnswer)
			}
			if text, err := c.SchemaByID(t.Context(), 7); err != nil || text != `"string"` {
				t.Errorf("then SchemaByID() = %q, %v", text, err)
			}
		})
	}
}
