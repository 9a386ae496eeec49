package peers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tuban/bench"
)

// ErrNoPostGIS reports a system without PostgreSQL's programs or PostGIS.
var ErrNoPostGIS = errors.New("PostgreSQL with PostGIS is not installed\nOn Debian and Ubuntu: apt-get install --no-install-recommends postgresql postgis postgresql-postgis")

// Programs returns the folder of the newest PostgreSQL server's programs, as
// Debian lays them out, whose version has PostGIS too. The error wraps ErrNoPostGIS.
func Programs() (string, error) {
	return programsUnder("/usr/lib/postgresql", "/usr/share/postgresql")
}

func programsUnder(lib, share string) (string, error) {
	found, err := filepath.Glob(lib + "/*/bin/postgres")
	if err != nil {
		return "", err
	}
	best, bestVersion := "", 0
	for _, name := range found {
		dir := filepath.Dir(name)
		version := filepath.Base(filepath.Dir(dir))
		n, err := strconv.Atoi(version)
		if err != nil || n <= bestVersion {
			continue
		}
		if _, err := os.Stat(filepath.Join(share, version, "extension", "postgis.control")); err == nil {
			best, bestVersion = dir, n
		}
	}
	if best == "" {
		return "", fmt.Errorf("%w\n(looked for %s/*/bin/postgres and %s/*/extension/postgis.control)", ErrNoPostGIS, lib, share)
	}
	return best, nil
}

// cluster is a running PostgreSQL with a throw-away directory.
type cluster struct {
	dir    string // holds data, socket and log
	pid    int
	ended  chan struct{} // closed when the server has ended
	result error         // of the server; set before ended is closed
	signal func(os.Signal) error
}

const (
	superuser   = "bench"
	socketPort  = "5432" // names the socket's file; no TCP port is opened
	startupTime = 60 * time.Second
)

// startCluster makes a data directory below dir and starts a server on it. The
// caller stops it.
func startCluster(ctx context.Context, bin, dir string, settings []bench.Setting) (c *cluster, err error) {
	o, err := newOwner()
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // the owner passes through
		return nil, err
	}
	home := filepath.Join(dir, "postgresql")
	if err := errors.Join(os.Mkdir(home, 0o700), o.give(home)); err != nil {
		return nil, err
	}
	data := filepath.Join(home, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = home, o.attributes()
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c = &cluster{dir: home, ended: make(chan struct{})}
	if err := c.launch(bin, data, o, settings); err != nil {
		return nil, err
	}
	if err := c.await(ctx); err != nil {
		return nil, errors.Join(err, c.stop())
	}
	return c, nil
}

// launch starts the server. The thread that starts it stays: the kernel ends
// the server with that thread, so that it does not outlive this program.
func (c *cluster) launch(bin, data string, o owner, settings []bench.Setting) error {
	args := []string{"-D", data, "-k", c.dir, "-p", socketPort, "-c", "listen_addresses="}
	for _, s := range settings {
		args = append(args, "-c", s.Name+"="+s.Value)
	}
	log, err := os.Create(c.logName())
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = c.dir, o.attributes(), log, log
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			c.result = cmd.Wait()
		}
		c.result = errors.Join(c.result, log.Close())
		close(c.ended)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	c.pid, c.signal = cmd.Process.Pid, cmd.Process.Signal
	return nil
}

func (c *cluster) logName() string { return filepath.Join(c.dir, "log") }

// await waits until the server takes connections.
func (c *cluster) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startupTime)
	defer cancel()
	for {
		conn, err := c.connect(ctx)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.ended:
			return fmt.Errorf("PostgreSQL ended at its start: %w\n%s", c.result, c.lastLines())
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", errors.Join(ctx.Err(), err), c.lastLines())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// lastLines returns the end of the server's log.
func (c *cluster) lastLines() string {
	text, err := os.ReadFile(c.logName())
	if err != nil {
		return err.Error()
	}
	lines := slices.Collect(strings.Lines(string(text)))
	return strings.Join(lines[max(0, len(lines)-10):], "")
}

// connect opens a connection. What the environment says of PostgreSQL servers
// (PGHOST and so on) does not count: all of it is given here.
func (c *cluster) connect(ctx context.Context) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(fmt.Sprintf("host='%s' port=%s user=%s dbname=postgres password='' sslmode=disable application_name='tuban bench'",
		strings.ReplaceAll(c.dir, `'`, `\'`), socketPort, superuser))
	if err != nil {
		return nil, err
	}
	cfg.Fallbacks = nil
	return pgx.ConnectConfig(ctx, cfg)
}

// cpu returns what all processes of the server have used.
func (c *cluster) cpu() (time.Duration, error) { return bench.TreeCPU(c.pid) }

// stop ends the server at once, without saving anything, and removes its
// directory.
func (c *cluster) stop() error {
	if c.signal != nil {
		for _, s := range []os.Signal{syscall.SIGQUIT, os.Kill} {
			if err := c.signal(s); err != nil {
				break // it has ended
			}
			select {
			case <-c.ended:
			case <-time.After(15 * time.Second):
				continue
			}
			break
		}
	}
	return os.RemoveAll(c.dir)
}

// serverSettings are PostgreSQL's settings for a machine of so many bytes of
// memory and so many cores, as an administrator would choose them for a data set
// that fits in memory, with durability as low as it goes.
func serverSettings(memory int64, cores int) []bench.Setting {
	memory = max(memory, 1<<30)
	mb := func(b int64) string { return strconv.FormatInt(max(16<<20, b)>>20, 10) + "MB" }
	n := strconv.Itoa(cores)
	return []bench.Setting{
		{Name: "shared_buffers", Value: mb(min(memory/4, 8<<30))},
		{Name: "effective_cache_size", Value: mb(memory / 2)},
		{Name: "work_mem", Value: "64MB"},
		{Name: "maintenance_work_mem", Value: mb(min(memory/16, 1<<30))},
		{Name: "jit", Value: "off"},
		{Name: "random_page_cost", Value: "1.1"},
		{Name: "effective_io_concurrency", Value: "200"},
		{Name: "synchronous_commit", Value: "off"},
		{Name: "wal_level", Value: "minimal"},
		{Name: "max_wal_senders", Value: "0"},
		{Name: "max_wal_size", Value: "16GB"},
		{Name: "checkpoint_timeout", Value: "1h"},
		{Name: "autovacuum", Value: "off"},
		{Name: "max_parallel_workers", Value: n},
		{Name: "max_parallel_workers_per_gather", Value: n},
		{Name: "max_connections", Value: "64"},
	}
}
