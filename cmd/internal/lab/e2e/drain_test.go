package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tributary-hq/tributary/cmd/internal/lab/simulator"
	"github.com/tributary-hq/tributary/schemas"
	"github.com/tributary-hq/tributary/schemas/raw"
)

// TestDrain ends ingest by SIGTERM, and reloads it by SIGHUP before, while requests
// are under way. Each one that ingest had accepted, that is, whose body it had asked
// for, is answered 200, and its record is there; the process ends with exit code 0.
func TestDrain(t *testing.T) {
	t.Parallel()
	const requests = 40
	brokers := cluster(t)
	accounts := simulator.DefaultAccounts()
	file := settings(t, "http://127.0.0.1:1", accounts)
	prefix := fmt.Sprintf("drain%d.", time.Now().UnixNano())
	env := []string{"TRIBUTARY_KAFKA__BROKERS=" + brokers, "TRIBUTARY_KAFKA__PREFIX=" + prefix}
	call(t, env, "topics", "apply", "-c", file)
	in := start(t, env, "ingest", "-c", file)
	address := in.says(`ingest is listening" address=(\S+)`)

	conns, answers := make([]net.Conn, requests), make([]*bufio.Reader, requests)
	for i := range conns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		_, _ = fmt.Fprintf(conn, "POST /v1/lox24/%s/%s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n",
			accounts.First(raw.ProviderLOX24).Source, accounts.First(raw.ProviderLOX24).Secret, len(drained(i)))
		conns[i], answers[i] = conn, bufio.NewReader(conn)
		if line, err := answers[i].ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
			t.Fatalf("request %d was not accepted: %q %v", i, line, err)
		}
		_, _ = answers[i].ReadString('\n')
	}
	signal(t, in, syscall.SIGHUP)
	in.says(`(sources were reloaded)`)
	signal(t, in, syscall.SIGTERM)
	in.says(`msg=(stopping)`)
	for i, conn := range conns {
		if _, err := io.WriteString(conn, drained(i)); err != nil {
			t.Errorf("request %d: %v", i, err)
		}
	}
	for i, answer := range answers {
		response, err := http.ReadResponse(answer, nil)
		if err != nil {
			t.Errorf("request %d: %v", i, err)
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("request %d: %d", i, response.StatusCode)
		}
	}
	<-in.done
	if err := in.cmd.Wait(); err != nil {
		t.Errorf("ingest ended with %v", err)
	}
	records := map[string]bool{}
	for _, r := range tailing(t, brokers, prefix+schemas.RawLOX24)(requests) {
		records[string(r.Value)] = true
	}
	for i := range requests {
		if !records[drained(i)] {
			t.Errorf("request %d has no record", i)
		}
	}
}

func drained(i int) string { return fmt.Sprintf(`{"data":{"id":"drain-%04d"}}`, i) }

func signal(t *testing.T, p *process, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
