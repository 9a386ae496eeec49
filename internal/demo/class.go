package demo

import (
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// landClasses returns the dictionary of land classes (working classification of
// the Third National Land Survey, TD/T 1055-2019), in code order.
func landClasses() []feature.Class {
	groups := map[string]string{}
	for _, col := range rows(landGroupTable) {
		groups[col[0]] = col[1]
	}
	var classes []feature.Class
	for _, col := range rows(landClassTable) {
		classes = append(classes, feature.Class{Code: col[0], Name: col[1], NameEN: col[2], Group: col[3], GroupEN: groups[col[3]], Color: col[4]})
	}
	return classes
}

// rows reads a table of columns between bars.
func rows(table string) [][]string {
	var list [][]string
	for _, row := range strings.Split(strings.TrimSpace(table), "\n") {
		col := strings.Split(row, "|")
		for i := range col {
			col[i] = strings.TrimSpace(col[i])
		}
		list = append(list, col)
	}
	return list
}

const landGroupTable = `
耕地 | Cropland
种植园用地 | Plantations
林地 | Forest land
草地 | Grassland
湿地 | Wetland
商业服务业用地 | Commercial land
工矿用地 | Industrial and mining land
住宅用地 | Residential land
公共管理与公共服务用地 | Public services
特殊用地 | Special use
交通运输用地 | Transport
水域及水利设施用地 | Water and waterworks
其他土地 | Other land
`

// The colours keep farmland, forest, grass, water, desert and buildings apart
// for colour-blind eyes too (TestColoursAreToldApart).
const landClassTable = `
0101 | 水田 | Paddy field | 耕地 | #f9eb9e
0102 | 水浇地 | Irrigated land | 耕地 | #f6dc64
0103 | 旱地 | Dry cropland | 耕地 | #eccb7c
0201 | 果园 | Orchard | 种植园用地 | #d19c3a
0204 | 其他园地 | Other plantation | 种植园用地 | #c99052
0301 | 乔木林地 | Woodland | 林地 | #35702f
0305 | 灌木林地 | Shrubland | 林地 | #69ad62
0307 | 其他林地 | Other forest land | 林地 | #4d8d4a
0401 | 天然牧草地 | Natural pasture | 草地 | #b4e08c
0402 | 沼泽草地 | Marsh meadow | 湿地 | #6cbcbf
0403 | 人工牧草地 | Sown pasture | 草地 | #9dd376
0404 | 其他草地 | Other grassland | 草地 | #d2e7ab
0508 | 物流仓储用地 | Logistics and storage | 商业服务业用地 | #bd7c9b
05H1 | 商业服务业设施用地 | Commercial facilities | 商业服务业用地 | #d6589a
0601 | 工业用地 | Industrial land | 工矿用地 | #8d5f9f
0602 | 采矿用地 | Mining land | 工矿用地 | #6b4b7c
0603 | 盐田 | Salt pan | 湿地 | #a5cde6
0701 | 城镇住宅用地 | Urban housing | 住宅用地 | #dc6a80
0702 | 农村宅基地 | Rural homesteads | 住宅用地 | #e48a86
0809 | 公用设施用地 | Utilities | 公共管理与公共服务用地 | #c985c6
0810 | 公园与绿地 | Parks and green space | 公共管理与公共服务用地 | #57b087
08H1 | 机关团体新闻出版用地 | Offices, press and publishing | 公共管理与公共服务用地 | #d47ab6
08H2 | 科教文卫用地 | Science, education, culture and health | 公共管理与公共服务用地 | #e09dcb
09 | 特殊用地 | Special use | 特殊用地 | #94785f
1001 | 铁路用地 | Railway | 交通运输用地 | #3f444c
1003 | 公路用地 | Highway | 交通运输用地 | #555b66
1004 | 城镇村道路用地 | Streets | 交通运输用地 | #787e89
1005 | 交通服务场站用地 | Transport stations | 交通运输用地 | #8b8394
1006 | 农村道路 | Rural road | 交通运输用地 | #a29b8f
1101 | 河流水面 | River | 水域及水利设施用地 | #5b89dc
1102 | 湖泊水面 | Lake | 水域及水利设施用地 | #4b7bd1
1103 | 水库水面 | Reservoir | 水域及水利设施用地 | #3f6dc2
1104 | 坑塘水面 | Pond | 水域及水利设施用地 | #7aa3e8
1106 | 内陆滩涂 | Inland mudflat | 湿地 | #90c8d8
1107 | 沟渠 | Canals and ditches | 水域及水利设施用地 | #6a99e4
1108 | 沼泽地 | Marsh | 湿地 | #5fb2d0
1109 | 水工建筑用地 | Waterworks | 水域及水利设施用地 | #8291a6
1110 | 冰川及永久积雪 | Glacier and permanent snow | 水域及水利设施用地 | #e6f2fb
1201 | 空闲地 | Vacant land | 其他土地 | #d7c9b3
1202 | 设施农用地 | Farm buildings | 其他土地 | #b3a03f
1203 | 田坎 | Field ridge | 其他土地 | #ded69e
1204 | 盐碱地 | Saline land | 其他土地 | #ded4ee
1205 | 沙地 | Sandy land | 其他土地 | #f5eeda
1206 | 裸土地 | Bare soil | 其他土地 | #dccdb2
1207 | 裸岩石砾地 | Bare rock and gravel | 其他土地 | #bfb4a6
`

// mixture is what a parcel may be, with weights.
type mixture struct {
	codes   []string
	weights []float64
}

func (m mixture) pick(r *random) string { return m.codes[r.pick(m.weights)] }

var (
	townMixture = mixture{
		[]string{"0701", "05H1", "08H2", "08H1", "0810", "0809", "0508", "0601", "1201", "1005", "0702"},
		[]float64{46, 14, 8, 5, 7, 4, 3, 4, 6, 1, 2},
	}
	worksMixture = mixture{
		[]string{"0601", "0508", "0602", "1201", "0809", "05H1", "0701"},
		[]float64{58, 14, 6, 10, 6, 3, 3},
	}
	fieldMixture = mixture{
		[]string{"0102", "0307", "1202", "1104", "0404", "0403", "0103", "1203"},
		[]float64{80, 6, 3, 1, 3, 4, 1.5, 1.5},
	}
	orchardMixture = mixture{[]string{"0204", "0201", "0102", "0307", "1202"}, []float64{64, 14, 12, 7, 3}}
	meadowMixture  = mixture{[]string{"0403", "0401", "0305", "0404", "0301"}, []float64{26, 24, 22, 20, 8}}
	villageMixture = mixture{[]string{"0702", "05H1", "08H2", "1201", "0809", "0810"}, []float64{80, 4, 3, 8, 3, 2}}
)

// class returns the land-class code of a face with its centre at p. On wild
// ground neighbours mostly agree, so that they can be joined.
func (l *land) class(p orb.Point, s strip, r *random) string {
	if code := stripClass(s); code != "" {
		return code
	}
	switch g := l.ground(p); g {
	case groundTown:
		if p[0] > 6000 || l.spread.at(p[0], p[1]) > 0.42 {
			return worksMixture.pick(r)
		}
		return townMixture.pick(r)
	case groundFarm:
		return l.farmClass(p, r)
	case groundRiver:
		if r.unit() < 0.12 {
			return "1106"
		}
		return "1101"
	default:
		return l.wildClass(g, p)
	}
}

func (l *land) farmClass(p orb.Point, r *random) string {
	switch spread := l.spread.at(p[0], p[1]); {
	case l.village(p):
		return villageMixture.pick(r)
	case spread > 0.30:
		return orchardMixture.pick(r)
	case spread < -0.38:
		return meadowMixture.pick(r)
	}
	return fieldMixture.pick(r)
}

func (l *land) wildClass(g ground, p orb.Point) string {
	spread, patches := l.spread.at(p[0], p[1]), l.patches.at(p[0], p[1])
	switch g {
	case groundLake:
		return choose(patches > 0.45, "1106", choose(spread > 0.35 && p[1] > plateau, "0603", "1102"))
	case groundSaline:
		return salineClass(p, spread, patches)
	case groundMountain:
		return choose(patches > 0.5, "0401", choose(spread > 0.42, "1206", "1207"))
	case groundPasture:
		switch {
		case spread > 0.38:
			return "0402"
		case patches > 0.50:
			return "1207"
		case patches < -0.58:
			return choose(spread > 0, "0404", "1106")
		}
		return "0401"
	case groundIce:
		return choose(patches > 0.40, "1207", "1110")
	case groundSand:
		return choose(patches > 0.48, "0305", "1205")
	}
	switch {
	case patches > 0.52:
		return "0305"
	case patches < -0.54:
		return "0404"
	}
	return choose(l.region.at(p[0], p[1]) > 0.02, "1207", "1206")
}

func salineClass(p orb.Point, spread, patches float64) string {
	switch {
	case spread > 0.44:
		return "1108"
	case spread < -0.44:
		return choose(p[0] > 8000 && p[0] < 70_000, "0603", "1106")
	case patches > 0.42:
		return choose(spread > 0, "0402", "0404")
	}
	return "1204"
}

func stripClass(s strip) string {
	switch s {
	case stripStreet:
		return "1004"
	case stripTrack:
		return "1006"
	case stripCanal:
		return "1107"
	case stripHighway:
		return "1003"
	case stripRailway:
		return "1001"
	}
	return ""
}

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
