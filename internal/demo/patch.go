package demo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// patchLayer is the year's change patches, in four batches. Their outlines are
// steps of image pixels; they cross parcels as interpreted change does.
func (c *City) patchLayer() Source {
	l := feature.Layer{
		ID: "tuban", Title: feature.Text{ZH: "变化图斑", EN: "Change patches"},
		Description: "Invented change patches of 2024.",
		Kind:        feature.KindPatch, IDField: "JCBH", ClassField: "TBLX", Classes: patchClasses(),
		Fields: fields("JCBH", "XZQDM", "XMC", "XZJD", "ND%", "PC", "QSX", "HSX", "SJY", "FBL", "TBLX",
			"BHQLX", "BHHLX", "JCMJ#", "XZB#", "YZB#", "BZ"),
		AreaUnit: feature.AreaMu, MaxZoom: maxZoom,
	}
	return Source{l, c.size.Patches, func(visit func(feature.Feature) error) error {
		for i := range c.size.Patches {
			if err := visit(c.patch(l.Fields, i)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func patchClasses() []feature.Class {
	const group = "土地"
	return []feature.Class{
		{Code: "新增建(构)筑物", Name: "新增建(构)筑物", Group: group, Color: "#ff3b30"},
		{Code: "新增推填土", Name: "新增推填土", Group: group, Color: "#ff9500"},
		{Code: "新增光伏用地", Name: "新增光伏用地", Group: group, Color: "#5856d6"},
		{Code: "新增线性地物", Name: "新增线性地物", Group: group, Color: "#00a6d6"},
		{Code: "疑似新增变化用地", Name: "疑似新增变化用地", Group: group, Color: "#e6007e"},
		{Code: "疑似采矿", Name: "疑似采矿", Group: "矿产", Color: "#7a3b1d"},
	}
}

// change says what a kind of patch looks like.
type change struct {
	class, after string
	weight       float64
	least, most  float64 // m²
	stretch      float64 // most times as long as wide
}

var changes = [...]change{
	{"新增建(构)筑物", "建设用地", 38, 250, 9000, 2.2},
	{"新增推填土", "推填土", 26, 800, 40000, 2.5},
	{"新增光伏用地", "光伏用地", 6, 30000, 900000, 1.6},
	{"新增线性地物", "道路", 10, 900, 16000, 14},
	{"疑似新增变化用地", "建设用地", 12, 300, 12000, 2},
	{"疑似采矿", "采矿用地", 8, 4000, 160000, 1.8},
}

func (c *City) patch(list []feature.Field, i int) feature.Feature {
	r := newRandom(c.seed, streamPatch, i)
	weights := make([]float64, len(changes))
	for k := range changes {
		weights[k] = changes[k].weight
	}
	kind := changes[r.pick(weights)]
	centre := c.changedPlace(&r, kind.class == "新增光伏用地" || kind.class == "疑似采矿")
	want := kind.least * math.Pow(kind.most/kind.least, r.unit())
	g := degrees(plain(steps(centre, want, r.between(1, kind.stretch), &r)))
	quarter := 1 + i*4/c.size.Patches
	id := fmt.Sprintf("632801TDWP24%d%05d", quarter, i+1)
	satellite := [...]string{"GF-2", "GF-1", "GF-7", "ZY3-02", "GF-6"}[r.below(5)]
	place := degrees(orb.Polygon{{centre}}).(orb.Polygon)[0][0]
	return record(list, id, g, id, "632801", "格尔木市", cityUnits[c.land.unitAt(centre)].name, 2024,
		fmt.Sprintf("2024Q%d", quarter), fmt.Sprintf("2023%02d%02d", 3*quarter, 1+r.below(28)),
		fmt.Sprintf("2024%02d%02d", 3*quarter-1, 1+r.below(28)), satellite, "2", kind.class,
		"", kind.after, mu(ellipsoid.Area(g)), round6(place[0]), round6(place[1]), "演示数据")
}

func round6(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// changedPlace draws a place: mostly in or beside town and farmland, where land
// changes; on open land when asked.
func (c *City) changedPlace(r *random, open bool) orb.Point {
	edge := 2500.0
	for try := 0; ; try++ {
		p := orb.Point{r.between(c.size.West+edge, c.size.East-edge), r.between(c.size.South+edge, c.size.North-edge)}
		ground := c.land.ground(p)
		if ground == groundLake || ground == groundRiver {
			continue
		}
		if try > 400 || ground.wild() == open || ground.wild() && r.unit() < 0.02 {
			return p
		}
	}
}

// steps returns an outline of pixels of about the wanted area: rows of runs,
// each overlapping the row before by a pixel at least, so that the outline is
// simple. Some patches have a second part beyond the first.
func steps(centre orb.Point, want, stretch float64, r *random) orb.MultiPolygon {
	pixel := 2.0
	for want/(pixel*pixel) > 12000 {
		pixel *= 2
	}
	across := math.Sqrt(want/stretch) / pixel
	along := across * stretch
	if r.unit() < 0.5 {
		across, along = along, across
	}
	rows := max(3, int(along))
	first := runs(rows, across, r)
	corner := orb.Point{math.Floor(centre[0]/pixel) * pixel, math.Floor(centre[1]/pixel-float64(rows)/2) * pixel}
	parts := orb.MultiPolygon{{trace(first, corner, pixel)}}
	if r.unit() < 0.06 {
		second := runs(max(3, rows/3), across*0.5, r)
		corner[1] += float64(rows+2+r.below(4)) * pixel
		parts = append(parts, orb.Polygon{trace(second, corner, pixel)})
	}
	return parts
}

// runs returns the pixel columns [lo,hi) of each row.
func runs(rows int, width float64, r *random) [][2]int {
	lean, bulge := r.between(-0.5, 0.5), r.between(0.15, 0.6)
	left, right := 0.0, 0.0
	list := make([][2]int, rows)
	for i := range list {
		u := 2*(float64(i)+0.5)/float64(rows) - 1
		half := width / 2 * math.Pow(1-u*u, bulge)
		left = 0.9*left + r.between(-0.05, 0.05)*width
		right = 0.9*right + r.between(-0.05, 0.05)*width
		middle := lean * u * width
		lo, hi := int(math.Floor(middle-half+left)), int(math.Ceil(middle+half+right))
		if i > 0 {
			lo, hi = min(lo, list[i-1][1]-1), max(hi, list[i-1][0]+1)
		}
		if hi <= lo {
			hi = lo + 1
		}
		list[i] = [2]int{lo, hi}
	}
	return list
}

// trace returns the outline of runs, counter-clockwise and closed, without
// vertices inside straight sides.
func trace(list [][2]int, corner orb.Point, pixel float64) orb.Ring {
	var ring orb.Ring
	add := func(x, y int) {
		ring = append(ring, orb.Point{corner[0] + float64(x)*pixel, corner[1] + float64(y)*pixel})
	}
	n := len(list)
	add(list[0][0], 0)
	add(list[0][1], 0)
	for i := 1; i < n; i++ {
		if list[i][1] != list[i-1][1] {
			add(list[i-1][1], i)
			add(list[i][1], i)
		}
	}
	add(list[n-1][1], n)
	add(list[n-1][0], n)
	for i := n - 1; i > 0; i-- {
		if list[i][0] != list[i-1][0] {
			add(list[i][0], i)
			add(list[i-1][0], i)
		}
	}
	return append(ring, ring[0])
}
