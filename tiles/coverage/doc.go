// Package coverage knows how much of each cell of a grid the polygons of a layer
// cover, by class.
//
// A [Scanner] measures one polygon: exactly, in whole numbers, by the signed
// area that its edges have in each cell, as rasterisers of fonts do. An edge
// gives the same numbers whichever way it runs, so that polygons which share all
// their borders fill each cell exactly.
//
// A [Pyramid] holds the sums of all polygons of a layer for a quadtree of cells
// over the square of a projection, from level 4 (16 × 16 cells for all of it) to
// [Leaf]. A polygon contributes its part of each leaf cell on its border, and
// inside it one "whole" for each of the coarsest cells that it covers: its cost
// is that of its border. Contributions are integers and are added, so that taking
// one away again leaves nothing behind: a pyramid is a pure function of the
// features in it. What the cells of the upper levels hold is summed from their
// four children along the path of an edit. Pyramids share what they have in
// common, and never change.
//
// Where polygons of one class overlap, a cell counts as covered at most once; how
// polygons of different classes overlap in a cell is not known.
package coverage
