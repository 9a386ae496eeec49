// Package mosaic draws a map of classes as a raster would, but as polygons: each
// cell of a square grid gets one label, so that classes keep their areas, and the
// cells of each label become valid polygons whose borders fit each other.
//
// A cell gets the class that covers most of it, or none. Classes whose every
// polygon is smaller than a cell would vanish by that, and others grow: cells
// change over, those first where the new class covers nearly as much as the old,
// until each class is drawn with about the area that it has. Cells that more is
// in than fits, because polygons overlap, may get several classes.
//
// Borders run along the lattice lines between cells. At a junction, where three
// cells or more meet that are not alike, or two pairs across the corner, they keep
// their corner; between junctions they go through the middles of the cells' sides,
// so that stairs become straight. Both sides of a border do the same. An island of
// one cell stays a square.
package mosaic
