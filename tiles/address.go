package tiles

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// MaxZoom is the deepest zoom that tiles of WebMercatorQuad are made for.
const MaxZoom = 18

// Buffer is how far the drawn square reaches beyond each side of a tile, in
// units of 1/4096 of the tile's side.
const Buffer = 64

// Address is the place of a tile in a grid: x counts from the antimeridian to
// the east, y from the north to the south, both below the size of the zoom. The
// zero Grid is WebMercatorQuad.
type Address struct {
	Z    uint8
	X, Y uint32
	Grid Grid
}

// AddressError tells why a tile address cannot be: Part is "z", "x" or "y".
type AddressError struct {
	Part, Text, Reason string
}

// Error names the part, its text and the reason.
func (e *AddressError) Error() string {
	return fmt.Sprintf("tile address: %s %.20q %s", e.Part, e.Text, e.Reason)
}

// ParseAddress reads the three parts of a tile address, plain decimal numbers.
// The error is an *AddressError.
func ParseAddress(g Grid, z, x, y string) (Address, error) {
	zoom, err := parsePart("z", z, uint32(g.MaxZoom()))
	if err != nil {
		return Address{}, err
	}
	columns, rows := g.Size(uint8(zoom))
	col, err := parsePart("x", x, columns-1)
	if err != nil {
		return Address{}, err
	}
	row, err := parsePart("y", y, rows-1)
	if err != nil {
		return Address{}, err
	}
	return Address{Z: uint8(zoom), X: col, Y: row, Grid: g}, nil
}

func parsePart(part, text string, last uint32) (uint32, error) {
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, &AddressError{part, text, "is not a whole number"}
		}
	}
	if text == "" || len(text) > 1 && text[0] == '0' {
		return 0, &AddressError{part, text, "is not a whole number without leading zeros"}
	}
	v, err := strconv.ParseUint(text, 10, 32)
	if err != nil || uint32(v) > last {
		return 0, &AddressError{part, text, "is not within 0 to " + strconv.FormatUint(uint64(last), 10)}
	}
	return uint32(v), nil
}

// Valid tells whether the address names a tile.
func (a Address) Valid() bool {
	if a.Grid >= gridCount || a.Z > a.Grid.MaxZoom() {
		return false
	}
	columns, rows := a.Grid.Size(a.Z)
	return a.X < columns && a.Y < rows
}

// String returns "z/x/y".
func (a Address) String() string { return fmt.Sprintf("%d/%d/%d", a.Z, a.X, a.Y) }

// Bound returns the tile's square, without buffer, in longitude and latitude.
func (a Address) Bound() orb.Bound {
	f := newFrame(a)
	return f.own
}

// frame maps longitude and latitude to the units of one tile.
type frame struct {
	grid     Grid
	scale    float64   // units of the whole grid's width
	height   float64   // and of its height
	ox, oy   float64   // the tile's corner in units
	box, own orb.Bound // the buffered square and the tile's own
	straight float64   // edges of less latitude than this, in degrees, stay straight
}

func newFrame(a Address) frame {
	columns, rows := a.Grid.Size(a.Z)
	f := frame{
		grid:  a.Grid,
		scale: float64(uint64(columns) * extent), height: float64(uint64(rows) * extent),
		ox: float64(uint64(a.X) * extent), oy: float64(uint64(a.Y) * extent),
	}
	f.box, f.own = f.bound(Buffer), f.bound(0)
	f.straight = f.straightLimit()
	return f
}

// straightLimit returns the difference of latitude below which an edge within
// the buffered square, straight in longitude and latitude, departs from its
// chord in the tile by less than a quarter of a unit (renderer.bend has the
// formula, here with the worst latitude of the square). In grids of degrees all
// edges stay straight.
func (f *frame) straightLimit() float64 {
	if f.grid.Degrees() {
		return math.Inf(1)
	}
	phi := max(math.Abs(f.box.Min[1]), math.Abs(f.box.Max[1])) * (math.Pi / 180)
	bend := math.Tan(phi) / math.Cos(phi) * f.scale / (16 * math.Pi)
	return math.Sqrt(0.25/bend) * (180 / math.Pi)
}

// bound returns the square with a margin in units, in longitude and latitude.
func (f *frame) bound(margin float64) orb.Bound {
	west, north := f.lonLat(-margin, -margin)
	east, south := f.lonLat(extent+margin, extent+margin)
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}
}

// lonLat returns the place of a tile coordinate, also beyond the grid's edge.
func (f *frame) lonLat(x, y float64) (lon, lat float64) {
	return f.grid.lonLat((f.ox+x)/f.scale, (f.oy+y)/f.height)
}

// units returns the tile coordinates of a place.
func (f *frame) units(p orb.Point) (x, y float64) {
	u, v := f.grid.unit(p)
	return u*f.scale - f.ox, v*f.height - f.oy
}

// clamped returns tile coordinates pressed into the buffered square.
func (f *frame) clamped(p orb.Point) [2]float64 {
	x, y := f.units(p)
	return [2]float64{min(max(x, -Buffer), extent+Buffer), min(max(y, -Buffer), extent+Buffer)}
}
