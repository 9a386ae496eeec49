package server

import (
	"slices"
	"strconv"

	"tuban/engine"
	"tuban/tiles"
)

// touchedTiles returns, for each zoom, the ranges of tiles that a commit may
// have altered in a layer: minx, miny, maxx, maxy.
func touchedTiles(l engine.LayerEvent) map[string][][4]uint32 {
	touched := map[string][][4]uint32{}
	for z := range uint8(tiles.MaxZoom + 1) {
		var ranges [][4]uint32
		for _, b := range l.Bounds {
			c := tiles.Cover(b, z)
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
