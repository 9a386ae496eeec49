package demo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// farmlandLayer is permanent basic farmland: most irrigated fields, joined to
// blocks whose borders are parcel borders.
func (c *City) farmlandLayer() Source {
	l := feature.Layer{
		ID: "yjjbnt", Title: feature.Text{ZH: "永久基本农田", EN: "Permanent basic farmland"},
		Description: "Invented blocks of permanent basic farmland; their borders are parcel borders.",
		Kind:        feature.KindReference, IDField: "BSM", ClassField: "DLBM",
		Classes: []feature.Class{
			{Code: "0102", Name: "永久基本农田（水浇地）", NameEN: "Basic farmland (irrigated)", Group: "永久基本农田", GroupEN: "Permanent basic farmland", Color: "#e0a800"},
			{Code: "0103", Name: "永久基本农田（旱地）", NameEN: "Basic farmland (dry)", Group: "永久基本农田", GroupEN: "Permanent basic farmland", Color: "#b98600"},
		},
		Fields:   fields("BSM", "YSDM", "XZQDM", "YJJBNTTBBH", "DLBM", "DLMC", "YJJBNTMJ#", "BHKSSJ"),
		AreaUnit: feature.AreaM2, MaxZoom: maxZoom,
	}
	names := map[string]string{"0102": "水浇地", "0103": "旱地"}
	blocks := newGrouping(c.mesh, c.farmlandLabels())
	return Source{l, blocks.count(), func(visit func(feature.Feature) error) error {
		t := newTracer(c.bends, &blocks)
		for i := range blocks.count() {
			code := c.classes[blocks.members(i)[0]]
			g, id := degrees(t.polygon(i)), serial("6328012005", i+1)
			f := record(l.Fields, id, g, id, "2005010300", "632801", fmt.Sprintf("N%06d", i+1),
				code, names[code], cents(ellipsoid.Area(g)), "20221001")
			if err := visit(f); err != nil {
				return err
			}
		}
		return nil
	}}
}

// farmlandLabels gives the faces of permanent basic farmland a label that
// changes with class and every kilometre or so, and none to all others.
func (c *City) farmlandLabels() []int32 {
	labels := make([]int32, c.mesh.faces())
	for f := range labels {
		p, code := c.bends.centres[f], c.classes[f]
		labels[f] = none
		if (code == "0102" || code == "0103") && c.land.ground(p) == groundFarm && c.land.patches.at(p[0], p[1]) > -0.35 {
			i, k := int64(math.Floor(p[0]/900)), int64(math.Floor(p[1]/700))
			labels[f] = int32(mix(uint64(i)<<32^uint64(k)&0xffffffff)>>34)<<1 | int32(code[3]&1)
		}
	}
	return labels
}

// disc is a round area whose rim wanders: star-shaped, hence simple.
type disc struct {
	x, y, radius float64
	wander       float64 // largest share of the radius by which the rim strays
	wave         noise
}

// rim returns the distance of the rim in a direction.
func (d disc) rim(turn float64) float64 {
	s, c := math.Sincos(turn)
	scale := d.radius / 1.7
	return d.radius * (1 + d.wander*d.wave.at(d.x+c*scale, d.y+s*scale))
}

// ring returns the rim, closed, counter-clockwise or (for a hole) clockwise.
func (d disc) ring(vertices int, clockwise bool) orb.Ring {
	r := make(orb.Ring, 0, vertices+1)
	for i := range vertices {
		turn := 2 * math.Pi * float64(i) / float64(vertices)
		if clockwise {
			turn = -turn
		}
		s, c := math.Sincos(turn)
		r = append(r, orb.Point{d.x + d.rim(turn)*c, d.y + d.rim(turn)*s})
	}
	return append(r, r[0])
}

// redLineSpots are where red-line areas lie, with kind and name.
var redLineSpots = [...]struct {
	x, y, radius        float64
	kind, name, english string
}{
	{-16000, -21000, 8000, "1", "昆仑山北麓水源涵养区", "Kunlun north foot water conservation area"},
	{13500, -19000, 6500, "1", "格尔木河上游水源涵养区", "Upper Golmud River water conservation area"},
	{-21000, 19500, 5200, "2", "托拉海生物多样性维护区", "Tuolahai biodiversity area"},
	{24500, 33500, 6500, "2", "盐湖湿地生物多样性维护区", "Salt lake wetland biodiversity area"},
	{-28500, -6500, 5000, "3", "沙区防风固沙区", "Dune sand-control area"},
	{34000, -9000, 5200, "3", "东部防风固沙区", "Eastern sand-control area"},
	{5500, 21800, 3400, "2", "北部沼泽维护区", "Northern marsh area"},
	{-105000, -30000, 26000, "1", "西部水源涵养区", "Western water conservation area"},
	{58000, -42000, 17000, "1", "东部水源涵养区", "Eastern water conservation area"},
	{-112000, 90000, 19000, "2", "西部湖泊湿地维护区", "Western lake wetland area"},
	{-205000, 20000, 15000, "3", "西部荒漠防风固沙区", "Western desert sand-control area"},
	{-300000, -250000, 42000, "1", "高原水源涵养区", "Plateau water conservation area"},
	{-400000, -290000, 30000, "2", "高原野生动物栖息地维护区", "Plateau wildlife habitat area"},
	{-235000, -320000, 24000, "1", "高原冰川水源涵养区", "Plateau glacier water conservation area"},
}

