package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// tuban runs the program in this process.
func tuban(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// must wants exit code 0 and returns the output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := tuban(t, args...)
	if code != exitOK {
		t.Fatalf("tuban %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// lockedBuffer is a buffer that a server writes while a test reads.
type lockedBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var mapAddress = regexp.MustCompile(`map +(http://[^/]+)/`)

// startServer runs "serve" or "demo" on a free port until stop is called, which
// wants a clean end and returns everything that was logged.
func startServer(t *testing.T, command, dir string, args ...string) (url string, stop func() string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var out, errs lockedBuffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{command, "--data", dir, "--listen", "127.0.0.1:0"}, args...), &out, &errs)
	}()
	stopped := false
	stop = func() string {
		if !stopped {
			stopped = true
			cancel()
			if code := <-done; code != exitOK {
				t.Errorf("tuban %s ended with %d:\n%s", command, code, errs.String())
			}
		}
		return errs.String()
	}
	t.Cleanup(func() { stop() })
	for range 600 {
		if m := mapAddress.FindStringSubmatch(out.String()); m != nil {
			return m[1], stop
		}
		select {
		case code := <-done:
			stopped = true
			t.Fatalf("tuban %s ended with %d before it served:\n%s", command, code, errs.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("tuban %s does not serve:\n%s%s", command, out.String(), errs.String())
	return "", stop
}

const someParcels = `{"type":"Feature","id":"a","geometry":{"type":"Polygon","coordinates":[[[94.9,36.4],[94.901,36.4],[94.901,36.401],[94.9,36.401],[94.9,36.4]]]},"properties":{"DLBM":"0102","name":"水浇地"}}
{"type":"Feature","id":"b","geometry":{"type":"Polygon","coordinates":[[[94.901,36.4],[94.902,36.4],[94.902,36.401],[94.901,36.401],[94.901,36.4]]]},"properties":{"DLBM":"0301"}}
{"type":"Feature","id":"tie","geometry":{"type":"Polygon","coordinates":[[[95,36],[95.001,36.001],[95.001,36],[95,36.001],[95,36]]]},"properties":{"DLBM":"0301"}}
`

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDirectoryAndServerAgree does the same work on a directory and on a
// running server and compares what comes out, to the byte.
func TestDirectoryAndServerAgree(t *testing.T) {
	parcels := writeFile(t, "parcels.geojsonl", someParcels)
	patch := writeFile(t, "patch.geojson", `{"type":"Feature","id":"p","geometry":{"type":"Polygon","coordinates":[[[94.9005,36.4002],[94.9015,36.4003],[94.901,36.4008],[94.9005,36.4002]]]},"properties":{}}`)
	local, served := t.TempDir(), t.TempDir()
	url, stop := startServer(t, "serve", served)
	for _, where := range [][]string{{"--data", local}, {"--server", url}} {
		out := must(t, append([]string{"import", "--layer", "parcels", "--class-field", "DLBM", parcels}, where...)...)
		if !strings.Contains(out, "read 3, written 3, refused 0, repaired-by-report 1, area 24910.8259") || !strings.Contains(out, "self-crossing 1") {
			t.Errorf("%v: %s", where, out)
		}
	}
	for _, args := range [][]string{
		{"overlap", "--input", patch, "--layers", "parcels"},
		{"overlap", "--input", patch, "--layers", "parcels", "--format", "ndjson"},
		{"overlap", "--layer", "parcels", "--layers", "parcels", "--detail", "classes"},
		{"overlap", "--layer", "parcels", "--layers", "parcels", "--format", "ndjson"},
		{"export", "--layer", "parcels", "--format", "geojsonl", "-"},
	} {
		a, b := must(t, append(args, "--data", local)...), must(t, append(args, "--server", url)...)
		if a != b || a == "" {
			t.Errorf("%v:\ndirectory %s\nserver    %s", args, a, b)
		}
	}
	for filter, want := range map[string]string{"DLBM = '0102'": someParcels[:strings.Index(someParcels, "\n")+1], "FALSE": ""} {
		a := must(t, "export", "--data", local, "--layer", "parcels", "--format", "geojsonl", "--filter", filter, "-")
		b := must(t, "export", "--server", url, "--layer", "parcels", "--format", "geojsonl", "--filter", filter, "-")
		if a != want || b != want {
			t.Errorf("--filter %s:\ndirectory %s\nserver    %s", filter, a, b)
		}
	}
	for _, filter := range []string{"DLBM =", "nothing = 1"} {
		if code, _, errs := tuban(t, "export", "--data", local, "--layer", "parcels", "--filter", filter, "-"); code != exitUsage || !strings.Contains(errs, "column") {
			t.Errorf("--filter %s: exit code %d, %s", filter, code, errs)
		}
	}
	if out := must(t, "export", "--data", local, "--layer", "parcels", "--format", "geojsonl", "-"); out != someParcels {
		t.Errorf("export gives back\n%s", out)
	}
	if out := must(t, "check", "--server", url); !strings.Contains(out, "parcels") {
		t.Errorf("check --server: %s", out)
	}
	must(t, "healthcheck", "--server", url)
	log := stop()
	for _, line := range strings.Split(log, "\n") {
		if strings.Contains(line, `"level":"WARN"`) || strings.Contains(line, `"level":"ERROR"`) {
			t.Errorf("logged: %s", line)
		}
	}
	if out := must(t, "check", "--data", served, "--geometry"); !strings.Contains(out, "self-crossing") || !strings.Contains(out, "everything stored is whole") {
		t.Errorf("check: %s", out)
	}
}

// TestRefusedRows shows both ways to deal with them, on both kinds of data set.
func TestRefusedRows(t *testing.T) {
	text := someParcels + `{"type":"Feature","id":"far","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,91],[0,0]]]},"properties":{"DLBM":"9"}}
{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[1,1]},"properties":{}}
`
	url, _ := startServer(t, "serve", t.TempDir())
	for _, where := range [][]string{{"--data", t.TempDir()}, {"--server", url}} {
		path := writeFile(t, "rows.geojsonl", text)
		code, _, errs := tuban(t, append([]string{"import", "--layer", "l", path}, where...)...)
		if code != exitFailed || !strings.Contains(errs, "row 4") || !strings.Contains(errs, "Nothing was imported") {
			t.Errorf("%v stop: exit code %d: %s", where, code, errs)
		}
		out := must(t, append([]string{"--json", "import", "--layer", "l", "--on-error", "skip", path}, where...)...)
		var r struct{ Read, Written, Refused int }
		if err := json.Unmarshal([]byte(out), &r); err != nil || r.Read != 5 || r.Written != 3 || r.Refused != 2 {
			t.Errorf("%v skip: %s %v", where, out, err)
		}
		rejected, err := os.ReadFile(path + ".rejected.ndjson")
		if err != nil || !strings.Contains(string(rejected), `"row":4`) || !strings.Contains(string(rejected), `"vertex":2`) {
			t.Errorf("%v: rejected %s %v", where, rejected, err)
		}
	}
}

// TestDirectoryInUse names the server that has it open.
func TestDirectoryInUse(t *testing.T) {
	dir := t.TempDir()
	url, _ := startServer(t, "serve", dir)
	code, _, errs := tuban(t, "export", "--data", dir, "--layer", "l", "-")
	if code != exitFailed || !strings.Contains(errs, "--server "+url) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"frob"}, "frob"},
		{[]string{"import", "x.geojson"}, "--layer"},
		{[]string{"import", "--layer", "Bad Name", "x.geojson"}, "bad layer id"},
		{[]string{"serve", "--listen", "0.0.0.0:0", "--data", t.TempDir()}, "--insecure-open"},
		{[]string{"serve", "--listen", "8080", "--data", t.TempDir()}, "host:port"},
		{[]string{"overlap", "--layers", "a"}, "--input"},
		{[]string{"check", "--server", "nonsense"}, "http://127.0.0.1:8080"},
	} {
		code, _, errs := tuban(t, c.args...)
		if code != exitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("tuban %v: exit code %d: %s", c.args, code, errs)
		}
	}
	for _, args := range [][]string{nil, {"--help"}, {"import", "--help"}, {"overlap", "--help"}, {"serve", "--help"}} {
		if out := must(t, args...); !strings.Contains(out, "Usage: tuban") {
			t.Errorf("tuban %v: %s", args, out)
		}
	}
}

func TestMissing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	for _, args := range [][]string{{"export", "--layer", "l", "-"}, {"check"}, {"overlap", "--layer", "a", "--layers", "b"}} {
		code, _, errs := tuban(t, append(args, "--data", dir)...)
		if code != exitFailed || !strings.Contains(errs, "no data set") {
			t.Errorf("tuban %v: exit code %d: %s", args, code, errs)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("tuban %v made a data set", args)
		}
	}
}

// TestConfigFile reads flags from a file; flags on the line win.
func TestConfigFile(t *testing.T) {
	dir := t.TempDir()
	config := writeFile(t, "config.json", `{"data": "`+filepath.ToSlash(dir)+`"}`)
	must(t, "import", "--config", config, "--layer", "parcels", writeFile(t, "p.geojsonl", someParcels))
	if out := must(t, "check", "--data", dir); !strings.Contains(out, "parcels") {
		t.Error(out)
	}
}

// TestWriteWhole leaves the old file when the new one fails.
func TestWriteWhole(t *testing.T) {
	path := writeFile(t, "out", "old")
	if err := writeWhole(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return io.ErrUnexpectedEOF
	}); err == nil {
		t.Error("no error")
	}
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("holds %q", text)
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}
