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
	"syscall"
	"time"
)

// Socket is a connection that writes prepared requests and parses little beyond the
// status line, because the load shares the machine with the program under test. It
// dials again where the server has closed an idle connection.
type Socket struct {
	ctx     context.Context //nolint:containedctx // for dialling again
	address string
	conn    net.Conn
	answers *bufio.Reader
}

// answerPatience is the time limit for an answer.
const answerPatience = 30 * time.Second

// Dial opens a connection; ctx bounds this and every later dialling.
func Dial(ctx context.Context, address string) (*Socket, error) {
	s := &Socket{ctx: ctx, address: address}
	if err := s.dial(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Socket) dial() error {
	var d net.Dialer
	conn, err := d.DialContext(s.ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("connect to ingest: %w", err)
	}
	s.conn, s.answers = conn, bufio.NewReaderSize(conn, 2<<10)
	return nil
}

// Close closes the connection.
func (s *Socket) Close() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
}

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
// answer's body is read into it. A connection that ends without a byte of an answer was
// closed while it waited for its first or next request, as ingest does after some
// seconds: the request goes over a new one, once.
func (s *Socket) Send(request []byte, body *[]byte) (status int, err error) {
	status, err = s.send(request, body)
	closed := errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	if err != nil && status == 0 && closed {
		s.Close()
		if err := s.dial(); err != nil {
			return 0, err
		}
		status, err = s.send(request, body)
	}
	return status, err
}

func (s *Socket) send(request []byte, body *[]byte) (status int, err error) {
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
