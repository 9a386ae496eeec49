package server

import (
	"slices"
	"strconv"

	"tuban/engine"
	"tuban/tiles"
)

// tileRanges are, for each zoom, ranges of tiles: minx, miny, maxx, maxy.
type tileRanges map[string][][4]uint32

// touchedTiles returns the tiles of a grid that a commit may have altered in a
// layer.
func touchedTiles(g tiles.Grid, l engine.LayerEvent) tileRanges {
	touched := tileRanges{}
	for z := range g.MaxZoom() + 1 {
		var ranges [][4]uint32
		for _, b := range l.Bounds {
			c := g.Cover(b, z)
			if c.Len() == 0 {
				continue
			}
			if r := [4]uint32{c.MinX, c.MinY, c.MaxX, c.MaxY}; !slices.Contains(ranges, r) {
				ranges = append(ranges, r)
			}
		}
		if ranges != nil {
			touched[strconv.Itoa(int(z))] = ranges
		}
	}
	return touched
}
