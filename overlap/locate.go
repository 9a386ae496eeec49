package overlap

import (
	"github.com/paulmach/orb"

	"tuban/feature"
)

// Location is what holds a point.
type Location struct {
	Lon, Lat float64
	Layers   []LocatedLayer // as asked for
}

// LocatedLayer lists the features of a layer that hold a point, by number.
type LocatedLayer struct {
	Layer    feature.LayerID
	Vintage  feature.Vintage
	Features []Located
}

// Located is a feature that holds a point.
type Located struct {
	ID                 feature.ID
	Class, Name, Group string
}

// Locate returns which features hold a point, exactly; a point on a border
// belongs to all that touch it, and to lines and points that it lies on.
func Locate(layers []Layer, lon, lat float64) Location {
	p := orb.Point{lon, lat}
	w := pool.Get().(*work)
	defer w.release()
	out := Location{Lon: lon, Lat: lat, Layers: make([]LocatedLayer, len(layers))}
	for i, l := range layers {
		desc := l.Layer()
		at := &out.Layers[i]
		at.Layer, at.Vintage = desc.ID, l.Vintage()
		for _, s := range w.find.in(l, p.Bound()) {
			if !holds(l, s, p) {
				continue
			}
			f := Located{ID: l.ID(s)}
			if desc.ClassField != "" {
				c := desc.Class(l.Class(s))
				f.Class, f.Name, f.Group = c.Code, c.Name, c.Group
			}
			at.Features = append(at.Features, f)
		}
	}
	return out
}
