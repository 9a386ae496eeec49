package load

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"tuban/bench"
)

func TestListening(t *testing.T) {
	u, err := url.Parse(theTown(t))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := Listening(u)
	if errors.Is(err, bench.ErrNoProcess) {
		t.Skip(err)
	}
	if err != nil || pid != os.Getpid() {
		t.Errorf("process %d, %v; this is %d", pid, err, os.Getpid())
	}
	for _, other := range []string{"http://192.0.2.1:80", "http://127.0.0.1:1"} {
		u, err := url.Parse(other)
		if err != nil {
			t.Fatal(err)
		}
		if pid, err := Listening(u); !errors.Is(err, bench.ErrNoProcess) {
			t.Errorf("%s: process %d, %v", other, pid, err)
		}
	}
}

func TestListeningSocket(t *testing.T) {
	const v4 = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
   2: 0101A8C0:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
   3: 00000000:1F93 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4714 1 0 100 0 0 10 0
`
	const v6 = `   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4715 1 0
`
	for _, c := range []struct {
		table string
		port  uint16
		want  string
	}{{v4, 8080, "4711"}, {v4, 8081, ""}, {v4, 8082, ""}, {v4, 8083, "4714"}, {v6, 8080, "4715"}, {"x\n1: y:1F90 z 0A a b c d e f\n", 8080, ""}} {
		if got := listeningSocket(c.table, c.port); got != c.want {
			t.Errorf("port %d: socket %q, want %q", c.port, got, c.want)
		}
	}
}

func TestStartServer(t *testing.T) {
	ctx := context.Background()
	if _, err := StartServer(ctx, "/nonexistent/program"); !errors.Is(err, ErrNotServing) {
		t.Errorf("%v", err)
	}
	if _, err := StartServer(ctx, "sh", "-c", "echo no such thing >&2; exit 3"); !errors.Is(err, ErrNotServing) || !strings.Contains(err.Error(), "no such thing") {
		t.Errorf("%v", err)
	}
	s, err := StartServer(ctx, "sh", "-c", `trap 'exit 0' TERM; printf 'hello\n\n  map    http://127.0.0.1:9/\n'; while :; do sleep 0.02; done`)
	if err != nil {
		t.Fatal(err)
	}
	if s.URL != "http://127.0.0.1:9" || s.PID == 0 {
		t.Errorf("%+v", s)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

// TestOwnServerFails wants the reason told and nothing left behind.
func TestOwnServerFails(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	cfg := quick("")
	cfg.Own = Own{Program: "sh", Args: []string{"-c", "echo the disk is full >&2; exit 1"}}
	report, err := Locate(t.Context(), LocateConfig{Config: cfg, Number: 1}, nil)
	if !errors.Is(err, ErrNotServing) || !strings.Contains(err.Error(), "the disk is full") || report != nil {
		t.Errorf("%v, %v", report, err)
	}
	if _, err := Open(t.Context(), OpenConfig{Program: "sh", Own: cfg.Own, Rounds: 1}, nil); !errors.Is(err, ErrNotServing) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	cfg.Own.Args = []string{"-c", "exec sleep 20"}
	if _, err := Locate(ctx, LocateConfig{Config: cfg, Number: 1}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
