package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/feature"
	"tuban/formats/geojson"
)

// tile38Goal is DESIGN 9's for point look-ups, of throughput.
const tile38Goal = 1.5

// tile38 is a running tile38-server.
type tile38 struct {
	cmd     *exec.Cmd
	address string
}

// startTile38 starts a server without its log of writes, as it is fastest.
func startTile38(ctx context.Context, program, dir string) (*tile38, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	t := &tile38{cmd: exec.Command(program, "-h", "127.0.0.1", "-p", port, "-d", dir, "--appendonly", "no"), address: net.JoinHostPort("127.0.0.1", port)}
	t.cmd.SysProcAttr = aside()
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		c, err := dialRESP(t.address)
		if err == nil {
			_, err = c.do("PING")
			err = errors.Join(err, c.conn.Close())
		}
		if err == nil {
			return t, nil
		}
		if ctx.Err() != nil || time.Since(began) > startupTime {
			return nil, errors.Join(fmt.Errorf("%s does not answer: %w", program, err), ctx.Err(), t.close())
		}
	}
}

// freePort returns a port of this machine that nobody used a moment ago.
func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	return port, errors.Join(err, ln.Close())
}

func (t *tile38) cpu() (time.Duration, error) { return bench.TreeCPU(t.cmd.Process.Pid) }

// close ends the server; nothing that it holds is needed.
func (t *tile38) close() error {
	if err := t.cmd.Process.Kill(); err != nil {
		return err
	}
	t.cmd.Wait() // says that it was killed
	return nil
}

// tile38Key is the name of the parcels.
const tile38Key = "parcels"

// load sets all parcels, a thousand commands at a time.
func (t *tile38) load(ctx context.Context, r *run) (err error) {
	c, err := dialRESP(t.address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.conn.Close()) }()
	const ahead = 1000
	sent, answered, l := 0, 0, r.data.parcels
	collect := func() error {
		if err := c.out.Flush(); err != nil {
			return err
		}
		for ; answered < sent; answered++ {
			if _, err := c.reply(maxNesting); err != nil {
				return err
			}
		}
		r.progress.Say("load "+string(l.Layer.ID)+" into Tile38", int64(sent), int64(l.Count))
		return ctx.Err()
	}
	err = l.Each(func(f feature.Feature) error {
		c.send("SET", tile38Key, string(f.ID), "OBJECT", string(geojson.AppendGeometry(nil, f.Geometry)))
		if sent++; sent-answered == ahead {
			return collect()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return collect()
}

// holding asks which parcels a point lies in.
func (c *respClient) holding(p orb.Point) ([]string, error) {
	v, err := c.do("INTERSECTS", tile38Key, "LIMIT", "1000", "IDS", "POINT",
		strconv.FormatFloat(p[1], 'f', -1, 64), strconv.FormatFloat(p[0], 'f', -1, 64))
	if err != nil {
		return nil, err
	}
	answer, _ := v.([]any)
	if len(answer) != 2 {
		return nil, fmt.Errorf("%w: INTERSECTS answers %v", errRESP, v)
	}
	list, _ := answer[1].([]any)
	ids := make([]string, len(list))
	for i := range list {
		var ok bool
		if ids[i], ok = list[i].(string); !ok {
			return nil, fmt.Errorf("%w: an id is %v", errRESP, list[i])
		}
	}
	return ids, nil
}

// locateTile38 compares and measures point look-ups, which are all that the two
// have in common: Tile38 knows no areas.
func (r *run) locateTile38(ctx context.Context, at []orb.Point, paths []string) (err error) {
	const work = "locate: which parcel holds a point"
	t, err := startTile38(ctx, r.cfg.Tile38, filepath.Join(r.dir, "tile38"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.load(ctx, r); err != nil {
		return fmt.Errorf("loading Tile38: %w", err)
	}
	conns := make([]*respClient, parallel)
	for i := range conns {
		if conns[i], err = dialRESP(t.address); err != nil {
			return err
		}
		defer conns[i].conn.Close()
	}
	checked, err := r.checkTile38(ctx, work, conns[0], at, paths)
	if err != nil {
		return err
	}
	for _, n := range []int{1, parallel} {
		clients := newClients(r.reply.Address, n)
		w := &row{work: work, against: "Tile38", checks: []*check{checked},
			tuban: &side{name: "tuban", workers: n, cases: len(at), cpu: r.tuban.cpu, ask: func(ctx context.Context, w, i int) (int64, error) {
				return clients[w].size(ctx, paths[i], nil)
			}},
			other: &side{name: "Tile38", workers: n, cases: len(at), cpu: t.cpu, ask: func(_ context.Context, w, i int) (int64, error) {
				conns[w].size = 0
				_, err := conns[w].holding(at[i])
				return conns[w].size, err
			}}}
		if n > 1 {
			w.work, w.goal, w.wall = fmt.Sprintf("%s, %d connections", work, n), tile38Goal, true
		}
		if err := r.measure(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) checkTile38(ctx context.Context, work string, c *respClient, at []orb.Point, paths []string) (*check, error) {
	out := r.newCheck(work+" (Tile38)", "the same ids")
	h := newClient(r.reply.Address)
	for i, p := range at {
		if err := h.do(ctx, paths[i], nil); err != nil {
			return nil, err
		}
		ours, err := locatedIDs(h.resp.Body())
		if err != nil {
			return nil, err
		}
		theirs, err := c.holding(p)
		if err != nil {
			return nil, err
		}
		out.sets(fmt.Sprint("point ", p), ours, theirs)
	}
	return out, nil
}
