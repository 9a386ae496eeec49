package server

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tuban/engine"
	"tuban/tiles"
)

// routeTile answers a vector tile as the request's view shows it.
func routeTile(r *request) error {
	views, err := r.layersNamed("layers", r.param("layers"))
	if err != nil {
		return err
	}
	g, err := r.gridParameter()
	if err != nil {
		return err
	}
	addr, err := tileAddress(g, r.param("z"), r.param("x"), r.param("y"))
	if err != nil {
		return err
	}
	t, err := r.tile(views, addr)
	if err != nil {
		return err
	}
	return r.writeTile(t, http.StatusNoContent)
}

// gridParameter returns the grid of the parameter tms.
func (r *request) gridParameter() (tiles.Grid, error) {
	id, ok := r.value("tms")
	if !ok {
		return tiles.WebMercatorQuad, nil
	}
	g, ok := tiles.ParseGrid(id)
	if !ok {
		return g, badParameter("tms", "%q is not %s", shorten(id), gridNames())
	}
	return g, nil
}

func gridNames() string {
	var names []string
	for _, g := range tiles.Grids() {
		names = append(names, g.String())
	}
	return strings.Join(names, ", ")
}

// writeTile answers with a tile; empty is the status where nothing lies in it.
func (r *request) writeTile(t *tiles.Finished, empty int) error {
	h := &r.ctx.Response.Header
	h.Set("Cache-Control", "no-cache")
	if r.fixed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	r.vary("Accept-Encoding")
	if t.Generalised != "" {
		h.Set("Tuban-Generalised", t.Generalised)
	}
	if r.notModified(t.ETag) {
		return nil
	}
	if len(t.Body) == 0 && empty == http.StatusNoContent {
		r.ctx.SetStatusCode(empty)
		return nil
	}
	if coding := t.Encoding.String(); coding != "" && len(t.Body) > 0 {
		h.SetContentEncoding(coding)
	}
	r.write(http.StatusOK, typeTile, t.Body)
	return nil
}

// tile returns a finished tile as the request narrows it and in the coding that
// its client likes best, from the cache if there is one.
func (r *request) tile(views []*engine.LayerView, addr tiles.Address) (*tiles.Finished, error) {
	narrow, err := r.narrowing(views)
	if err != nil {
		return nil, err
	}
	render := func() (tiles.Tile, error) { return r.render(views, addr, &narrow) }
	coding := r.tileEncoding()
	if r.opt.Tiles == nil {
		t, err := render()
		if err != nil {
			return nil, err
		}
		return tiles.Finish(t, coding)
	}
	ctx := r.patience()
	defer ctx.release()
	key := tiles.Key{Layers: r.layerList(views), Address: addr, Params: narrow.key, Encoding: coding}
	if _, ok := r.value(asOf); ok { // a tile of the past has no place beside those of now
		key.Params += "\x02s=" + strconv.FormatUint(uint64(r.view.Seq()), 10)
	}
	return r.opt.Tiles.Fetch(ctx, key, r.view.Seq(), render)
}

// render makes a tile. One with a filter may look at every feature of a layer: it
// waits its turn among the heavy requests, and ends in time.
func (r *request) render(views []*engine.LayerView, addr tiles.Address, narrow *narrowing) (tiles.Tile, error) {
	ctx := r.Server.work
	if narrow.filters != nil {
		timed, cancel := r.deadline()
		defer cancel()
		ctx = timed
		release, err := acquire(ctx, r.heavy)
		if err != nil {
			return tiles.Tile{}, err
		}
		defer release()
	}
	layers := make([]tiles.Layer, len(views))
	for i, v := range views {
		layers[i] = narrow.layer(ctx, i, v, addr)
	}
	t, err := tiles.Render(layers, addr, tiles.Options{Properties: narrow.properties})
	if narrow.filters != nil && err == nil {
		err = ctx.Err() // features may be missing
	}
	return t, err
}

// layerList names layers for the cache: "dltb" and "dltb@2023" are one while
// that vintage is in force.
func (r *request) layerList(views []*engine.LayerView) string {
	ids := make([]string, len(views))
	for i, v := range views {
		id := v.Layer().ID
		ids[i] = string(id)
		if now, ok := r.view.Layer(id); !ok || now.Vintage() != v.Vintage() {
			ids[i] += "@" + string(v.Vintage())
		}
	}
	return strings.Join(ids, ",")
}

// tileEncoding chooses the coding that the client likes best.
func (r *request) tileEncoding() tiles.Encoding {
	accept := r.header("Accept-Encoding")
	zstd, gzip := quality(accept, "zstd"), quality(accept, "gzip")
	switch {
	case zstd > 0 && zstd >= gzip:
		return tiles.Zstd
	case gzip > 0:
		return tiles.Gzip
	}
	return tiles.Identity
}

// tileAddress reads the address of a tile; the row may end in .mvt or .pbf.
func tileAddress(g tiles.Grid, z, x, y string) (tiles.Address, error) {
	if short, ok := strings.CutSuffix(y, ".mvt"); ok {
		y = short
	} else if short, ok := strings.CutSuffix(y, ".pbf"); ok {
		y = short
	}
	addr, err := tiles.ParseAddress(g, z, x, y)
	if e, ok := errors.AsType[*tiles.AddressError](err); ok {
		return addr, badParameter(e.Part, "%q %s", shorten(e.Text), e.Reason)
	}
	return addr, err
}

// with returns a list with more at its end; both stay as they are.
func with(list []string, more ...string) []string {
	return append(slices.Clip(slices.Clone(list)), more...)
}
