package overlay

import "tuban/geom/ellipsoid"

// kind says what a shape's areas are measured in.
type kind uint8

const (
	onEllipsoid kind = iota // m² on the CGCS2000 ellipsoid
	onPlane                 // square units of the coordinates
)

// unit turns an integral of measure.mean over x into the kind's unit of area.
func (k kind) unit() float64 {
	if k == onPlane {
		return 1
	}
	return ellipsoid.SquareMetres
}

// measure is the strip function q(base+t) − q(base) for heights t ≥ 0 above a
// base line.
type measure struct {
	plane  bool
	series ellipsoid.Series
}

// reset makes m the measure of kind k above latitude base, for heights up to
// height, both in degrees.
func (m *measure) reset(k kind, base, height float64) {
	if m.plane = k == onPlane; !m.plane {
		m.series = ellipsoid.NewSeries(base, height)
	}
}

// mean returns the mean of the strip function along a straight edge between
// the heights u and v: the integral over the edge is mean·dx.
func (m *measure) mean(u, v float64) float64 {
	if m.plane {
		return (u + v) / 2
	}
	return m.series.Mean(u, v)
}

// at returns the strip function at height t.
func (m *measure) at(t float64) float64 { return m.mean(t, t) }

// epsilon is half the distance from 1 to the next float64: the relative error
// of one rounded operation.
const epsilon = 0x1p-53

// Names for the ellipsoid, kept apart from the geometry.
const (
	semiMajor    = ellipsoid.A
	eccentricity = ellipsoid.E2 // squared
)
