// Package mvt writes, reads and checks Mapbox Vector Tiles 2.1.
//
// Writing: a [Geometry] turns integer points into command bytes and a
// [LayerBuilder] collects features with their tags; both are reused and
// allocate nothing per feature once warm. Reading: [Decode]. Checking:
// [Validate], which names every rule of the specification that a tile breaks,
// the polygon rules included, in exact integer arithmetic.
//
// Coordinates are tile units, x to the right and y down. An exterior ring has
// a positive area by the surveyor's formula in these coordinates, a hole a
// negative one.
//
// Specification: https://github.com/mapbox/vector-tile-spec/tree/master/2.1
package mvt

// Extent is the width and height of a tile in units, as this package's callers
// use it and as readers assume where a layer names none.
const Extent = 4096

// Type is the geometry type of a feature.
type Type uint8

// The geometry types.
const (
	Unknown Type = iota
	Points
	Lines
	Polygons
)

// String returns the type's name in the specification.
func (t Type) String() string {
	switch t {
	case Unknown:
		return "UNKNOWN"
	case Points:
		return "POINT"
	case Lines:
		return "LINESTRING"
	case Polygons:
		return "POLYGON"
	}
	return "invalid"
}

// Point is a position in tile units.
type Point struct{ X, Y int32 }

// Field numbers of the protocol buffer.
const (
	tileLayer = 3

	layerName     = 1
	layerFeature  = 2
	layerKey      = 3
	layerValue    = 4
	layerExtent   = 5
	layerVersion  = 15
	featureID     = 1
	featureTags   = 2
	featureType   = 3
	featureGeom   = 4
	valueString   = 1
	valueFloat    = 2
	valueDouble   = 3
	valueInt      = 4
	valueUint     = 5
	valueSint     = 6
	valueBool     = 7
	firstReserved = 16 // fields from here on are open to extensions
)

// Wire types of protocol buffers.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// Geometry commands.
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)
