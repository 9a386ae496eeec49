package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// listen serves the rig over TCP too, where clients can hang and vanish.
func (g *rig) listen() string {
	g.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		g.t.Fatal(err)
	}
	go g.s.Serve(ln)
	return ln.Addr().String()
}

// settled waits until no batch is under way and none of its goroutines is left;
// those of connections, which fasthttp keeps for the next one, don't count.
func (g *rig) settled() {
	g.t.Helper()
	left := 0
	for range 300 {
		if left = batchGoroutines(); len(g.s.batches) == 0 && len(g.s.turns) == 0 && left == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	g.t.Errorf("%d batches have a place, %d goroutines are left", len(g.s.batches), left)
}

func batchGoroutines() int {
	stacks := make([]byte, 4<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "tuban/overlap.(*inOrder")
}

const batchHead = "POST /overlap/batch?layers=dltb HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"

// dialBatch begins a batch with a chunked body.
func dialBatch(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprint(c, batchHead+"Transfer-Encoding: chunked\r\n\r\n")
	return c.(*net.TCPConn)
}

func sendChunk(w io.Writer, text string) error {
	_, err := fmt.Fprintf(w, "%x\r\n%s\r\n", len(text), text)
	return err
}

// A client that reads slowly holds up the sending, not the server's memory. The
// connection is through memory, which holds little: the kernel would hold 10 MB.
func TestBatchSlowReader(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	c, err := g.ln.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	rows := strings.Join(patches(100), "\n") + "\n"
	const pieces = 50
	sent := make(chan int, pieces)
	go func() {
		fmt.Fprint(c, batchHead+"Transfer-Encoding: chunked\r\n\r\n")
		for i := range pieces {
			if sendChunk(c, rows) != nil {
				return
			}
			sent <- i
		}
		fmt.Fprint(c, "0\r\n\r\n")
	}()
	time.Sleep(300 * time.Millisecond)
	if n := len(sent); n < 2 || n > pieces/2 {
		t.Errorf("%d of %d pieces were taken in although nothing was read", n, pieces)
	}
	if batchGoroutines() < 3 {
		t.Error("the batch's goroutines are not seen: nothing would be missed when they are left behind")
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(res.Body)
	n := 0
	for lines.Scan() {
		if n++; n%1000 == 0 {
			time.Sleep(20 * time.Millisecond)
		}
		if !strings.HasPrefix(lines.Text(), fmt.Sprintf(`{"row":%d,"seq":4,"id":"q%d",`, n, (n-1)%100)) {
			t.Fatalf("line %d: %.100s", n, lines.Text())
		}
	}
	if lines.Err() != nil || n != pieces*100 {
		t.Fatalf("%d lines, %v", n, lines.Err())
	}
	c.Close()
	g.settled()
}

// A client that goes away, in whatever state, frees everything at once.
func TestBatchClientGoesAway(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Batches: 1}})
	g.fill(20)
	addr := g.listen()
	rows := strings.Join(patches(500), "\n") + "\n"
	for name, leave := range map[string]func(*net.TCPConn){
		"while sending":          func(c *net.TCPConn) { sendChunk(c, rows) },
		"in a row":               func(c *net.TCPConn) { sendChunk(c, rows[:len(rows)/2]) },
		"in a chunk":             func(c *net.TCPConn) { fmt.Fprintf(c, "%x\r\n%s", 2*len(rows), rows) },
		"before a row":           func(*net.TCPConn) {},
		"after sending":          func(c *net.TCPConn) { sendChunk(c, rows); fmt.Fprint(c, "0\r\n\r\n") },
		"after reading a little": func(c *net.TCPConn) { sendChunk(c, rows); io.CopyN(io.Discard, c, 1000) },
		"by a reset":             func(c *net.TCPConn) { sendChunk(c, rows); c.SetLinger(0) },
	} {
		t.Run(name, func(t *testing.T) {
			c := dialBatch(t, addr)
			leave(c)
			c.Close()
			g.settled()
		})
	}
	if lines := g.batch("layers=dltb", rows); len(lines) != 500 {
		t.Errorf("%d lines", len(lines))
	}
}

