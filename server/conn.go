package server

import (
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// listener gives its connections a deadline for every piece that is written, so
// that a long answer to a reading client lives and a client that stopped
// reading does not; fasthttp's own WriteTimeout bounds whole answers, which
// would end event streams.
type listener struct {
	net.Listener
	write time.Duration
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, write: l.write, remote: c.RemoteAddr().String()}, nil
}

type conn struct {
	net.Conn
	write  time.Duration
	remote string       // the client's address
	linger atomic.Bool  // the client may still be sending: see Close
	step   atomic.Int64 // if not 0: nanoseconds that each read may take (a long body)
	ended  atomic.Bool  // the client has closed its side, or vanished
	cut    atomic.Bool  // no read waits any more
}

const (
	writePiece  = 64 << 10
	lingerTime  = 2 * time.Second
	lingerBytes = 8 << 20
)

// Read reads; while step is set, the deadline moves on with each read.
func (c *conn) Read(p []byte) (int, error) {
	if step := time.Duration(c.step.Load()); step > 0 {
		if err := c.Conn.SetReadDeadline(time.Now().Add(step)); err != nil {
			return 0, err
		}
		if c.cut.Load() { // asked after the deadline is set: abortReads sets its own after cut
			return 0, os.ErrDeadlineExceeded
		}
	}
	n, err := c.Conn.Read(p)
	if err == io.EOF {
		c.ended.Store(true)
	}
	return n, err
}

// abortReads ends a read of a long body that waits, and all later ones.
func (c *conn) abortReads() {
	c.cut.Store(true)
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0)) // fails where there is no connection to read from
}

// Write writes p in pieces, each within the write time.
func (c *conn) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		piece := p[:min(len(p), writePiece)]
		if err := c.Conn.SetWriteDeadline(time.Now().Add(c.write)); err != nil {
			return n, err
		}
		k, err := c.Conn.Write(piece)
		n += k
		if err != nil {
			return n, err
		}
		p = p[k:]
	}
	return n, nil
}

// Close closes the connection. After an answer that was given before the whole
// request had come, it first reads on for a while: closing with unread bytes
// would reset the connection and take the answer away from the client.
func (c *conn) Close() error {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if c.linger.Swap(false) && ok && half.CloseWrite() == nil {
		// Errors here end the courtesy, no more.
		_ = c.Conn.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.CopyN(io.Discard, c.Conn, lingerBytes)
	}
	return c.Conn.Close()
}
