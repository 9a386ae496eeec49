package e2e

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is a headless Chromium, driven by the DevTools protocol over a pair
// of pipes (file descriptors 3 and 4; messages end with a zero byte).
type browser struct {
	t       *testing.T
	to      *os.File
	mu      sync.Mutex // guards all below
	last    int
	waiting map[int]chan reply
	pages   map[string]*page
	closed  error
}

type reply struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

type message struct {
	ID        int
	SessionID string `json:"sessionId"`
	Method    string
	Params    json.RawMessage
	reply
}

// gl draws WebGL2 in software: the machine need not have a GPU.
var gl = []string{"--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"}

// chromium starts a browser and ends it with the test. flags take the place of gl.
func chromium(t *testing.T, flags ...string) *browser {
	t.Helper()
	path := program(t, "chromium", "chromium-browser", "google-chrome")
	fromUs, to, err := os.Pipe()
	check(t, err)
	from, fromIt, err := os.Pipe()
	check(t, err)
	if flags == nil {
		flags = gl
	}
	cmd := exec.Command(path, append(flags[:len(flags):len(flags)], "--headless", "--no-sandbox", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--hide-scrollbars",
		"--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")...)
	cmd.ExtraFiles = []*os.File{fromUs, fromIt}
	check(t, cmd.Start())
	check(t, errors.Join(fromUs.Close(), fromIt.Close()))
	b := &browser{t: t, to: to, waiting: map[int]chan reply{}, pages: map[string]*page{}}
	go b.read(from)
	t.Cleanup(func() {
		b.call("", "Browser.close", nil)
		done := make(chan struct{})
		go func() { _ = cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		_ = to.Close()
		_ = from.Close()
	})
	return b
}

func (b *browser) read(from *os.File) {
	r := bufio.NewReaderSize(from, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.closed = fmt.Errorf("the browser has gone: %w", err)
			for _, c := range b.waiting {
				close(c)
			}
			clear(b.waiting)
			b.mu.Unlock()
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		if c := b.waiting[m.ID]; c != nil && m.Method == "" {
			c <- m.reply
			delete(b.waiting, m.ID)
		} else if p := b.pages[m.SessionID]; p != nil {
			p.note(m)
			if m.Method == "Target.attachedToTarget" {
				b.adopt(p, m.Params)
			}
		}
		b.mu.Unlock()
	}
}

// adopt watches a worker of a page, which fetches the tiles. The worker waits
// until it is watched. The browser's lock is held.
func (b *browser) adopt(p *page, params json.RawMessage) {
	var e struct{ SessionID string }
	if json.Unmarshal(params, &e) != nil {
		return
	}
	b.pages[e.SessionID] = p
	go func() {
		for _, method := range []string{"Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"} {
			_, _ = b.call(e.SessionID, method, nil) // the worker may have gone already
		}
	}()
}

// call sends a command and waits for its answer.
func (b *browser) call(session, method string, params any) (json.RawMessage, error) {
	answer := make(chan reply, 1)
	b.mu.Lock()
	if b.closed != nil {
		b.mu.Unlock()
		return nil, b.closed
	}
	b.last++
	b.waiting[b.last] = answer
	text, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": orEmpty(params), "sessionId": session})
	if session == "" {
		text, err = json.Marshal(map[string]any{"id": b.last, "method": method, "params": orEmpty(params)})
	}
	if err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	select {
	case r, ok := <-answer:
		switch {
		case !ok:
			return nil, errors.New("the browser has gone")
		case r.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		return r.Result, nil
	case <-time.After(60 * time.Second):
		return nil, fmt.Errorf("%s: no answer in a minute", method)
	}
}

func orEmpty(params any) any {
	if params == nil {
		return struct{}{}
	}
	return params
}

// page is one tab. It remembers what went wrong and which addresses were asked.
type page struct {
	b        *browser
	session  string
	target   string
	width    int
	trouble  []string
	requests []string
}

// open makes a tab of a size and goes to an address.
func (b *browser) open(url string, width, height int) *page {
	b.t.Helper()
	p := b.tab(width, height)
	p.must("Page.navigate", map[string]any{"url": url}, nil)
	return p
}

// tab makes an empty tab of a size.
func (b *browser) tab(width, height int) *page {
	b.t.Helper()
	p := &page{b: b, width: width}
	var made struct{ TargetID string }
	b.must("", "Target.createTarget", map[string]any{"url": "about:blank"}, &made)
	var attached struct{ SessionID string }
	b.must("", "Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &attached)
	p.session, p.target = attached.SessionID, made.TargetID
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Runtime", "Network", "Log", "Page"} {
		p.must(domain+".enable", nil, nil)
	}
	p.must("Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}, nil)
	p.must("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}, nil)
	return p
}

// in makes a subtest the one that fails until it ends.
func (b *browser) in(t *testing.T) {
	whole := b.t
	b.t = t
	t.Cleanup(func() { b.t = whole })
}

// shut closes the tab.
func (p *page) shut() {
	p.b.t.Helper()
	p.b.must("", "Target.closeTarget", map[string]any{"targetId": p.target}, nil)
}

func (b *browser) must(session, method string, params, into any) {
	b.t.Helper()
	result, err := b.call(session, method, params)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	check(b.t, err)
}

func (p *page) must(method string, params, into any) {
	p.b.t.Helper()
	p.b.must(p.session, method, params, into)
}

// note remembers an event; the browser's lock is held.
func (p *page) note(m message) {
	var e struct {
		Type             string
		Args             []struct{ Value, Description any }
		Entry            struct{ Level, Text, URL string }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Request struct{ URL string }
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	switch m.Method {
	case "Network.requestWillBeSent":
		p.requests = append(p.requests, e.Request.URL)
	case "Runtime.exceptionThrown":
		p.trouble = append(p.trouble, "exception: "+e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	case "Runtime.consoleAPICalled":
		if e.Type == "error" || e.Type == "warning" {
			p.trouble = append(p.trouble, fmt.Sprint("console ", e.Type, ": ", e.Args))
		}
	case "Log.entryAdded":
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.trouble = append(p.trouble, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// eval returns the value of a JavaScript expression as JSON.
func (p *page) eval(expression string) json.RawMessage {
	p.b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	p.must("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		p.b.t.Fatalf("%s: %s", expression, r.ExceptionDetails.Text)
	}
	return r.Result.Value
}

// text evaluates an expression that gives a string.
func (p *page) text(expression string) string {
	p.b.t.Helper()
	var s string
	if v := p.eval(expression); len(v) > 0 {
		check(p.b.t, json.Unmarshal(v, &s))
	}
	return s
}

// until waits for an expression to become true.
func (p *page) until(expression string, limit time.Duration) {
	p.b.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(100 * time.Millisecond) {
		if string(p.eval("(() => { try { return Boolean("+expression+") } catch { return false } })()")) == "true" {
			return
		}
		if time.Now().After(end) {
			p.b.t.Fatalf("not true within %v: %s\nhash: %s\nstatus: %s\ntrouble: %s", limit, expression, p.text("location.hash"),
				p.text("document.body?.innerText.slice(0, 800) ?? ''"), strings.Join(p.troubles(), "\n"))
		}
	}
}

func (p *page) troubles() []string {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return append([]string(nil), p.trouble...)
}

func (p *page) asked() []string {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// picture writes a screenshot and returns its path.
func (p *page) picture(name string) string {
	p.b.t.Helper()
	var shot struct{ Data string }
	p.must("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	check(p.b.t, err)
	path := output(p.b.t, name)
	check(p.b.t, os.WriteFile(path, data, 0o644))
	p.b.t.Logf("picture: %s", path)
	return path
}
