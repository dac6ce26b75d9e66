package producer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Kinds of errors in reaching Kafka for which Kafka has no name.
const (
	kindTimeout    = "timeout"
	kindRefused    = "connection_refused"
	kindClosed     = "connection_closed"
	kindDNS        = "dns"
	kindTLS        = "tls"
	kindPartitions = "too_few_partitions"
	kindOther      = "other"
)

// errTooFewPartitions is a topic with fewer partitions than are configured: the keys of
// the missing ones can't be written.
var errTooFewPartitions = errors.New("the topic has fewer partitions than topics.partitions says")

// errorKind maps an error to one word, which contains no address and no foreign text.
func errorKind(err error) string {
	var (
		kafka    *kerr.Error
		lookup   *net.DNSError
		timeout  net.Error
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		stranger x509.UnknownAuthorityError
		alert    tls.AlertError
	)
	switch {
	case errors.As(err, &kafka):
		return strings.ToLower(kafka.Message)
	case errors.Is(err, errTooFewPartitions):
		return kindPartitions
	case errors.As(err, &lookup):
		return kindDNS
	case errors.As(err, &record), errors.As(err, &verify), errors.As(err, &stranger), errors.As(err, &alert):
		return kindTLS
	case errors.Is(err, syscall.ECONNREFUSED):
		return kindRefused
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return kindClosed
	case errors.Is(err, kgo.ErrRecordTimeout), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return kindTimeout
	}
	return kindOther
}
