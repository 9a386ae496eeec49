package geojson

// kind is a GeoJSON geometry type.
type kind uint8

const (
	noKind kind = iota
	point
	multiPoint
	lineString
	multiLineString
	polygon
	multiPolygon
	collection
)

var kindNames = [...]string{"", "Point", "MultiPoint", "LineString", "MultiLineString",
	"Polygon", "MultiPolygon", "GeometryCollection"}

func (k kind) String() string { return kindNames[k] }

// kindOf returns the kind of a type's name, noKind if it names no geometry.
func kindOf(name string) kind {
	for k := point; k <= collection; k++ {
		if kindNames[k] == name {
			return k
		}
	}
	return noKind
}

// place tells indexes within a kind's coordinates as part, ring and vertex; -1
// for what they don't say.
func (k kind) place(at []int) (part, ring, vertex int) {
	part, ring, vertex = -1, -1, -1
	slots := [3]*int{}
	switch k {
	case multiPoint, lineString:
		slots = [3]*int{&vertex}
	case multiLineString:
		slots = [3]*int{&part, &vertex}
	case polygon:
		slots = [3]*int{&ring, &vertex}
	case multiPolygon:
		slots = [3]*int{&part, &ring, &vertex}
	}
	for i, slot := range slots {
		if slot != nil && i < len(at) {
			*slot = at[i]
		}
	}
	return part, ring, vertex
}
