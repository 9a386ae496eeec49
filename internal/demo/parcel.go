package demo

import (
	"fmt"
	"math"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// parcelLayer is the land-class layer DLTB: every parcel of the territory.
func (c *City) parcelLayer() Source {
	classes := landClasses()
	names := map[string]string{}
	for _, k := range classes {
		names[k.Code] = k.Name
	}
	l := feature.Layer{
		ID: "dltb", Title: feature.Text{ZH: "地类图斑", EN: "Land-class parcels"},
		Description: "Invented land-class parcels of the demo city, a tessellation with shared borders.",
		Kind:        feature.KindReference, IDField: "BSM", ClassField: "DLBM", Classes: classes,
		Fields:   fields("BSM", "YSDM", "TBBH", "DLBM", "DLMC", "QSXZ", "QSDWDM", "QSDWMC", "ZLDWMC", "TBMJ#", "SJNF%"),
		AreaUnit: feature.AreaM2, MaxZoom: maxZoom,
	}
	return Source{l, c.parcels.count(), func(visit func(feature.Feature) error) error {
		t := newTracer(c.bends, &c.parcels)
		for i := range c.parcels.count() {
			face := c.parcels.members(i)[0]
			code, u := c.classes[face], cityUnits[c.units[face]]
			village := c.village(face)
			g := degrees(t.polygon(i))
			id := serial("6328012001", i+1)
			f := record(l.Fields, id, g,
				id, "2001010100", fmt.Sprintf("%06d", i+1), code, names[code], ownership(code),
				fmt.Sprintf("%s%03d0000000", u.code, village), u.name,
				villageName(u, village), cents(ellipsoid.Area(g)), 2023)
			if err := visit(f); err != nil {
				return err
			}
		}
		return nil
	}}
}

// village returns the number of the invented village of a face, 1 to 12.
func (c *City) village(f int32) int {
	p := c.bends.centres[f]
	x, y := int64(math.Floor(p[0]/2500)), int64(math.Floor(p[1]/2500))
	return int(mix(uint64(x*31+y))%12) + 1
}

func villageName(u unit, n int) string { return fmt.Sprintf("%s演示%d村", u.name, n) }

func villageEnglish(u unit, n int) string { return fmt.Sprintf("%s, demo village %d", u.english, n) }

// ownership returns the QSXZ code: collective (30) for what villages farm and
// live on, state (20) for the rest.
func ownership(code string) string {
	switch code[:2] {
	case "01", "02", "12":
		return "30"
	}
	return choose(code == "0702" || code == "1006" || code == "1104", "30", "20")
}
