// Package relay places calls with a provider for our own callers, within bounds.
//
//	caller's token ─► Budget: rate, calls a day ─► Client.Place ─► Answer
//
// Promise: Place returns within the call's timeout, whatever the provider answers or
// does not; a caller's bounds touch nobody else.
package relay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/tributary-hq/tributary/schemas/jsonscan"
)

// The results of a call; all but the first two are values of raw.HeaderError.
const (
	EndAnswered = "answered"
	EndNotJSON  = "not_json" // an answer, whole, but none of the provider's
	EndTimeout  = "timeout"
	EndRefused  = "refused"
	EndDNS      = "dns"
	EndOther    = "other"
)

var (
	// errAnswerTooLarge is a provider's answer that would not fit its record.
	errAnswerTooLarge = errors.New("the provider's answer is larger than a body may be")
	// errNotFinal is a status below 200 in place of an answer, such as 101 (Switching
	// Protocols): the bytes after it are not HTTP and need not end.
	errNotFinal = errors.New("the provider's status is below 200")
)

// headerBytes bounds the headers of an answer, those of status 1xx before it included.
const headerBytes = 64 << 10

// Client places calls. It is safe for use by several goroutines.
type Client struct{ http *http.Client }

// NewClient returns a client that follows no redirects, because a redirect would send
// the access key to another host.
func NewClient() *Client {
	const perHost = 64
	return &Client{&http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: perHost, IdleConnTimeout: time.Minute,
			ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: headerBytes,
		},
	}}
}

// CloseIdle closes the connections that wait for a call.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Call is one request to the provider.
type Call struct {
	URL, AccessKey string
	Body           []byte
	// Traceparent is the trace's context, empty for none.
	Traceparent string
	// Timeout bounds the call, its answer's body included.
	Timeout time.Duration
	// MaxAnswer bounds the answer's body, in bytes.
	MaxAnswer int64
}

// Answer is the provider's side of a call.
type Answer struct {
	Status      int // 0 where no answer began
	ContentType string
	Body        []byte // what came, also of an answer that was cut
	// End is one of the End constants.
	End string
}

// Place makes one attempt. It continues after ctx is cancelled, because the call may
// have been placed from the moment it starts.
func (c *Client) Place(ctx context.Context, call *Call) Answer {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), call.Timeout)
	defer cancel()
	answer, err := c.post(ctx, call)
	switch {
	case err != nil:
		answer.End = endOf(err)
	case !isJSON(answer.Body):
		answer.End = EndNotJSON
	default:
		answer.End = EndAnswered
	}
	return answer
}

func (c *Client) post(ctx context.Context, call *Call) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		return Answer{}, err
	}
	// A call is not idempotent. Without GetBody the transport cannot repeat it.
	request.GetBody = nil
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("X-Authorization", "AccessKey "+call.AccessKey)
	if call.Traceparent != "" {
		request.Header.Set("Traceparent", call.Traceparent)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	answer := Answer{Status: response.StatusCode, ContentType: response.Header.Get("Content-Type")}
	// The body of a 101 is the raw connection, which no timeout of ours ends.
	if response.StatusCode < http.StatusOK {
		return answer, errNotFinal
	}
	answer.Body, err = io.ReadAll(io.LimitReader(response.Body, call.MaxAnswer+1))
	if err == nil && int64(len(answer.Body)) > call.MaxAnswer {
		answer.Body, err = nil, errAnswerTooLarge
	}
	return answer, err
}

// isJSON reports whether an answer can be the provider's: all of its documented answers
// are JSON. An HTML page comes from a gateway in between.
func isJSON(text []byte) bool {
	s := jsonscan.New(text)
	s.Skip()
	return s.End() == nil
}

// endOf maps the error of a call to one word.
func endOf(err error) string {
	var (
		timeout net.Error
		lookup  *net.DNSError
	)
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return EndTimeout
	case errors.As(err, &lookup):
		return EndDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return EndRefused
	}
	return EndOther
}
