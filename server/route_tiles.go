package server

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/cespare/xxhash/v2"

	"tuban/tiles"
)

// routeTile answers a vector tile.
func routeTile(r *request) error {
	views, err := r.layersNamed("layers", r.param("layers"))
	if err != nil {
		return err
	}
	addr, err := tileAddress(r.param("z"), r.param("x"), r.param("y"))
	if err != nil {
		return err
	}
	layers := make([]tiles.Layer, len(views))
	for i, v := range views {
		layers[i] = v
	}
	t, err := tiles.Render(layers, addr, tiles.Options{})
	if err != nil {
		return err
	}
	h := &r.ctx.Response.Header
	h.Set("Cache-Control", "no-cache")
	r.vary("Accept-Encoding")
	if g := t.Header(); g != "" {
		h.Set("Tuban-Generalised", g)
	}
	if len(t.Data) == 0 {
		r.ctx.SetStatusCode(http.StatusNoContent)
		return nil
	}
	body, etag := t.Data, tileTag(t.Data)
	if quality(r.header("Accept-Encoding"), "gzip") > 0 {
		body, etag = pack(body), strings.TrimSuffix(etag, `"`)+gzipMark+`"`
		h.SetContentEncoding("gzip")
	}
	if r.notModified(etag) {
		h.Del("Content-Encoding")
		return nil
	}
	r.write(http.StatusOK, typeTile, body)
	return nil
}

func tileTag(data []byte) string {
	var sum [8]byte
	h := xxhash.Sum64(data)
	for i := range sum {
		sum[i] = byte(h >> (8 * i))
	}
	return `"` + hex.EncodeToString(sum[:]) + `"`
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