// redLineLayer is the ecological protection red line: large areas with holes,
// drawn without regard to parcels.
func (c *City) redLineLayer() Source {
	l := feature.Layer{
		ID: "stbhhx", Title: feature.Text{ZH: "生态保护红线", EN: "Ecological protection red line"},
		Description: "Invented red-line areas with holes.",
		Kind:        feature.KindReference, IDField: "BSM", ClassField: "HXLX",
		Classes: []feature.Class{
			{Code: "1", Name: "水源涵养", NameEN: "Water conservation", Group: "生态保护红线", GroupEN: "Ecological protection red line", Color: "#d7263d"},
			{Code: "2", Name: "生物多样性维护", NameEN: "Biodiversity", Group: "生态保护红线", GroupEN: "Ecological protection red line", Color: "#e0507a"},
			{Code: "3", Name: "防风固沙", NameEN: "Wind and sand control", Group: "生态保护红线", GroupEN: "Ecological protection red line", Color: "#c2452d"},
		},
		Fields:   fields("BSM", "YSDM", "XZQDM", "HXMC", "HXMC_EN", "HXLX", "HXMJ#"),
		AreaUnit: feature.AreaM2, MaxZoom: maxZoom,
	}
	var made []feature.Feature
	for i, s := range redLineSpots {
		g := degrees(c.redLine(i, s.x, s.y, s.radius))
		id := serial("6328012006", i+1)
		made = append(made, record(l.Fields, id, g, id, "2006010100", "632801", s.name, s.english, s.kind, cents(ellipsoid.Area(g))))
	}
	return listed(l, made)
}

// redLineSpacing is the distance in metres between the vertices of red lines.
const redLineSpacing = 30.0

func (c *City) redLine(i int, x, y, radius float64) orb.Polygon {
	r := newRandom(c.seed, streamRedLine, i)
	shell := disc{x, y, radius, 0.42, newNoise(c.seed, 100+i, radius/2, 6)}
	p := orb.Polygon{shell.ring(int(2*math.Pi*radius/redLineSpacing), false)}
	for k, holes := 0, 2+r.below(4); k < holes; k++ {
		// Each hole keeps to its own sector, well inside the narrowest rim.
		turn := 2 * math.Pi * (float64(k) + r.between(0.3, 0.7)) / float64(holes)
		s, cos := math.Sincos(turn)
		away := radius * 0.34
		h := disc{x + away*cos, y + away*s, radius * r.between(0.03, 0.09), 0.4, newNoise(c.seed, 200+8*i+k, radius/9, 4)}
		p = append(p, h.ring(24+r.below(160), true))
	}
	return p
}

// urbanLayer is the urban development boundary around the towns.
func (c *City) urbanLayer() Source {
	l := feature.Layer{
		ID: "czkfbj", Title: feature.Text{ZH: "城镇开发边界", EN: "Urban development boundary"},
		Description: "Invented urban development boundary by zone.",
		Kind:        feature.KindReference, IDField: "BSM", ClassField: "GHFQDM",
		Classes: []feature.Class{
			{Code: "410", Name: "城镇集中建设区", NameEN: "Concentrated development zone", Group: "城镇开发边界", GroupEN: "Urban development boundary", Color: "#3c5fd0"},
			{Code: "420", Name: "城镇弹性发展区", NameEN: "Flexible development zone", Group: "城镇开发边界", GroupEN: "Urban development boundary", Color: "#6f8ce8"},
			{Code: "430", Name: "特别用途区", NameEN: "Special-purpose zone", Group: "城镇开发边界", GroupEN: "Urban development boundary", Color: "#8a6fd6"},
		},
		Fields:   fields("BSM", "YSDM", "XZQDM", "GHFQDM", "GHFQMC", "MJ#"),
		AreaUnit: feature.AreaM2, MaxZoom: maxZoom,
	}
	zones := [...]struct {
		x, y, radius float64
		class        int
	}{
		{-200, 200, 4100, 0}, {9600, -2400, 2500, 0}, {36500, 45500, 2300, 1}, {-19500, 6200, 1000, 1},
		{5900, 2900, 1100, 2}, {77000, 5500, 1200, 1}, {-155000, 58000, 1300, 1}, {-220600, -241900, 1200, 1},
		{28000, 22000, 1500, 0},
	}
	var made []feature.Feature
	for i, z := range zones {
		d := disc{z.x, z.y, z.radius, 0.22, newNoise(c.seed, 300+i, z.radius/2, 3)}
		g := degrees(orb.Polygon{d.ring(90+i*8, false)})
		id, k := serial("6328012007", i+1), l.Classes[z.class]
		made = append(made, record(l.Fields, id, g, id, "2007010100", "632801", k.Code, k.Name, cents(ellipsoid.Area(g))))
	}
	return listed(l, made)
}

// listed is the source of features that are at hand.
func listed(l feature.Layer, made []feature.Feature) Source {
	return Source{l, len(made), func(visit func(feature.Feature) error) error {
		for _, f := range made {
			if err := visit(f); err != nil {
				return err
			}
		}
		return nil
	}}
}
