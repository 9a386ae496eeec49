package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is a tuban server that this process has started.
type Server struct {
	URL string
	PID int
	// Began is when the program was started.
	Began time.Time
	cmd   *exec.Cmd
	log   *tail
	done  chan error // gets what Wait returned, once
}

// ErrNotServing reports a program that ended, or never said where it serves.
var ErrNotServing = errors.New("the server does not serve")

// stopTime is how long a server may take to end before it is killed.
const stopTime = 30 * time.Second

// StartServer starts a program that serves, and returns when it has printed the
// address of its map. It is ended by Stop, or with ctx.
func StartServer(ctx context.Context, program string, args ...string) (*Server, error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTime
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s := &Server{cmd: cmd, log: &tail{}, done: make(chan error, 1), Began: time.Now()}
	cmd.Stderr = s.log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotServing, err)
	}
	s.PID = cmd.Process.Pid
	address := make(chan string, 1)
	go func() {
		defer close(address)
		scanForAddress(out, address)
		s.done <- cmd.Wait() // the output has ended
	}()
	url, ok := <-address
	if !ok {
		return nil, errors.Join(fmt.Errorf("%w: %s %s", ErrNotServing, program, strings.Join(args, " ")), <-s.done, s.log.err(), ctx.Err())
	}
	s.URL = url
	return s, nil
}

var mapAddress = regexp.MustCompile(`^\s*map\s+(https?://[^/\s]+)/`)

// scanForAddress reads what a server prints, to the end, and sends the address
// of its map when that comes.
func scanForAddress(r io.Reader, address chan<- string) {
	scan := bufio.NewScanner(r)
	found := false
	for scan.Scan() {
		if m := mapAddress.FindStringSubmatch(scan.Text()); m != nil && !found {
			found = true
			address <- m[1]
		}
	}
	// A line too long for the scanner must not block the server.
	_, _ = io.Copy(io.Discard, r)
}

// Stop ends the server and waits for it.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return errors.Join(err, <-s.done)
	}
	select {
	case err := <-s.done:
		if err != nil {
			return fmt.Errorf("the server ended badly: %w", errors.Join(err, s.log.err()))
		}
		return nil
	case <-time.After(stopTime):
		return errors.Join(errors.New("the server did not end and was killed"), s.cmd.Process.Kill(), <-s.done)
	}
}

// tail keeps the last of what is written to it. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex // guards text
	text []byte
}

// Write keeps the last bytes of p.
func (t *tail) Write(p []byte) (int, error) {
	const most = 4 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-most):]
	return len(p), nil
}

// err returns what was kept as an error, nil if there is nothing.
func (t *tail) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.text))
	if text == "" {
		return nil
	}
	return errors.New(text)
}
