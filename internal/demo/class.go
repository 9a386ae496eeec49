package demo

import (
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// landClasses returns the dictionary of land classes (working classification of
// the Third National Land Survey, TD/T 1055-2019), in code order.
func landClasses() []feature.Class {
	var classes []feature.Class
	for _, row := range strings.Split(strings.TrimSpace(landClassTable), "\n") {
		col := strings.Fields(row)
		classes = append(classes, feature.Class{Code: col[0], Name: col[1], Group: col[2], Color: col[3]})
	}
	return classes
}

const landClassTable = `
0101 水田 耕地 #f5ef8a
0102 水浇地 耕地 #f7e27a
0103 旱地 耕地 #f2d98c
0201 果园 种植园用地 #f2b8a0
0204 其他园地 种植园用地 #eea98c
0301 乔木林地 林地 #4f9d5b
0305 灌木林地 林地 #7db46c
0307 其他林地 林地 #9cc788
0401 天然牧草地 草地 #b5d68a
0402 沼泽草地 湿地 #9ecfae
0403 人工牧草地 草地 #a6d96a
0404 其他草地 草地 #cfe3a6
0508 物流仓储用地 商业服务业用地 #d08f9f
05H1 商业服务业设施用地 商业服务业用地 #e0718a
0601 工业用地 工矿用地 #b08aa8
0602 采矿用地 工矿用地 #8f6f86
0603 盐田 湿地 #c6d6ea
0701 城镇住宅用地 住宅用地 #f08d7f
0702 农村宅基地 住宅用地 #e5a07e
0809 公用设施用地 公共管理与公共服务用地 #d58cc0
0810 公园与绿地 公共管理与公共服务用地 #6fc27b
08H1 机关团体新闻出版用地 公共管理与公共服务用地 #e58fb9
08H2 科教文卫用地 公共管理与公共服务用地 #efa3c8
09 特殊用地 特殊用地 #a58f7a
1001 铁路用地 交通运输用地 #6b6b73
1003 公路用地 交通运输用地 #8a8a92
1004 城镇村道路用地 交通运输用地 #a3a3aa
1005 交通服务场站用地 交通运输用地 #9a90a3
1006 农村道路 交通运输用地 #bcb7ad
1101 河流水面 水域及水利设施用地 #6fb1e0
1102 湖泊水面 水域及水利设施用地 #5a9fd6
1103 水库水面 水域及水利设施用地 #5593c9
1104 坑塘水面 水域及水利设施用地 #86c1e8
1106 内陆滩涂 湿地 #b8d4dc
1107 沟渠 水域及水利设施用地 #7cbcd8
1108 沼泽地 湿地 #8fc4b7
1109 水工建筑用地 水域及水利设施用地 #8fa6b5
1110 冰川及永久积雪 水域及水利设施用地 #dcecf5
1201 空闲地 其他土地 #d9cfc0
1202 设施农用地 其他土地 #c9b458
1203 田坎 其他土地 #d8d0a0
1204 盐碱地 其他土地 #e6e3dc
1205 沙地 其他土地 #eedfb8
1206 裸土地 其他土地 #dccbae
1207 裸岩石砾地 其他土地 #c8bdb0
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
