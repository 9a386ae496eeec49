package peers

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/valyala/fasthttp"
)

func startChild(t *testing.T) *process {
	t.Helper()
	t.Setenv(childVariable, "1")
	p, err := startProcess([]string{os.Args[0]})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestChildServes(t *testing.T) {
	p := startChild(t)
	r, err := p.call(request{Serve: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, address := range []string{r.Address, r.Cached} {
		if err := newClient(address).do(ctx, "/collections", nil); err != nil {
			t.Error(err)
		}
		if err := newClient(address).do(ctx, "/collections/none", nil); err == nil {
			t.Error("a refusal is no error")
		}
	}
	if _, err := p.call(request{}); err == nil {
		t.Error("an empty request is no error")
	}
	if cpu, err := p.cpu(); err != nil || cpu < 0 {
		t.Errorf("%v, %v", cpu, err)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}

// TestFloor: the bare server writes so many bytes, and nothing of tuban's.
func TestFloor(t *testing.T) {
	p := startChild(t)
	r, err := p.call(request{Floor: 5000})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(r.Address)
	n, err := c.size(context.Background(), "/any", nil, fasthttp.HeaderAcceptEncoding, "gzip")
	if err != nil || n != 5000 || c.resp.Header.Peek("Tuban-Seq") != nil {
		t.Errorf("%d bytes, %v, %s", n, err, &c.resp.Header)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}

func TestChildTellsWhatIsWrong(t *testing.T) {
	p := startChild(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.call(request{Serve: file}); err == nil {
		t.Error("a file is no data set, and no error")
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
	if _, err := startProcess([]string{filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a program that is not there was started")
	}
	if _, err := p.call(request{Floor: 1}); err == nil {
		t.Error("a process that has ended answered")
	}
}
