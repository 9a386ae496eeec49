package demo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// patchLayer is the year's change patches, land and mineral, in four batches.
// Their outlines are steps of image pixels; they cross parcels as interpreted
// change does. Some come again in the next quarter, some are wholly or partly
// covered by an approval or a mining right.
func (c *City) patchLayer() Source {
	l := feature.Layer{
		ID: "tuban", Title: feature.Text{ZH: "变化图斑", EN: "Change patches"},
		Description: "Invented land and mineral change patches of the four quarters of 2024 (field PC).",
		Kind:        feature.KindPatch, IDField: "JCBH", ClassField: "TBLX", Classes: patchClasses(),
		Fields: fields("JCBH", "PRVBH", "XZQDM", "XMC", "XMC_EN", "GLQDM", "XZJD", "CMC", "CMC_EN", "ND%", "PC", "XFSJ", "QSX", "HSX",
			"SJY", "DQJH", "FBL", "TBLX", "BHQLX", "BHHLX", "TZ", "TBJB", "GZBJ", "JCMJ#", "XZB#", "YZB#",
			"KZ", "KCFS", "YSLX", "KQLX", "XKZH", "KQR", "KSMC", "KSMC_EN", "BZ"),
		AreaUnit: feature.AreaMu, MaxZoom: maxZoom,
	}
	return Source{l, len(c.patches), func(visit func(feature.Feature) error) error {
		for i := range c.patches {
			if err := visit(c.patch(l.Fields, i)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func patchClasses() []feature.Class {
	const group, english = "土地", "Land"
	return []feature.Class{
		{Code: "新增建(构)筑物", Name: "新增建(构)筑物", NameEN: "New building", Group: group, GroupEN: english, Color: "#ff3b30"},
		{Code: "新增推填土", Name: "新增推填土", NameEN: "New earthworks", Group: group, GroupEN: english, Color: "#ff9500"},
		{Code: "新增光伏用地", Name: "新增光伏用地", NameEN: "New solar farm", Group: group, GroupEN: english, Color: "#5856d6"},
		{Code: "新增线性地物", Name: "新增线性地物", NameEN: "New road or line", Group: group, GroupEN: english, Color: "#00a6d6"},
		{Code: "疑似新增变化用地", Name: "疑似新增变化用地", NameEN: "Suspected change of use", Group: group, GroupEN: english, Color: "#e6007e"},
		{Code: "疑似采矿", Name: "疑似采矿", NameEN: "Suspected mining", Group: "矿产", GroupEN: "Minerals", Color: "#7a3b1d"},
	}
}

// change says what a kind of patch looks like.
type change struct {
	class, after  string
	weight        float64
	least, most   float64 // m²
	stretch       float64 // most times as long as wide
	open, mineral bool    // on open land; of the mineral programme
}

var changes = [...]change{
	{"新增建(构)筑物", "建设用地", 38, 250, 9000, 2.2, false, false},
	{"新增推填土", "推填土", 26, 800, 40000, 2.5, false, false},
	{"新增光伏用地", "光伏用地", 6, 30000, 900000, 1.6, true, false},
	{"新增线性地物", "道路", 10, 900, 16000, 14, false, false},
	{"疑似新增变化用地", "建设用地", 12, 300, 12000, 2, false, false},
	{"疑似采矿", "采矿用地", 8, 4000, 160000, 1.8, true, true},
}

// patchID returns the number of patch i: WP for the satellite programme, TD for
// land and KC for minerals.
func (c *City) patchID(i int) string {
	return fmt.Sprintf("632801%sWP24%d%05d", choose(c.patches[i].kind.mineral, "KC", "TD"), c.batch(i), i+1)
}

func (c *City) patch(list []feature.Field, i int) feature.Feature {
	p, q, r := c.patches[i], c.batch(i), newRandom(c.seed, streamPatch, c.size.Patches+i)
	shape := c.shape(i)
	g := degrees(plain(shape))
	area := ellipsoid.Area(g)
	var before any
	if p.before >= 0 {
		before = c.patchID(p.before)
	}
	u, id := cityUnits[c.units[p.face]], c.patchID(i)
	satellite := [...]string{"GF-2", "GF-1", "GF-7", "ZY3-02", "GF-6"}[r.below(5)]
	centre := degrees(orb.Polygon{{p.centre}}).(orb.Polygon)[0][0]
	values := []any{id, before, "632801", "格尔木市", "Golmud", u.code, u.name, villageName(u, c.village(p.face)),
		villageEnglish(u, c.village(p.face)), 2024,
		fmt.Sprintf("2024Q%d", q), fmt.Sprintf("2024%02d%02d", 3*q, 5+r.below(20)),
		fmt.Sprintf("2023%02d%02d", 3*q, 1+r.below(28)), fmt.Sprintf("2024%02d%02d", 3*q-1, 1+r.below(28)),
		satellite, fmt.Sprintf("%s_%07d", satellite, r.below(1e7)), "2", p.kind.class, c.beforeClass(p.face), p.kind.after,
		hints[r.below(len(hints))], choose(area > 20_000, "1", choose(area > 3_000, "2", "3")), focus(&r),
		mu(area), round6(centre[0]), round6(centre[1])}
	values = append(values, c.mineral(p, &r)...)
	return record(list, id, g, append(values, "演示数据")...)
}

// hints are what an interpreter notes about an image.
var hints = [...]string{"影像可见新增房屋", "地表扰动明显", "围墙已建成", "有车辆与便道", "基坑开挖", "硬化地面"}

// focus returns the mark of attention that few patches carry.
func focus(r *random) any {
	switch u := r.unit(); {
	case u < 0.02:
		return "1001"
	case u < 0.06:
		return "1002"
	case u < 0.08:
		return "1003"
	}
	return nil
}

// beforeClass is what the older image shows at a face.
func (c *City) beforeClass(f int32) string {
	switch code := c.classes[f][:2]; code {
	case "01", "02":
		return "耕地"
	case "03":
		return "林地"
	case "04":
		return "草地"
	case "12", "11":
		return "未利用地"
	}
	return "建设用地"
}

// mineral returns the values of the fields that only mineral patches have.
func (c *City) mineral(p plan, r *random) []any {
	values := make([]any, 8)
	if !p.kind.mineral {
		return values
	}
	kind := minerals[r.below(len(minerals))]
	if p.right < 0 {
		return append(values[:0], kind.name, kind.mode, "无证开采", "无", nil, nil, nil, nil)
	}
	t := c.rights[p.right]
	kind = minerals[t.mineral]
	what := choose(p.cover == coverWhole, "疑似超期", "疑似越界开采")
	if !t.mining {
		what = "以采代探"
	}
	return append(values[:0], kind.name, kind.mode, what, choose(t.mining, "采矿权", "探矿权"), c.licence(p.right),
		t.holder(), t.mine(p.right), t.mineEnglish(p.right))
}

func round6(v float64) float64 { return math.Round(v*1e6) / 1e6 }
