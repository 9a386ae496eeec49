package load

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// Request is one request, ready to be sent. It is read-only once made.
type Request struct {
	Method string
	URL    string
	Type   string // Content-Type, "" for none
	Body   []byte
	Header [][2]string // more headers: name, value
	Group  int         // the row that it counts in
}

// String returns the method and the address.
func (r *Request) String() string { return r.Method + " " + r.URL }

// Answer is what came back. Its bytes are the answer's own.
type Answer struct {
	Status int
	Body   []byte // decoded
	Sent   int    // bytes of the body as it was sent
	ETag   string
}

// maxBody is the largest answer that is read.
const maxBody = 1 << 30

// Client sends requests to one host over a bounded number of kept connections.
// It is safe for concurrent use.
type Client struct {
	host    *fasthttp.HostClient
	base    *url.URL
	timeout time.Duration
	coding  string // Accept-Encoding

	mu     sync.Mutex // guards what follows
	conns  map[net.Conn]struct{}
	broken bool // Watch has ended it: nothing is dialled any more
}

// NewClient returns a client of the host of an address. coding is what it says
// in Accept-Encoding; "" or "identity" is nothing.
func NewClient(address string, connections int, timeout time.Duration, coding string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%q is no address: %w", address, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is no address: give it as http://127.0.0.1:8080", address)
	}
	c := &Client{base: u, timeout: timeout, conns: map[net.Conn]struct{}{}}
	if coding != "identity" {
		c.coding = coding
	}
	c.host = &fasthttp.HostClient{
		Addr: hostPort(u), IsTLS: u.Scheme == "https", TLSConfig: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12},
		Name: "tuban-bench", MaxConns: connections, MaxIdleConnDuration: time.Minute, MaxConnWaitTimeout: timeout,
		MaxIdemponentCallAttempts: 1, // a second try would hide an error, and its time
		MaxResponseBodySize:       maxBody, DisablePathNormalizing: true, ReadBufferSize: 64 << 10, DialTimeout: c.dial,
	}
	return c, nil
}

// hostPort returns the address to dial.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (c *Client) dial(addr string, timeout time.Duration) (net.Conn, error) {
	conn, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.broken {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	c.conns[conn] = struct{}{}
	return &knownConn{Conn: conn, client: c}, nil
}

// knownConn is a connection that its client can break off.
type knownConn struct {
	net.Conn
	client *Client
}

// Close closes the connection.
func (k *knownConn) Close() error {
	k.client.mu.Lock()
	delete(k.client.conns, k.Conn)
	k.client.mu.Unlock()
	return k.Conn.Close()
}

// Watch breaks all connections off when ctx ends, so that nobody waits for an
// answer then; the client is of no use after that. The caller calls stop when
// the work is done.
func (c *Client) Watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.broken = true
		for conn := range c.conns {
			// The error would only be that it is closed already.
			_ = conn.Close()
		}
	})
}

// Exchange is the memory for one request and its answer after another, of one
// worker. The zero value is ready.
type Exchange struct {
	req fasthttp.Request
	res fasthttp.Response
}

// Do sends a request and reads the answer whole; what Exchange returns of it is
// valid until the next call. The error is a *StatusError where the status is not
// 2xx (or 304).
func (c *Client) Do(x *Exchange, r *Request) error {
	q := &x.req
	q.Reset()
	q.Header.SetMethod(r.Method)
	q.SetRequestURI(r.URL)
	if c.coding != "" {
		q.Header.Set("Accept-Encoding", c.coding)
	}
	if r.Type != "" {
		q.Header.SetContentType(r.Type)
	}
	for _, h := range r.Header {
		q.Header.Set(h[0], h[1])
	}
	if r.Body != nil {
		q.SetBodyRaw(r.Body)
	}
	q.SetTimeout(c.timeout)
	x.res.KeepBodyBuffer = true
	if err := c.host.Do(q, &x.res); err != nil {
		return err
	}
	if s := x.res.StatusCode(); (s < 200 || s > 299) && s != http.StatusNotModified {
		return &StatusError{Status: s, Detail: x.excerpt()}
	}
	return nil
}

// Sent returns the bytes of the answer's body as it was sent.
func (x *Exchange) Sent() int { return len(x.res.Body()) }

// Body returns the answer's body, decoded.
func (x *Exchange) Body() ([]byte, error) {
	if len(x.res.Header.ContentEncoding()) == 0 {
		return x.res.Body(), nil
	}
	return x.res.BodyUncompressed()
}

// excerpt is the beginning of an answer that said no, on one line.
func (x *Exchange) excerpt() string {
	body, err := x.Body()
	if err != nil {
		return ""
	}
	const most = 200
	return string(bytes.Join(bytes.Fields(body[:min(len(body), most)]), []byte(" ")))
}

// FetchError is a request outside any measurement that was not answered well.
type FetchError struct {
	Request string
	Err     error
}

// Error names the request and what went wrong.
func (e *FetchError) Error() string { return e.Request + ": " + e.Err.Error() }

// Unwrap returns what went wrong.
func (e *FetchError) Unwrap() error { return e.Err }

// Fetch sends a request outside any measurement and returns an answer that the
// caller may keep. The error is a *FetchError.
func (c *Client) Fetch(ctx context.Context, r *Request) (*Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, &FetchError{r.String(), err}
	}
	stop := c.Watch(ctx)
	defer stop()
	var x Exchange
	if err := c.Do(&x, r); err != nil {
		return nil, &FetchError{r.String(), errors.Join(ctx.Err(), err)}
	}
	body, err := x.Body()
	if err != nil {
		return nil, &FetchError{r.String(), fmt.Errorf("the body cannot be decoded: %w", err)}
	}
	return &Answer{Status: x.res.StatusCode(), Body: bytes.Clone(body), Sent: x.Sent(), ETag: string(x.res.Header.Peek("ETag"))}, nil
}

// Close closes the connections that are not in use.
func (c *Client) Close() { c.host.CloseIdleConnections() }

// Get returns a GET of a path on the client's host; the path is escaped already
// and may have a query.
func (c *Client) Get(path string) *Request {
	return &Request{Method: http.MethodGet, URL: c.At(path)}
}

// At returns the address of a path below the client's own.
func (c *Client) At(path string) string {
	return c.base.Scheme + "://" + c.base.Host + strings.TrimRight(c.base.EscapedPath(), "/") + path
}
