package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tuban/cql2"
	"tuban/formats/pmtiles"
	"tuban/jobs"
	"tuban/tiles"
)

// pyramid writes layers as a PMTiles archive.
func (c *exportCmd) pyramid(a *app, filter *cql2.Filter) (err error) {
	switch {
	case c.Server != "":
		return usagef("--format pmtiles works on a directory (--data), not on --server: stop the server, or restore a backup aside")
	case c.Filter != "":
		return usagef("--filter narrows single features, not yet the tiles of --format pmtiles")
	case c.Out == "-":
		return usagef("--format pmtiles needs a file: its directory is written first, when all tiles are known")
	case c.MinZoom > c.MaxZoom || c.MaxZoom > tiles.MaxZoom:
		return usagef("--min-zoom %d and --max-zoom %d are not in order within 0 to %d", c.MinZoom, c.MaxZoom, tiles.MaxZoom)
	}
	e, err := a.open(a.ctx, c.Data, openOptions{readOnly: true})
	if err != nil {
		return err
	}
	defer closing(e, &err)
	v := e.View()
	p := jobs.Pyramid{Seq: v.Seq(), Filter: filter, MinZoom: c.MinZoom, MaxZoom: c.MaxZoom, Generator: "tuban " + version}
	for name := range strings.SplitSeq(c.Layer, ",") {
		l, err := layerOf(v, name)
		if err != nil {
			return err
		}
		p.Layers = append(p.Layers, l)
	}
	bar := a.newProgress("export " + c.Layer)
	done, err := jobs.ExportPyramid(a.ctx, p, c.Out, func(n, total int64) { bar.update("tiles", n, total) })
	bar.end()
	switch {
	case errors.Is(err, pmtiles.ErrOther):
		return fmt.Errorf("%w\nRemove %s.partial to begin anew", err, c.Out)
	case err != nil && a.ctx.Err() != nil:
		return fmt.Errorf("%w; what is done is kept in %s.partial: the same command goes on", err, c.Out)
	case err != nil:
		return misfit(err)
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(map[string]any{"layers": c.Layer, "seq": p.Seq, "written": done, "out": c.Out})
	}
	_, err = fmt.Fprintf(a.stdout, "%s at seq %d: %d tiles, %.1f MB written to %s", c.Layer, p.Seq, done.Tiles, float64(done.Bytes)/1e6, c.Out)
	if err == nil && done.Resumed > 0 {
		_, err = fmt.Fprintf(a.stdout, " (an interrupted export had done %d addresses)", done.Resumed)
	}
	fmt.Fprintln(a.stdout)
	return err
}
