package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"tuban/engine"
)

// wantType refuses a body whose media type is not among those given.
func (r *request) wantType(types ...string) error {
	_, err := r.oneOfTypes(types...)
	return err
}

// oneOfTypes returns the media type of the body, which must be among those
// given. application/json is needed for what a form of a foreign page could
// send too: a browser asks before it sends that.
func (r *request) oneOfTypes(types ...string) (string, error) {
	kind, _, _ := strings.Cut(string(r.ctx.Request.Header.ContentType()), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if slices.Contains(types, kind) {
		return kind, nil
	}
	p := newProblem(http.StatusUnsupportedMediaType, "unsupported-type", "Content-Type is %q; send %s", kind, strings.Join(types, " or "))
	return "", p.with(wrong{Header: "Content-Type", Detail: "unsupported"})
}

// body reads the whole body, at most Limits.Body bytes of it, also counted
// after decompression.
func (r *request) body() ([]byte, error) {
	b := new(bytes.Buffer)
	err := r.readBody(b)
	return b.Bytes(), err
}

// lentBody is body in memory that is used again when the request has been
// answered: for parsers whose results share nothing with it.
func (r *request) lentBody() ([]byte, error) {
	if r.kept == nil {
		r.kept = bodies.Get().(*bytes.Buffer)
	}
	r.kept.Reset()
	err := r.readBody(r.kept)
	return r.kept.Bytes(), err
}

func (r *request) readBody(to *bytes.Buffer) error {
	stream, err := r.bodyReader(int64(r.limits.Body))
	if err != nil {
		return err
	}
	if n := r.ctx.Request.Header.ContentLength(); n > 0 && n < keepBody {
		to.Grow(n + bytes.MinRead)
	}
	if _, err := to.ReadFrom(stream); err != nil {
		return r.bodyProblem(err)
	}
	return nil
}

// bodies holds memory for bodies from one request to the next, up to keepBody.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keepBody = 1 << 20

// forgetBody gives the body's memory back.
func (r *request) forgetBody() {
	if r.kept != nil && r.kept.Cap() <= keepBody {
		bodies.Put(r.kept)
	}
	r.kept = nil
}

// errBodyTooLarge reports a body beyond its limit.
type errBodyTooLarge struct{ limit int64 }

// Error names the limit.
func (e errBodyTooLarge) Error() string {
	return fmt.Sprintf("the body is larger than %d bytes", e.limit)
}

// bodyReader returns the decompressed body as a stream that fails beyond limit.
func (r *request) bodyReader(limit int64) (io.Reader, error) {
	if n := int64(r.ctx.Request.Header.ContentLength()); n > limit {
		return nil, r.bodyProblem(errBodyTooLarge{limit})
	}
	var stream io.Reader = strings.NewReader("")
	if s := r.ctx.RequestBodyStream(); s != nil {
		stream = &whole{s, int64(r.ctx.Request.Header.ContentLength()), r.connEnded}
	}
	switch encoding := strings.ToLower(r.header("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(stream)
		if err != nil {
			return nil, r.bodyProblem(fmt.Errorf("the body is not gzip: %w", err))
		}
		stream = z
	default:
		return nil, newProblem(http.StatusUnsupportedMediaType, "unsupported-encoding", "Content-Encoding is %q; send gzip or none", encoding).
			with(wrong{Header: "Content-Encoding", Detail: "unsupported"})
	}
	return &bounded{stream, r, limit, limit}, nil
}

// unread reports whether the client may still be sending a body that nobody
// will read.
func (r *request) unread() bool {
	n := r.ctx.Request.Header.ContentLength()
	return (n > 0 || n == -1) && !r.drained // -1: chunked
}

// whole fails when a body ends before its Content-Length, or before its last
// chunk: half of an upload must not pass for all of it.
type whole struct {
	io.Reader
	left  int64 // negative: chunked
	ended func() bool
}

// Read reads on.
func (w *whole) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.left -= int64(n)
	if err == io.EOF && (w.left > 0 || w.left < 0 && w.ended()) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// connEnded reports whether the connection has come to its end. fasthttp gives
// io.EOF also where it ends between two chunks; after a true last chunk nobody
// has read so far.
func (r *request) connEnded() bool {
	c, ok := r.ctx.Conn().(*conn)
	return ok && c.ended.Load()
}

// bounded fails once more than limit bytes have come.
type bounded struct {
	io.Reader
	r           *request
	left, limit int64
}

// Read reads from the stream within the limit.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, errBodyTooLarge{b.limit}
	}
	b.r.drained = b.r.drained || err == io.EOF
	return n, err
}

// bodyProblem tells why a body could not be read. The connection is at an
// unknown place in it, so it is closed.
func (r *request) bodyProblem(err error) error {
	p := newProblem(http.StatusBadRequest, "broken-body", "the body broke off or cannot be read: %v", err)
	if e, ok := errors.AsType[errBodyTooLarge](err); ok {
		p = newProblem(http.StatusRequestEntityTooLarge, "body-too-large", "%v", e)
	} else if isTimeout(err) {
		p = newProblem(http.StatusRequestTimeout, "slow-request", "the body did not come in time")
	}
	p.close = true
	return p
}

// streaming lets the body take as long as it needs while each piece comes
// within the read time; the returned function ends that.
func (r *request) streaming() (end func()) {
	c, ok := r.ctx.Conn().(*conn)
	if !ok {
		return func() {}
	}
	c.step.Store(int64(r.limits.Read))
	return func() { c.step.Store(0) }
}

// meta says who commits and why: the reason is the Tuban-Reason header
// (percent-encoded or plain UTF-8), else the request itself.
func (r *request) meta(otherwise string) engine.Meta {
	reason := r.header("Tuban-Reason")
	if plain, err := url.PathUnescape(reason); err == nil {
		reason = plain
	}
	reason = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(reason, "\uFFFD"))
	if reason == "" {
		reason = otherwise
	}
	const longest = 1000
	if len(reason) > longest {
		reason = strings.ToValidUTF8(reason[:longest], "")
	}
	return engine.Meta{Author: "anonymous", Reason: reason}
}

// pointer turns "a.b" into "/a/b".
func pointer(field string) string {
	if field == "" {
		return ""
	}
	return "/" + strings.ReplaceAll(field, ".", "/")
}

// longWork is how long a bulk commit may take once its body has come.
const longWork = 10 * time.Minute
