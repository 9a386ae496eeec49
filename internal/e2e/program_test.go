package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var endToEnd = flag.Bool("e2e", false, "run the end-to-end tests: browser, QGIS, GDAL")

// wanted skips a test unless -e2e was given.
func wanted(t *testing.T) {
	t.Helper()
	if !*endToEnd {
		t.Skip("end-to-end: run with -e2e")
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// program returns the path of the first of some programs that is installed.
func program(t *testing.T, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	t.Skipf("not installed: %s", strings.Join(names, ", "))
	return ""
}

// output returns the path for a file that somebody may look at.
func output(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("TUBAN_E2E_OUT")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "tuban-e2e")
	}
	check(t, os.MkdirAll(dir, 0o755))
	return filepath.Join(dir, name)
}

// folder holds the built program; TestMain makes and removes it.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "tuban-e2e-bin"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "tuban")
	cmd := exec.Command("go", "build", "-o", path, "tuban/cmd/tuban")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, text)
	}
	return path, nil
})

// city is a running `tuban demo`.
type city struct{ url string }

// startCity starts `tuban demo` on a fresh folder, with the small city: what the
// tests expect of pictures is measured on it.
func startCity(t *testing.T) city {
	t.Helper()
	return start(t, "demo", t.TempDir(), "--size", "small")
}

// start serves a folder and ends the server with the test, which fails if the
// log holds a warning or an error.
func start(t *testing.T, command, dir string, args ...string) city {
	t.Helper()
	path, err := binary()
	check(t, err)
	address := freeAddress(t)
	var log safeBuffer
	cmd := exec.Command(path, append([]string{command, "--data", dir, "--listen", address}, args...)...)
	cmd.Stdout, cmd.Stderr = &log, &log
	began := time.Now()
	check(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("tuban %s ended badly: %v", command, err)
		}
		for _, l := range strings.Split(log.String(), "\n") {
			if strings.Contains(l, `"level":"WARN"`) || strings.Contains(l, `"level":"ERROR"`) {
				t.Errorf("log: %s", l)
			}
		}
	})
	c := city{"http://" + address}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		if status, _, err := c.get("/readyz"); err == nil && status == http.StatusOK {
			t.Logf("ready after %v", time.Since(began).Round(time.Millisecond))
			return c
		}
		if time.Now().After(end) {
			t.Fatalf("tuban %s is not ready after two minutes:\n%s", command, log.String())
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	return l.Addr().String()
}

// get fetches a path and returns its status and body.
func (c city) get(path string) (int, []byte, error) {
	r, err := http.Get(c.url + path)
	if err != nil {
		return 0, nil, err
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return r.StatusCode, body, err
}

// safeBuffer is a buffer that a process writes while the test reads.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
