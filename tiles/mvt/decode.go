package mvt

import (
	"fmt"
	"math"
)

// Tile is a decoded tile.
type Tile struct{ Layers []Layer }

// Layer is a decoded layer. Version is 1 and Extent 4096 where the tile says
// nothing.
type Layer struct {
	Name     string
	Version  uint32
	Extent   uint32
	Keys     []string
	Values   []any // string, float32, float64, int64, uint64 or bool
	Features []Feature
}

// Feature is a decoded feature. ID is 0 and HasID false if it has none.
type Feature struct {
	ID       uint64
	HasID    bool
	Type     Type
	Tags     []uint32 // key and value indexes in turn
	Commands []uint32 // the geometry as it stands in the tile
}

// Decode reads a tile. What can't be read, or points outside its dictionaries,
// is an error that wraps a [Violation]; tiles that break other rules are read
// (see [Validate]).
func Decode(data []byte) (*Tile, error) {
	p := parser{}
	t := p.tile(data)
	for i := range p.found {
		if p.found[i].fatal() {
			return nil, fmt.Errorf("mvt: %w", p.found[i])
		}
	}
	return t, nil
}

// Layer returns the layer of a name, nil if there is none.
func (t *Tile) Layer(name string) *Layer {
	for i := range t.Layers {
		if t.Layers[i].Name == name {
			return &t.Layers[i]
		}
	}
	return nil
}

// Properties returns the tags of a feature by key.
func (l *Layer) Properties(f *Feature) map[string]any {
	m := make(map[string]any, len(f.Tags)/2)
	for i := 0; i+1 < len(f.Tags); i += 2 {
		if k, v := f.Tags[i], f.Tags[i+1]; int(k) < len(l.Keys) && int(v) < len(l.Values) {
			m[l.Keys[k]] = l.Values[v]
		}
	}
	return m
}

// Parts returns the geometry as point lists: all points as one list, one list
// for each line, one for each ring (its first point not repeated).
func (f *Feature) Parts() ([][]Point, error) {
	var c commands
	c.read(f.Type, f.Commands)
	return c.parts, c.err
}

// commands is a geometry being read.
type commands struct {
	parts  [][]Point
	repeat []int // index of parts in which a LineTo stays in place
	err    error
	x, y   int32
}

func (c *commands) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// read follows the commands; each type has its own grammar.
func (c *commands) read(t Type, in []uint32) {
	if len(in) == 0 {
		c.fail("there are no commands")
	}
	for len(in) > 0 && c.err == nil {
		var pts []Point
		pts, in = c.run(in, moveTo)
		switch {
		case c.err != nil:
			return
		case t == Points:
			if len(in) > 0 {
				c.fail("something follows the MoveTo of a point")
			}
			c.parts = append(c.parts, pts)
			continue
		case len(pts) != 1:
			c.fail("a MoveTo of %d points begins a part", len(pts))
			return
		}
		var rest []Point
		rest, in = c.run(in, lineTo)
		c.parts = append(c.parts, append(pts, rest...))
		if t == Polygons && c.err == nil {
			in = c.close(in, len(rest))
		}
	}
}

func (c *commands) close(in []uint32, lines int) []uint32 {
	switch {
	case lines < 2:
		c.fail("a ring has a LineTo of %d points", lines)
	case len(in) == 0 || in[0]&7 != closePath:
		c.fail("a ring is not closed")
	case in[0]>>3 != 1:
		c.fail("a ClosePath has the count %d", in[0]>>3)
	default:
		return in[1:]
	}
	return in
}

// run reads one MoveTo or LineTo with its points.
func (c *commands) run(in []uint32, id uint32) ([]Point, []uint32) {
	if len(in) == 0 || in[0]&7 != id {
		c.fail("command %d was expected", id)
		return nil, in
	}
	n := uint64(in[0] >> 3)
	in = in[1:]
	if n == 0 || 2*n > uint64(len(in)) {
		c.fail("command %d has the count %d before %d numbers", id, n, len(in))
		return nil, in
	}
	pts := make([]Point, n)
	for i := range pts {
		dx, dy := unzigzag32(in[2*i]), unzigzag32(in[2*i+1])
		if id == lineTo && dx == 0 && dy == 0 {
			c.repeat = append(c.repeat, len(c.parts))
		}
		c.x, c.y = c.x+dx, c.y+dy
		pts[i] = Point{c.x, c.y}
	}
	return pts, in[2*n:]
}

// value reads a value message; ok is false unless it holds exactly one value of
// a known type.
func value(data []byte) (v any, ok bool) {
	r := reader{data: data}
	n := 0
	for r.more() {
		f, err := r.next()
		if err != nil {
			return nil, false
		}
		if f.num >= 8 {
			return nil, false
		}
		want := [...]int{valueString: wireBytes, valueFloat: wire32, valueDouble: wire64, valueInt: wireVarint,
			valueUint: wireVarint, valueSint: wireVarint, valueBool: wireVarint}
		if f.wire != want[f.num] {
			return nil, false
		}
		n++
		switch f.num {
		case valueString:
			v = string(f.data)
		case valueFloat:
			v = math.Float32frombits(uint32(f.u))
		case valueDouble:
			v = math.Float64frombits(f.u)
		case valueInt:
			v = int64(f.u)
		case valueUint:
			v = f.u
		case valueSint:
			v = unzigzag64(f.u)
		case valueBool:
			v = f.u != 0
		}
	}
	return v, n == 1
}
