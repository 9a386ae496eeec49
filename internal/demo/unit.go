package demo

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// unit is a territorial unit. Names are Golmud's; codes and borders are not.
type unit struct {
	code, name, english, color string
	x, y                       float64 // metres; the unit holds what lies nearest
	weight                     float64 // divides the distance
}

var cityUnits = [...]unit{
	{"632801001", "西城区", "Xicheng", "#e8c4a0", -2200, -500, 0.45},
	{"632801002", "东城区", "Dongcheng", "#d9b3c9", 5600, -900, 0.5},
	{"632801003", "察尔汗", "Qarhan", "#b5cbe0", 32000, 50000, 0.9},
	{"632801100", "郭勒木德镇", "Guolemude Town", "#c6dcae", -14000, 9500, 1.15},
	{"632801101", "唐古拉山镇", "Tanggulashan Town", "#d6cdbb", -220600, -241900, 1},
	{"632801200", "大格勒乡", "Dagele Township", "#ecdf9e", 80000, 4000, 1},
	{"632801201", "乌图美仁乡", "Wutumeiren Township", "#c9c3e0", -155000, 58000, 1.1},
}

// exclave is the unit that the exclave is, all of it and nothing else.
const exclave = 4

// unitAt returns the index of the unit of a place.
func (l *land) unitAt(p orb.Point) int32 {
	if p[1] < plateau {
		return exclave
	}
	stray := 2000 + 0.22*min(math.Hypot(p[0], p[1]), 130_000)
	x := p[0] + stray*l.region.at(p[0]+3e5, p[1]) + 1400*l.broad.at(p[1], p[0])
	y := p[1] + stray*l.region.at(p[0], p[1]+3e5) + 1400*l.broad.at(p[0]+9e4, p[1])
	best, at := math.Inf(1), int32(0)
	for i, u := range cityUnits {
		if d := math.Hypot(x-u.x, y-u.y) / u.weight; i != exclave && d < best {
			best, at = d, int32(i)
		}
	}
	return at
}

// unitLayer is the administrative layer: one feature a unit, made of faces, so
// that its borders are parcel borders.
func (c *City) unitLayer() Source {
	l := feature.Layer{
		ID: "xzq", Title: feature.Text{ZH: "行政区", EN: "Administrative units"},
		Description: "Invented borders of the seven territorial units; not for use.",
		Kind:        feature.KindAdmin, IDField: "XZQDM", ClassField: "XZQDM",
		Fields: fields("BSM", "YSDM", "XZQDM", "XZQMC", "DCMJ#", "BZ"), AreaUnit: feature.AreaM2, MaxZoom: maxZoom,
	}
	for _, u := range cityUnits {
		l.Classes = append(l.Classes, feature.Class{Code: u.code, Name: u.name, NameEN: u.english, Group: "行政区", GroupEN: l.Title.EN, Color: u.color})
	}
	parts := newGrouping(c.mesh, c.units)
	return Source{l, len(cityUnits), func(visit func(feature.Feature) error) error {
		t := newTracer(c.bends, &parts)
		for i, u := range cityUnits {
			var area orb.MultiPolygon
			for p := range parts.count() {
				if c.units[parts.members(p)[0]] == int32(i) {
					area = append(area, t.polygon(p))
				}
			}
			g := degrees(plain(area))
			f := record(l.Fields, u.code, g, serial("6328011000", i+1), "1000600100", u.code, u.name,
				cents(ellipsoid.Area(g)), "演示")
			if err := visit(f); err != nil {
				return err
			}
		}
		return nil
	}}
}

// plain returns the only polygon of a multipolygon of one, else the whole.
func plain(m orb.MultiPolygon) orb.Geometry {
	if len(m) == 1 {
		return m[0]
	}
	return m
}
