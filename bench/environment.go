package bench

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Environment is where and when a measurement was taken. What cannot be found
// out is "unknown" or 0.
type Environment struct {
	Date     time.Time `json:"date"`
	Commit   string    `json:"commit"`
	Modified bool      `json:"modified"` // the source differed from the commit
	Go       string    `json:"go"`
	Platform string    `json:"platform"`
	Tags     string    `json:"tags,omitempty"` // build tags
	CPU      string    `json:"cpu"`
	Cores    int       `json:"cores"` // that Go uses
	Memory   int64     `json:"memory_bytes"`
	OS       string    `json:"os"`
	Kernel   string    `json:"kernel"`
	Load     string    `json:"load_average"` // over 1, 5 and 15 minutes, when it began
	Settings []Setting `json:"settings"`
	DataHash string    `json:"data_hash,omitempty"`
}

// Setting is one thing that a measurement depends on, such as a seed or a size.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// unknown is what could not be found out.
const unknown = "unknown"

// Here returns the environment of this process, now. Call it when a measurement
// begins, so that the load average is that of the others.
func Here(ctx context.Context, settings ...Setting) Environment {
	e := Environment{
		Date: time.Now().UTC().Truncate(time.Second), Commit: unknown, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		CPU: unknown, Cores: runtime.GOMAXPROCS(0), OS: runtime.GOOS, Kernel: firstLine("/proc/sys/kernel/osrelease"), Load: load(),
		Settings: settings,
	}
	e.source(ctx)
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		e.CPU = valueOf(string(text), "model name", ":", e.CPU)
	}
	if text, err := os.ReadFile("/etc/os-release"); err == nil {
		e.OS = strings.Trim(valueOf(string(text), "PRETTY_NAME", "=", e.OS), `"`)
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		e.Memory = statusBytes(string(text), "MemTotal:")
	}
	return e
}

// source finds the commit: what the build recorded, else (go run records
// nothing) what git says of the source tree that this runs in.
func (e *Environment) source(ctx context.Context) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				e.Commit = s.Value
			case "vcs.modified":
				e.Modified = s.Value == "true"
			case "-tags":
				e.Tags = s.Value
			}
		}
	}
	if e.Commit != unknown {
		return
	}
	top, err := git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return
	}
	if mod, err := os.ReadFile(filepath.Join(top, "go.mod")); err != nil || !bytes.HasPrefix(mod, []byte("module tuban\n")) {
		return // another project's folder
	}
	commit, err := git(ctx, "rev-parse", "HEAD")
	if err != nil {
		return
	}
	changed, err := git(ctx, "status", "--porcelain", "--untracked-files=no")
	e.Commit, e.Modified = commit, err != nil || changed != ""
}

func git(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "git", args...).Output()
	return strings.TrimSpace(string(out)), err
}

// load returns the three load averages.
func load() string {
	f := strings.Fields(firstLine("/proc/loadavg"))
	if len(f) < 3 {
		return unknown
	}
	return strings.Join(f[:3], " ")
}

func firstLine(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return unknown
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// valueOf returns what stands behind the first "key sep" of a text, else other.
func valueOf(text, key, sep, other string) string {
	for line := range strings.Lines(text) {
		if k, v, ok := strings.Cut(line, sep); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return other
}
