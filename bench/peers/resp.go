package peers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// respClient is a connection that speaks the Redis protocol (RESP 2), as Tile38
// does. It belongs to one goroutine.
type respClient struct {
	conn net.Conn
	in   *bufio.Reader
	out  *bufio.Writer
	size int64 // bytes of the strings read since it was set to 0
}

func dialRESP(address string) (*respClient, error) {
	conn, err := net.DialTimeout("tcp", address, closing)
	if err != nil {
		return nil, err
	}
	return &respClient{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}, nil
}

// send writes a command; errors stay with the writer until flush.
func (c *respClient) send(words ...string) {
	fmt.Fprintf(c.out, "*%d\r\n", len(words))
	for _, w := range words {
		fmt.Fprintf(c.out, "$%d\r\n%s\r\n", len(w), w)
	}
}

// do sends a command and reads its reply.
func (c *respClient) do(words ...string) (any, error) {
	if err := c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return nil, err
	}
	c.send(words...)
	if err := c.out.Flush(); err != nil {
		return nil, err
	}
	return c.reply(maxNesting)
}

var errRESP = errors.New("not a reply of the Redis protocol")

// The largest replies that are read: what is larger is not an answer to what is
// asked here.
const (
	maxNesting = 4
	maxReply   = 1 << 20
)

// reply reads a value: int64, string, nil or []any. An error reply is an error.
func (c *respClient) reply(depth int) (any, error) {
	line, err := c.line()
	if err != nil {
		return nil, err
	}
	rest := line[1:]
	switch line[0] {
	case '+':
		return rest, nil
	case '-':
		return nil, errors.New(rest)
	case ':':
		return strconv.ParseInt(rest, 10, 64)
	}
	n, err := strconv.Atoi(rest)
	if err != nil || n < -1 || n > maxReply || depth == 0 {
		return nil, fmt.Errorf("%w: %.60q", errRESP, line)
	}
	switch {
	case n == -1:
		return nil, nil
	case line[0] == '$':
		return c.bulk(n)
	case line[0] == '*':
		var list []any
		for range n {
			v, err := c.reply(depth - 1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	}
	return nil, fmt.Errorf("%w: %.60q", errRESP, line)
}

// line reads a line of at least one byte, without its end.
func (c *respClient) line() (string, error) {
	text, err := c.in.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if len(text) < 3 || text[len(text)-2] != '\r' {
		return "", fmt.Errorf("%w: %.60q", errRESP, text)
	}
	return string(text[:len(text)-2]), nil
}

func (c *respClient) bulk(n int) (string, error) {
	b := make([]byte, n+2)
	if _, err := io.ReadFull(c.in, b); err != nil {
		return "", err
	}
	if b[n] != '\r' || b[n+1] != '\n' {
		return "", fmt.Errorf("%w: a string without its end", errRESP)
	}
	c.size += int64(n)
	return string(b[:n]), nil
}
