package load

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/valyala/fasthttp"
)

// errUnsent reports a request that was due but never sent.
var errUnsent = errors.New("not sent: all connections were taken until long after the end")

// StatusError is an answer whose status is not the wanted one.
type StatusError struct {
	Status int
	Detail string // the beginning of the body
}

// Error returns "status N".
func (e *StatusError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("status %d", e.Status)
	}
	return fmt.Sprintf("status %d: %s", e.Status, e.Detail)
}

// WrongError is an answer that is not true: there is no measuring then.
type WrongError struct {
	Request string // method and address
	Reason  string
}

// Error names the request and what is wrong with the answer.
func (e *WrongError) Error() string {
	return fmt.Sprintf("a wrong answer, so nothing was timed: %s: %s", e.Request, e.Reason)
}

// failure is an error as a run counts it.
type failure struct {
	what   string
	waited bool // it counts as a latency: nothing came in the time waited
}

// failureOf puts an error into words that don't differ from request to request.
func failureOf(err error) *failure {
	var status *StatusError
	var timeout net.Error
	switch {
	case errors.As(err, &status):
		return &failure{what: fmt.Sprintf("status %d", status.Status)}
	case errors.Is(err, errUnsent):
		return &failure{what: "not sent in time", waited: true}
	case errors.Is(err, fasthttp.ErrTimeout), errors.As(err, &timeout) && timeout.Timeout():
		return &failure{what: "no answer in time", waited: true}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &failure{what: "connection refused"}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, fasthttp.ErrConnectionClosed):
		return &failure{what: "connection closed by the server"}
	case errors.Is(err, errStale):
		return &failure{what: errStale.Error()}
	}
	text := err.Error()
	const most = 60
	if len(text) > most {
		text = text[:most] + "…"
	}
	return &failure{what: text}
}
