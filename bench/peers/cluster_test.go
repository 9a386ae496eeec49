package peers

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrograms(t *testing.T) {
	lib, share := t.TempDir(), t.TempDir()
	touch := func(parts ...string) {
		name := filepath.Join(parts...)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, nil, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := programsUnder(lib, share)
	if !errors.Is(err, ErrNoPostGIS) || !strings.Contains(err.Error(), "apt-get install") {
		t.Errorf("nothing installed: %v", err)
	}
	touch(lib, "9", "bin", "postgres")
	touch(lib, "15", "bin", "postgres")
	touch(lib, "17", "bin", "postgres")
	touch(lib, "tools", "bin", "postgres")
	touch(share, "9", "extension", "postgis.control")
	touch(share, "15", "extension", "postgis.control")
	if dir, err := programsUnder(lib, share); err != nil || dir != filepath.Join(lib, "15", "bin") {
		t.Errorf("%s, %v: the newest that has PostGIS is 15", dir, err)
	}
}

func TestServerSettings(t *testing.T) {
	value := func(memory int64, name string) string {
		for _, s := range serverSettings(memory, 2) {
			if s.Name == name {
				return s.Value
			}
		}
		return ""
	}
	for _, c := range []struct {
		memory       int64
		name, wanted string
	}{
		{0, "shared_buffers", "256MB"}, {24 << 30, "shared_buffers", "6144MB"}, {1 << 40, "shared_buffers", "8192MB"},
		{24 << 30, "jit", "off"}, {24 << 30, "synchronous_commit", "off"}, {24 << 30, "max_parallel_workers", "2"},
	} {
		if got := value(c.memory, c.name); got != c.wanted {
			t.Errorf("%s of %d bytes: %q, want %q", c.name, c.memory, got, c.wanted)
		}
	}
}
