package peers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"tuban/tiles/mvt"
)

// drawing is a polygon feature of a tile.
type drawing struct {
	properties map[string]any // numbers are float64
	area       float64        // tile units²
	perimeter  float64        // tile units
}

// thin tells whether a drawing is on average no wider than a unit of the grid:
// then rounding decides whether it is drawn at all.
func (d *drawing) thin() bool { return 2*d.area <= d.perimeter }

// picture is one layer of a tile, by the property id.
type picture struct {
	features map[string]drawing
	// different says that the layer is not meant to hold all features as they
	// are: some are merged, dropped or marks, or lack properties.
	different bool
}

// generalisedLayer is the MVT layer in which tuban tells what it generalised.
const generalisedLayer = "tuban:generalised"

// readTile decodes one layer of a tile.
func readTile(data []byte, layer string) (picture, error) {
	p := picture{features: map[string]drawing{}}
	tile, err := mvt.Decode(data)
	if err != nil {
		return p, err
	}
	if l := tile.Layer(generalisedLayer); l != nil {
		for i := range l.Features {
			for k := range l.Properties(&l.Features[i]) {
				part, ok := strings.CutPrefix(k, layer+":")
				p.different = p.different || ok && part != "collapsed"
			}
		}
	}
	l := tile.Layer(layer)
	if l == nil {
		return p, nil
	}
	if l.Extent != tileExtent {
		return p, fmt.Errorf("layer %s has extent %d", layer, l.Extent)
	}
	for i := range l.Features {
		d, id, err := readDrawing(l, &l.Features[i])
		if err != nil {
			return p, err
		}
		if _, twice := p.features[id]; twice && !p.different {
			return p, fmt.Errorf("feature %q stands twice", id)
		}
		p.features[id] = d
	}
	return p, nil
}

func readDrawing(l *mvt.Layer, f *mvt.Feature) (d drawing, id string, err error) {
	d.properties = l.Properties(f)
	for k, v := range d.properties {
		switch n := v.(type) {
		case int64:
			d.properties[k] = float64(n)
		case uint64:
			d.properties[k] = float64(n)
		case float32:
			d.properties[k] = float64(n)
		}
	}
	id, _ = d.properties["id"].(string)
	parts, err := f.Parts()
	if err != nil || f.Type != mvt.Polygons {
		return d, id, err
	}
	for _, ring := range parts {
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			d.area += (float64(p.X)*float64(q.Y) - float64(q.X)*float64(p.Y)) / 2
			d.perimeter += math.Hypot(float64(q.X-p.X), float64(q.Y-p.Y))
		}
	}
	d.area = math.Abs(d.area)
	return d, id, nil
}

// pictures compares one layer of a tile: the same features with the same
// properties, drawn with the same area but for the rounding of the border. A
// feature that only one of them draws must be thin. Pictures that are meant to
// be different are not compared.
func (c *check) pictures(where string, tuban, other picture) {
	if tuban.different {
		return
	}
	c.cases++
	for _, id := range slices.Sorted(maps.Keys(tuban.features)) {
		a := tuban.features[id]
		b, ok := other.features[id]
		switch {
		case !ok && !a.thin():
			c.fault("%s: only tuban draws %q, %.0f units²", where, id, a.area)
		case ok:
			c.drawings(where+", "+id, a, b)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(other.features)) {
		if b := other.features[id]; !b.thin() {
			if _, ok := tuban.features[id]; !ok {
				c.fault("%s: only PostGIS draws %q, %.0f units²", where, id, b.area)
			}
		}
	}
}

// drawings compares a feature that both draw. Each rounds a point of the border
// by up to half a unit in x and y, in its own way: two borders lie at most √2
// apart. So much of the perimeter's length may their areas differ, and a bit at
// corners.
func (c *check) drawings(where string, a, b drawing) {
	c.compared++
	if !maps.Equal(a.properties, b.properties) {
		c.fault("%s: properties %v, %v", where, a.properties, b.properties)
		return
	}
	allowed := math.Sqrt2*max(a.perimeter, b.perimeter) + 4
	if off := math.Abs(a.area-b.area) / allowed; !(off <= 1) {
		c.fault("%s: drawn with %.0f and %.0f units²", where, a.area, b.area)
	} else if off > c.worst {
		c.worst, c.at = off, fmt.Sprintf("%s: %.0f and %.0f units²", where, a.area, b.area)
	}
}
