package server

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tuban/engine"
	"tuban/feature"
	"tuban/geom"
	"tuban/tiles"
)

// tileParameters are the parameters that narrow a tile.
var tileParameters = []string{"filter", ownFilter, "filter-lang", "properties", "min_area_px"}

// narrowing is what a request leaves out of a tile. The zero value is nothing.
type narrowing struct {
	filters    []layerFilter // of each layer; nil if there are none
	properties []string      // nil is all
	minArea    float64       // of polygons that are not patches, in pixels of 1/256 of a tile
	key        string        // what stands for it in the cache
}

// narrowing reads the parameters.
func (r *request) narrowing(layers []*engine.LayerView) (n narrowing, err error) {
	if len(r.query) == 0 {
		return n, nil
	}
	if n.filters, err = r.filtersOf(layers); err != nil {
		return n, err
	}
	if !slices.ContainsFunc(n.filters, func(f layerFilter) bool { return f.text() != "" }) {
		n.filters = nil
	}
	if n.properties, err = r.properties(layers); err != nil {
		return n, err
	}
	if text, ok := r.value("min_area_px"); ok {
		if n.minArea, err = parseNumber(text); err != nil || n.minArea < 0 {
			return n, badParameter("min_area_px", "%q is not an area in pixels", shorten(text))
		}
	}
	n.key = n.text()
	return n, nil
}

// text is the same for narrowings with the same effect.
func (n *narrowing) text() string {
	var b strings.Builder
	for _, f := range n.filters {
		b.WriteString(f.text())
		b.WriteByte(0)
	}
	if n.properties != nil {
		b.WriteString("\x02p=" + strings.Join(n.properties, ","))
	}
	if n.minArea > 0 {
		b.WriteString("\x02a=" + strconv.FormatFloat(n.minArea, 'g', -1, 64))
	}
	return b.String()
}

// layer returns the i-th layer as it is drawn in a tile: with no more features
// once the context has ended.
func (n *narrowing) layer(ctx context.Context, i int, l *engine.LayerView, a tiles.Address) tiles.Layer {
	var keep keeper
	var drawn tiles.Layer = l
	if n.filters != nil {
		keep = n.filters[i].keeper(l).within(ctx)
		if box, ok := n.filters[i].bound(); ok {
			drawn = boxed{drawn, box}
		}
	}
	if n.minArea > 0 && l.Layer().Kind != feature.KindPatch {
		keep = largeEnough(l, a, n.minArea, keep)
	}
	if keep == nil {
		return l
	}
	return tiles.Filtered(drawn, keep)
}

// within returns a keeper that keeps nothing once a context has ended.
func (k keeper) within(ctx context.Context) keeper {
	if k == nil {
		return nil
	}
	seen, ended := 0, false
	return func(s feature.Slot) bool {
		if seen++; seen%checkEvery == 0 {
			ended = ctx.Err() != nil
		}
		return !ended && k(s)
	}
}

// largeEnough keeps what is at least so many pixels large, on the ground at its
// middle, and what is no polygon; and passes keep.
func largeEnough(l *engine.LayerView, a tiles.Address, pixels float64, keep keeper) keeper {
	return func(s feature.Slot) bool {
		if keep != nil && !keep(s) {
			return false
		}
		area := l.Area(s)
		if area == 0 && !geom.IsAreal(l.Geometry(s)) {
			return true
		}
		return area >= pixels*a.Grid.PixelArea(a.Z, l.Bound(s).Center()[1])
	}
}
