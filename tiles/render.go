package tiles

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/tiles/mvt"
)

const extent = mvt.Extent

// MaxBytes is the size that no tile exceeds, before compression.
const MaxBytes = 500_000

// StateField names the property that carries the state of a patch.
const StateField = "state"

// Layer is what a tile needs of one layer.
type Layer interface {
	Layer() *feature.Layer
	// Search visits at least the slots whose box meets b, in any order.
	Search(b orb.Bound, visit func(feature.Slot) bool)
	Geometry(feature.Slot) orb.Geometry
	Bound(feature.Slot) orb.Bound
	ID(feature.Slot) feature.ID
	Number(feature.Slot) feature.Number
	// NeedsRepair says that rings of the geometry may cross.
	NeedsRepair(feature.Slot) bool
	// EachProperty visits properties in a fixed order, by index into
	// Layer().Fields.
	EachProperty(s feature.Slot, visit func(field int, v feature.Value))
	// ClassValue returns the value of the layer's class field; null if there is none.
	ClassValue(feature.Slot) feature.Value
	// Derived returns what is kept beside the layer under a name: for coverage.Name
	// its *coverage.Pyramid. Without one, nil, the same is measured for each tile.
	Derived(name string) any
}

// Options narrow a tile. The zero value asks for everything.
type Options struct {
	// Properties names the properties to carry, beside id; nil is all.
	Properties []string
	// MaxBytes is the largest tile; 0 is the constant of that name.
	MaxBytes int
}

// Note tells what was generalised in one layer of a tile.
type Note struct {
	Layer feature.LayerID
	// Collapsed polygons or lines are thinner than the grid and not drawn.
	Collapsed int
	// Merged polygons of reference and admin layers are drawn as one feature for
	// each class, with its class, "merged" and "count": of the features whose box
	// has its middle in the tile, so that over all tiles of a zoom each counts once.
	// Those of 16 pixels or more, or as many of the largest as fit, stay themselves.
	Merged int
	// Dropped features were left out because the tile was too large.
	Dropped int
	// Marked patches are drawn as marks: points with id, class, state and count.
	Marked int
	// Grid is the number of cells to the tile's side that polygons are rounded to:
	// those of merged features up to 256, others 512, 1024 or 2048. 0 is all units.
	Grid int
	// Reduced says that properties other than id, class and state are missing.
	Reduced bool
}

// Count returns the number of features that are not drawn in their own shape.
func (n Note) Count() int { return n.Collapsed + n.Merged + n.Dropped + n.Marked }

// Tile is an encoded tile.
type Tile struct {
	// Data is the MVT, nil when nothing is in the tile.
	Data []byte
	// Generalised has a note for each layer that is not shown as it is, in the
	// order of the layers. The tile's layer "tuban:generalised" says the same.
	Generalised []Note
}

// Header returns Generalised as the value of the header Tuban-Generalised:
// "layer=n,layer=n" with Note.Count; "" when all is shown as it is.
func (t *Tile) Header() string {
	var b strings.Builder
	for i, n := range t.Generalised {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(n.Layer))
		b.WriteByte('=')
		b.WriteString(strconv.Itoa(n.Count()))
	}
	return b.String()
}

// The errors of Render.
var (
	ErrBadAddress    = errors.New("no such tile")
	ErrRepeatedLayer = errors.New("a layer is named twice")
)

// Render makes the tile of some layers. A reference or admin layer outside its
// own zoom range is left out (a MaxZoom of 0 sets no limit); patch layers are
// drawn at every zoom. The cost grows with the vertices of the features that meet the
// tile's buffered square; where a layer has a pyramid and a tile holds very many, with the
// cells of the tile.
func Render(layers []Layer, addr Address, opt Options) (Tile, error) {
	if !addr.Valid() {
		return Tile{}, fmt.Errorf("%w: %s", ErrBadAddress, addr)
	}
	for i, l := range layers {
		if slices.ContainsFunc(layers[:i], func(o Layer) bool { return o.Layer().ID == l.Layer().ID }) {
			return Tile{}, fmt.Errorf("%w: %s", ErrRepeatedLayer, l.Layer().ID)
		}
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = MaxBytes
	}
	r := renderers.Get().(*renderer)
	defer r.release()
	r.addr, r.frame, r.opt = addr, newFrame(addr), opt
	r.clip.box = r.frame.box
	for _, l := range layers {
		if shown(l.Layer(), addr.Grid.ScaleZoom(addr.Z)) {
			r.draw(l)
		}
	}
	return r.assemble(), nil
}

// shown tells whether a layer is drawn at a zoom.
func shown(l *feature.Layer, z int) bool {
	return l.Kind == feature.KindPatch || z >= l.MinZoom && (z <= l.MaxZoom || l.MaxZoom == 0)
}

var renderers = sync.Pool{New: func() any { return newRenderer() }}

// release puts the renderer back, unless it has grown large.
func (r *renderer) release() {
	const large = 8 << 20
	if cap(r.fine) > large || cap(r.points) > large || cap(r.geometry.Bytes()) > large {
		return
	}
	clear(r.pictures[:cap(r.pictures)]) // let go of the view
	r.pictures = r.pictures[:0]
	r.merger.geometry.Reset()
	r.geometry.Reset()
	r.shapes = r.shapes[:0]
	r.tags.layer = nil
	renderers.Put(r)
}
