package feature

import (
	"time"

	"github.com/paulmach/orb"
)

// Property is a named value.
type Property struct {
	Name  string
	Value Value
}

// Properties are the properties of one feature, in the order of its layer's
// fields or of its file. Names are unique.
type Properties []Property

// Get returns the value of a name and whether it is there.
func (p Properties) Get(name string) (Value, bool) {
	for i := range p {
		if p[i].Name == name {
			return p[i].Value, true
		}
	}
	return Value{}, false
}

// Set returns p with the name set to a value, in its old place or at the end.
func (p Properties) Set(name string, v Value) Properties {
	for i := range p {
		if p[i].Name == name {
			p[i].Value = v
			return p
		}
	}
	return append(p, Property{name, v})
}

// AppendJSON appends p as a JSON object.
func (p Properties) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, p[i].Name), ':')
		dst = p[i].Value.AppendJSON(dst)
	}
	return append(dst, '}')
}

// Feature is one feature of a layer. Geometry is nil or one of orb's Point,
// MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon (Collection
// only on the way in); its slices are read-only once the feature is handed on.
type Feature struct {
	ID      ID
	Number  Number // 0 until the data set has numbered it
	Version Seq    // the commit that wrote this version; 0 until committed
	// Area is the ellipsoidal area in m², measured once when the feature was
	// taken in; 0 for points and lines.
	Area float64
	// NeedsRepair says that rings cross, holes lie outside or parts overlap, so
	// that areas are measured through a repaired form. Found at ingest.
	NeedsRepair bool
	Geometry    orb.Geometry
	Properties  Properties
}

// Op is what a change does.
type Op uint8

// The operations of a change.
const (
	OpPut    Op = iota + 1 // add the feature, or replace the one of that number
	OpDelete               // remove the feature
)

// Change is one feature's part of a commit. Put carries the whole feature with
// its number; Delete needs only layer, number and id.
type Change struct {
	Layer   LayerID
	Op      Op
	Feature Feature
}

// Commit describes an atomic set of changes.
type Commit struct {
	Seq    Seq
	Time   time.Time // UTC
	Author string
	Reason string
}

// Geometries gives the geometry and the class of the slots of one layer view. It
// is the reader that derived structures are built from.
type Geometries interface {
	// Layer returns the layer's descriptor.
	Layer() *Layer
	// Geometry returns the geometry of a slot; nil when it has none.
	Geometry(Slot) orb.Geometry
	// Bound returns the box of all points of a slot's geometry.
	Bound(Slot) orb.Bound
	// NeedsRepair tells Feature.NeedsRepair of a slot.
	NeedsRepair(Slot) bool
	// ClassValue returns the value of the layer's class field of a slot; null when
	// there is none.
	ClassValue(Slot) Value
}
