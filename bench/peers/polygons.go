package peers

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
)

// patch is a polygon that is asked about, in the form that each engine takes.
type patch struct {
	id   string
	json []byte // GeoJSON Feature
	ewkb []byte
}

func newPatch(id string, g orb.Geometry) (patch, error) {
	f := feature.Feature{ID: feature.ID(id), Geometry: g}
	b, err := ewkb.Marshal(g, srid)
	return patch{id, geojson.AppendFeature(nil, &f), b}, err
}

// polygons are patches of a kind, in an order of no meaning, and the table of
// PostgreSQL that has them.
type polygons struct {
	kind, table string
	list        []patch
}

func (p *polygons) first(n int) []patch { return p.list[:min(n, len(p.list))] }

// cityPatches returns the change patches of the city. Most of them lie in one
// parcel or two.
func cityPatches(view *engine.View, seed uint64) (*polygons, error) {
	l, ok := view.Layer(patchLayer)
	if !ok {
		return nil, errNoAnswer
	}
	b, _ := l.Extent()
	p := &polygons{kind: "change patch", table: "_patches"}
	var failed error
	l.Search(b, func(s feature.Slot) bool {
		var one patch
		one, failed = newPatch(string(l.ID(s)), l.Geometry(s))
		p.list = append(p.list, one)
		return failed == nil
	})
	slices.SortFunc(p.list, func(a, b patch) int { return cmp.Compare(a.id, b.id) })
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(p.list), func(i, j int) { p.list[i], p.list[j] = p.list[j], p.list[i] })
	p.list = p.first(mostBatch)
	return p, failed
}

// draw returns n polygons such as people draw on the map, of 10 to 100
// vertices around a parcel, which meet some twenty parcels on average: few lie
// within one and some over hundreds. They are the ones that DESIGN 9's goals were
// set with.
func (d *data) draw(seed uint64, n int) (*polygons, error) {
	r := rand.New(rand.NewPCG(seed, 3))
	p := &polygons{kind: "drawn polygon", table: "_drawn"}
	for i := range n {
		k := r.IntN(len(d.boxes))
		b := d.boxes[k]
		centre := b.Center()
		ratio := math.Cos(centre[1] * math.Pi / 180) // of a degree of longitude to one of latitude
		side := math.Sqrt((b.Max[0] - b.Min[0]) * ratio * (b.Max[1] - b.Min[1]) / 2)
		radius := min(side*math.Sqrt(math.Exp(r.Float64()*math.Log(widest))/math.Pi), largestRadius)
		one, err := newPatch(fmt.Sprintf("drawn-%d", i), star(r, centre, radius, ratio))
		if err != nil {
			return nil, err
		}
		p.list = append(p.list, one)
	}
	return p, nil
}

// widest is the area of the largest drawn polygon in areas of the parcel that it
// is drawn around; largestRadius, in degrees of latitude (3 km), is for those
// around very large parcels.
const (
	widest        = 40
	largestRadius = 0.027
)

// star returns a polygon whose vertices lie around a centre at distances of half
// to one and a half times a radius: it cannot cross itself.
func star(r *rand.Rand, centre orb.Point, radius, ratio float64) orb.Polygon {
	n := 10 + r.IntN(91)
	ring := make(orb.Ring, 0, n+1)
	reach := radius
	for i := range n {
		reach = min(max(reach+radius*0.3*(r.Float64()-0.5), radius/2), radius*1.5)
		at := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(n)
		ring = append(ring, orb.Point{centre[0] + reach*math.Cos(at)/ratio, centre[1] + reach*math.Sin(at)})
	}
	return orb.Polygon{append(ring, ring[0])}
}

// table puts polygons into their table.
func (d *database) table(ctx context.Context, p *polygons) error {
	raw := p.table + "_raw"
	if err := d.exec(ctx, fmt.Sprintf("create table %s (_id text, geom geometry(Geometry,%d))", quote(raw), srid)); err != nil {
		return err
	}
	_, err := d.conn.CopyFrom(ctx, pgx.Identifier{raw}, []string{"_id", "geom"}, pgx.CopyFromSlice(len(p.list), func(i int) ([]any, error) {
		return []any{p.list[i].id, p.list[i].ewkb}, nil
	}))
	if err != nil {
		return err
	}
	return d.exec(ctx, orderedTable(p.table, raw)...)
}
