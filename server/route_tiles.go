package server

import (
	"errors"
	"net/http"
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
	addr, err := tileAddress(r.param("z"), r.param("x"), r.param("y"))
	if err != nil {
		return err
	}
	t, err := r.tile(views, addr, r.tileEncoding())
	if err != nil {
		return err
	}
	h := &r.ctx.Response.Header
	h.Set("Cache-Control", "no-cache")
	r.vary("Accept-Encoding")
	if t.Generalised != "" {
		h.Set("Tuban-Generalised", t.Generalised)
	}
	if r.notModified(t.ETag) {
		return nil
	}
	if len(t.Body) == 0 {
		r.ctx.SetStatusCode(http.StatusNoContent)
		return nil
	}
	if coding := t.Encoding.String(); coding != "" {
		h.SetContentEncoding(coding)
	}
	r.write(http.StatusOK, typeTile, t.Body)
	return nil
}

// tile returns a finished tile from the cache, if there is one.
func (r *request) tile(views []*engine.LayerView, addr tiles.Address, coding tiles.Encoding) (*tiles.Finished, error) {
	render := func() (tiles.Tile, error) {
		layers := make([]tiles.Layer, len(views))
		for i, v := range views {
			layers[i] = v
		}
		return tiles.Render(layers, addr, tiles.Options{})
	}
	if r.opt.Tiles == nil {
		t, err := render()
		if err != nil {
			return nil, err
		}
		return tiles.Finish(t, coding)
	}
	ctx := r.patience()
	defer ctx.release()
	return r.opt.Tiles.Fetch(ctx, tiles.Key{Layers: layerList(views), Address: addr, Encoding: coding}, r.view.Seq(), render)
}

// layerList names layers for the cache: "dltb" and "dltb@2023" are one while
// that vintage is in force.
func layerList(views []*engine.LayerView) string {
	if len(views) == 1 {
		return string(views[0].Layer().ID)
	}
	ids := make([]string, len(views))
	for i, v := range views {
		ids[i] = string(v.Layer().ID)
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
func tileAddress(z, x, y string) (tiles.Address, error) {
	if short, ok := strings.CutSuffix(y, ".mvt"); ok {
		y = short
	} else if short, ok := strings.CutSuffix(y, ".pbf"); ok {
		y = short
	}
	addr, err := tiles.ParseAddress(z, x, y)
	if e, ok := errors.AsType[*tiles.AddressError](err); ok {
		return addr, badParameter(e.Part, "%q %s", shorten(e.Text), e.Reason)
	}
	return addr, err
}