// A client that hangs is cut off: one that no longer sends is told, one that no
// longer reads cannot be.
func TestBatchClientHangs(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Read: 150 * time.Millisecond, Write: 150 * time.Millisecond}})
	g.fill(20)
	addr := g.listen()
	t.Run("sending", func(t *testing.T) {
		c := dialBatch(t, addr)
		sendChunk(c, strings.Join(patches(100), "\n")+"\n"+`{"type":`)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		lines := g.lines(string(body))
		if err != nil || len(lines) != 101 || lines[100].Error == nil || lines[100].Error.Code != "slow-request" || lines[100].Row != 101 {
			t.Errorf("%d lines, %v: %s", len(lines), err, lines[len(lines)-1].text)
		}
		g.settled()
	})
	t.Run("reading", func(t *testing.T) {
		c := dialBatch(t, addr)
		c.SetReadBuffer(4096)
		rows := strings.Join(patches(500), "\n") + "\n"
		c.SetWriteDeadline(time.Now().Add(10 * time.Second))
		for sendChunk(c, rows) == nil {
		}
		g.settled()
	})
}

// A body that ends too early is told in the last line.
func TestBatchCutBody(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(4)
	addr := g.listen()
	rows := strings.Join(patches(100), "\n") + "\n"
	for name, rest := range map[string]string{
		"content length":     fmt.Sprintf("Content-Length: %d\r\n\r\n%s", 2*len(rows), rows),
		"inside a chunk":     fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s", 2*len(rows), rows),
		"between two chunks": fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(rows), rows),
		"no chunk":           fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nxyz\r\n", len(rows), rows),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprint(c, batchHead+rest)
			if err := c.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			lines := g.lines(string(body))
			if last := lines[len(lines)-1]; len(lines) != 101 || last.Error == nil || last.Error.Code != "broken-body" {
				t.Errorf("%d lines: %s", len(lines), last.text)
			}
			if rest, _ := io.ReadAll(c); len(rest) > 0 {
				t.Errorf("after the answer: %q", rest)
			}
			g.settled()
		})
	}
}

// 100,000 rows through one batch: the memory in use does not grow with them.
func TestBatchMemoryIsConstant(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	addr := g.listen()
	c := dialBatch(t, addr)
	rows := strings.Join(patches(500), "\n") + "\n"
	pieces := 200
	if raceEnabled {
		pieces = 20 // it is slow, and counts its own memory
	}
	go func() {
		for range pieces {
			if sendChunk(c, rows) != nil {
				return
			}
		}
		fmt.Fprint(c, "0\r\n\r\n")
	}()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	var heap []float64
	n := 0
	for ; lines.Scan(); n++ {
		if n%(pieces*125) == pieces*25 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			heap = append(heap, float64(m.HeapAlloc)/(1<<20))
		}
	}
	if n != pieces*500 || lines.Err() != nil {
		t.Fatalf("%d lines, %v", n, lines.Err())
	}
	t.Logf("MiB of heap in use after 5, 30, 55, 80 %% of %d rows: %.1f", n, heap)
	if heap[3] > heap[0]+4 {
		t.Errorf("the heap grew from %.1f to %.1f MiB", heap[0], heap[3])
	}
}

// A server that gives up waiting ends the batches under way: the answer breaks
// off, so that no client takes it for whole.
func TestBatchEndsWithTheServer(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(4)
	c := dialBatch(t, g.listen())
	sendChunk(c, strings.Join(patches(100), "\n")+"\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := g.s.Shutdown(ctx); err == nil {
		t.Error("shutdown did not wait for the batch")
	}
	if body, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("the answer ended well after %d bytes", len(body))
	}
	g.settled()
}

// A batch may be waited for like other requests: places are few.
func TestBatchPlaces(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Batches: 1, Work: 50 * time.Millisecond}})
	g.fill(1)
	c := dialBatch(t, g.listen())
	sendChunk(c, strings.Join(patches(100), "\n")+"\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := g.want(503, "POST", "/overlap/batch?layers=dltb", square(95, 36.5, 0.001), "Content-Type", typeNDJSON); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	fmt.Fprint(c, "0\r\n\r\n")
	if body, err := io.ReadAll(res.Body); err != nil || len(g.lines(string(body))) != 100 {
		t.Errorf("the batch under way: %v", err)
	}
	g.settled()
	g.batch("layers=dltb", square(95, 36.5, 0.001))
}
