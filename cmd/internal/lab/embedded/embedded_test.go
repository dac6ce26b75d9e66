package embedded_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tributary-hq/tributary/cmd/internal/lab/embedded"
)

func TestTwoStacksShareNothing(t *testing.T) {
	t.Parallel()
	first, second := start(t), start(t)
	if first.Brokers()[0] == second.Brokers()[0] || first.RegistryURL() == second.RegistryURL() {
		t.Fatalf("both at %v and %s", first.Brokers(), first.RegistryURL())
	}
	for _, s := range []*embedded.Stack{first, second} {
		client, err := kgo.NewClient(kgo.SeedBrokers(s.Brokers()...))
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Ping(t.Context()); err != nil {
			t.Errorf("broker %v: %v", s.Brokers(), err)
		}
		client.Close()
		if got := subjects(t, s.RegistryURL()); got != "[]" {
			t.Errorf("subjects at the start: %s, want none", got)
		}
	}
}

func TestCloseTwiceIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	s, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("the first: %v", err)
	}
	if err := s.Close(); err == nil {
		t.Error("the second is no error")
	}
}

func TestARegistryAlone(t *testing.T) {
	t.Parallel()
	url, stop := embedded.Registry()
	defer stop()
	if got := subjects(t, url); got != "[]" {
		t.Errorf("subjects at the start: %s, want none", got)
	}
}

func start(t *testing.T) *embedded.Stack {
	t.Helper()
	s, err := embedded.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func subjects(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/subjects", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Timeout: time.Minute}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text[:min(len(text), 2)])
}
