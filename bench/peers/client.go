package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/valyala/fasthttp"
)

// answerTime is how long tuban may take for one answer.
const answerTime = 5 * time.Minute

// client is one connection to a tuban server. It belongs to one goroutine.
type client struct {
	host fasthttp.HostClient
	req  fasthttp.Request
	resp fasthttp.Response
}

func newClient(address string) *client {
	return &client{host: fasthttp.HostClient{Addr: address, MaxConns: 1, ReadTimeout: answerTime, WriteTimeout: answerTime,
		MaxIdemponentCallAttempts: 1, MaxResponseBodySize: 1 << 30, ReadBufferSize: 1 << 16}}
}

func newClients(address string, n int) []*client {
	list := make([]*client, n)
	for i := range list {
		list[i] = newClient(address)
	}
	return list
}

// do asks for a path; a body makes it a POST of GeoJSON. The answer is c.resp,
// until the next call. Any status but 200 and 204 is an error.
func (c *client) do(ctx context.Context, path string, body []byte, headers ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.req.Reset()
	c.req.SetRequestURI("http://" + c.host.Addr + path)
	for i := 0; i+1 < len(headers); i += 2 {
		c.req.Header.Set(headers[i], headers[i+1])
	}
	if body != nil {
		c.req.Header.SetMethod("POST")
		c.req.Header.SetContentType("application/geo+json")
		c.req.SetBodyRaw(body)
	}
	if err := c.host.Do(&c.req, &c.resp); err != nil {
		return fmt.Errorf("tuban, %s: %w", path, err)
	}
	if s := c.resp.StatusCode(); s != fasthttp.StatusOK && s != fasthttp.StatusNoContent {
		return fmt.Errorf("tuban, %s: status %d: %.500s", path, s, c.resp.Body())
	}
	return nil
}

// size asks as do does, and returns the bytes of the answer's body.
func (c *client) size(ctx context.Context, path string, body []byte, headers ...string) (int64, error) {
	if err := c.do(ctx, path, body, headers...); err != nil {
		return 0, err
	}
	return int64(len(c.resp.Body())), nil
}

// errNoAnswer reports an answer without content where one was needed.
var errNoAnswer = errors.New("an answer without content")
