// Package tiles makes Mapbox vector tiles of layers: it cuts features to the
// tile, brings them onto the tile's grid so that every polygon is valid and
// neighbours share their borders, encodes them, keeps a tile below a size and
// tells what it had to leave out, and caches finished tiles.
//
// A tile is a pure function of the features that meet its buffered square, its
// address and the options. It holds no seq, time or vintage.
//
// The way of a polygon: its box is compared with the buffered square (outside:
// skipped; within one grid cell: collapsed); rings are cut to the square in
// longitude and latitude, where edges are straight; what is left is projected,
// long edges in pieces (in WebMercatorQuad), and rounded to 1/256 of a unit; all rings of the layer
// are snap rounded together (package snap), so that a shared border changes
// alike on both sides; rings that are not simple then are mended; rings are
// oriented and written. A tessellation that covers the tile covers it after
// that as well, without gap or overlap.
//
// A layer of many vertices is rounded to a coarser grid, up to half a pixel, so that
// polygons that can be seen stay themselves (Note.Grid). One of very many features, or
// one that does not fit all the same, has its polygons
// merged into one feature for each class: "merged" is true, and it has
// neither MVT id nor "id". What each class covers of the pixels comes from a pyramid
// that is kept beside the layer (package coverage) and is drawn so that each class
// keeps its area and borders fit (package mosaic): the cost is that of the pixels.
// Polygons of 16 pixels or more take part in that by themselves, with id and properties.
// "count" says how many features of the class have the middle of their box in the
// tile, so that each counts once in a zoom. Drawn features, the sum of count and
// what the notes call collapsed and dropped are then all that have their middle
// there. If that is still too many bytes, the pixels get coarser.
//
// Tiles come in three grids (Grid): WebMercatorQuad and two of degrees, which have
// the same tiles. The zooms of layers are scales: zoom z of the grids of degrees
// has the resolution of zoom z+1 of WebMercatorQuad.
//
// The label points of a layer are a layer of their own (Labels).
//
// MVT layers are named by their layer id, have extent 4096 and a buffer of 64
// units. A feature's MVT id is its number; its property "id" is its text id,
// also when the file has a property of that name. Numbers are int_value,
// sint_value or double_value, JSON values are texts, null is left out.
package tiles
