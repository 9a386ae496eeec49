package demo

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// reserves are the invented nature reserves.
var reserves = [...]struct {
	x, y, radius         float64
	name, english, level string
}{
	{-330000, -262000, 52000, "演示高原自然保护区", "Demo Plateau Nature Reserve", "国家级"},
	{-26000, 17500, 7000, "演示荒漠林自然保护区", "Demo Desert Forest Nature Reserve", "省级"},
	{-108000, 93000, 16000, "演示盐沼湿地自然保护区", "Demo Salt Marsh Nature Reserve", "省级"},
}

// reserveLayer is the nature reserves: each a core and, around it, a zone of
// general control whose hole is the core.
func (c *City) reserveLayer() Source {
	l := feature.Layer{
		ID: "zrbhq", Title: feature.Text{ZH: "自然保护区", EN: "Nature reserves"},
		Description: "Invented nature reserves by zone.",
		Kind:        feature.KindReference, IDField: "BSM", ClassField: "GNFQ",
		Classes: []feature.Class{
			{Code: "1", Name: "核心保护区", NameEN: "Core zone", Group: "自然保护区", GroupEN: "Nature reserves", Color: "#0b6e4f"},
			{Code: "2", Name: "一般控制区", NameEN: "General control zone", Group: "自然保护区", GroupEN: "Nature reserves", Color: "#3fa57a"},
		},
		Fields:   fields("BSM", "BHQMC", "BHQMC_EN", "JB", "GNFQ", "GNFQMC", "MJ#", "XZQDM"),
		AreaUnit: feature.AreaM2, MaxZoom: maxZoom,
	}
	var made []feature.Feature
	for i, s := range reserves {
		vertices := int(2 * math.Pi * s.radius / 60)
		rim := disc{s.x, s.y, s.radius, 0.4, newNoise(c.seed, 400+i, s.radius/2, 5)}
		core := disc{s.x, s.y, s.radius * 0.45, 0.35, newNoise(c.seed, 420+i, s.radius/4, 5)}
		inner := core.ring(vertices/2, false)
		hole := inner.Clone()
		hole.Reverse()
		zones := [...]orb.Polygon{{inner}, {rim.ring(vertices, false), hole}}
		for k, z := range zones {
			g, id := degrees(z), serial("6328012009", 2*i+k+1)
			class := l.Classes[k]
			made = append(made, record(l.Fields, id, g, id, s.name, s.english, s.level, class.Code, class.Name,
				cents(ellipsoid.Area(g)), "632801"))
		}
	}
	return listed(l, made)
}
