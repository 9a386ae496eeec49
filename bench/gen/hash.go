package gen

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// Hash is the hash of features in order, whatever files or memory they are in: a
// SHA-256 over each one's layer, id, properties that are not null, and coordinates
// to the last bit. It names the data in a report. Use NewHash.
type Hash struct {
	sum hash.Hash
	buf []byte
}

// NewHash returns the hash of nothing yet.
func NewHash() *Hash { return &Hash{sum: sha256.New()} }

// Add adds a feature of a layer.
func (h *Hash) Add(layer feature.LayerID, f *feature.Feature) {
	h.text(string(layer))
	h.text(string(f.ID))
	for _, p := range f.Properties {
		if p.Value.Kind() != feature.Null {
			h.text(p.Name)
			h.text(string(p.Value.AppendJSON(nil)))
		}
	}
	h.geometry(f.Geometry)
	h.flush()
}

// Sum returns the hash of what was added, in hexadecimal.
func (h *Hash) Sum() string { return hex.EncodeToString(h.sum.Sum(nil)) }

func (h *Hash) number(n uint64) { h.buf = binary.LittleEndian.AppendUint64(h.buf, n) }

// text adds a text behind its length, so that texts cannot run together.
func (h *Hash) text(s string) {
	h.number(uint64(len(s)))
	h.buf = append(h.buf, s...)
}

// geometry adds the type, the number of vertices of each run, and the vertices.
func (h *Hash) geometry(g orb.Geometry) {
	if g == nil {
		h.text("")
		return
	}
	h.text(g.GeoJSONType())
	h.number(uint64(geom.VertexCount(g)))
	switch g := g.(type) {
	case orb.Point:
		h.points([]orb.Point{g})
	case orb.MultiPoint:
		h.points(g)
	case orb.LineString:
		h.points(g)
	case orb.MultiLineString:
		for _, l := range g {
			h.points(l)
		}
	case orb.Polygon:
		for _, r := range g {
			h.points(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			h.number(uint64(len(p)))
			for _, r := range p {
				h.points(r)
			}
		}
	}
}

func (h *Hash) points(ps []orb.Point) {
	h.number(uint64(len(ps)))
	for _, p := range ps {
		h.number(math.Float64bits(p[0]))
		h.number(math.Float64bits(p[1]))
	}
}

func (h *Hash) flush() {
	h.sum.Write(h.buf)
	h.buf = h.buf[:0]
}
