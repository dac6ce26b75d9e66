package loadgen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Socket is a connection that writes prepared requests and parses little beyond the
// status line, because the load shares the machine with the program under test.
type Socket struct {
	conn    net.Conn
	answers *bufio.Reader
}

// answerPatience is the time limit for an answer.
const answerPatience = 30 * time.Second

// Dial opens a connection.
func Dial(ctx context.Context, address string) (*Socket, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to ingest: %w", err)
	}
	return &Socket{conn, bufio.NewReaderSize(conn, 2<<10)}, nil
}

// Close closes the connection.
func (s *Socket) Close() { _ = s.conn.Close() }

// EncodeRequest returns the bytes of a POST request.
func EncodeRequest(path string, header http.Header, body []byte) []byte {
	var b strings.Builder
	b.WriteString("POST " + path + " HTTP/1.1\r\nHost: bench\r\n")
	for name, values := range header {
		for _, v := range values {
			b.WriteString(name + ": " + v + "\r\n")
		}
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n")
	b.Write(body)
	return []byte(b.String())
}

// Send sends a request and returns the answer's status. If body is not nil, the
// answer's body is read into it.
func (s *Socket) Send(request []byte, body *[]byte) (status int, err error) {
	if err := s.conn.SetDeadline(time.Now().Add(answerPatience)); err != nil {
		return 0, err
	}
	if _, err := s.conn.Write(request); err != nil {
		return 0, fmt.Errorf("send to ingest: %w", err)
	}
	return s.read(body)
}

var errAnswer = errors.New("no answer of HTTP/1.1 with a Content-Length")

func (s *Socket) read(body *[]byte) (status int, err error) {
	length := -1
	for {
		line, err := s.answers.ReadSlice('\n')
		if err != nil {
			return status, fmt.Errorf("read ingest's answer: %w", err)
		}
		switch {
		case status == 0:
			const least = len("HTTP/1.1 200")
			if len(line) < least {
				return 0, errAnswer
			}
			if status, err = strconv.Atoi(string(line[least-3 : least])); err != nil {
				return 0, fmt.Errorf("%w: %w", errAnswer, err)
			}
		case len(line) <= 2:
			if length < 0 {
				return status, errAnswer
			}
			if body == nil {
				_, err = s.answers.Discard(length)
				return status, err
			}
			if cap(*body) < length {
				*body = make([]byte, length)
			}
			*body = (*body)[:length]
			_, err = io.ReadFull(s.answers, *body)
			return status, err
		default:
			if n, ok := contentLength(line); ok {
				length = n
			}
		}
	}
}

// contentLength reads the header of that name.
func contentLength(line []byte) (int, bool) {
	const name = "content-length:"
	if len(line) < len(name) || !strings.EqualFold(string(line[:len(name)]), name) {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(line[len(name):])))
	return n, err == nil
}
