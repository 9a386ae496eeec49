package coverage

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/btree"

	"tuban/feature"
)

// Pyramid is the coverage of the polygons of one layer view. It never changes and
// may be read by any number of goroutines.
type Pyramid struct {
	root    *node
	classes classes
	others  int // features without polygons
	large   large
}

// Others returns the number of features that have no polygons and are therefore
// not in the pyramid.
func (p *Pyramid) Others() int { return p.others }

// Classes returns the classes by the index that Read and Tile give. Read-only.
// Their order is that in which they came, and some may have no features any more.
func (p *Pyramid) Classes() []feature.Value { return p.classes.values }

// Tile returns the features whose anchor, the middle of their box, lies in a
// square of a zoom, by class index, and the sum of their vertices. Zooms go up to
// Leaf-4. The list is read-only.
func (p *Pyramid) Tile(z uint8, x, y uint32) (tallies []Tally, vertices int64) {
	n := p.root
	for i := int(z) - 1; i >= 0 && n != nil; i-- {
		n = n.children[x>>i&1|y>>i&1<<1]
	}
	if n == nil {
		return nil, 0
	}
	return n.tallies, n.vertices
}

// classes numbers the classes of a layer, in the order in which they first came.
// Like the pyramid it is a value that shares memory with the ones before it.
type classes struct {
	values []feature.Value
	index  btree.Map[string, uint32]
}

// number returns the index of a class, a new one if need be.
func (c *classes) number(v feature.Value) uint32 {
	key := keyOf(v)
	if i, ok := c.index.Get(key); ok {
		return i
	}
	switch v.Kind() { // texts lie in the memory of features that may go
	case feature.String:
		v = feature.TextValue(strings.Clone(v.Text()))
	case feature.JSON:
		v = feature.JSONValue(strings.Clone(v.Text()))
	}
	i := uint32(len(c.values))
	c.values = append(c.values, v)
	c.index.Set(key, i)
	return i
}

// copy returns classes that may grow apart from c.
func (c *classes) copy() classes {
	return classes{slices.Clip(c.values), *c.index.Copy()}
}

// keyOf returns a text of its own that tells values apart.
func keyOf(v feature.Value) string {
	key := []byte{'0' + byte(v.Kind())}
	if v.Kind() == feature.Float { // -0 is not 0
		return string(strconv.AppendFloat(key, v.Float(), 'g', -1, 64))
	}
	return string(append(key, v.String()...))
}
