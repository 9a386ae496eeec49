package demo

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// right is a mining or an exploration right.
type right struct {
	mining  bool
	mineral int // index of minerals
	face    int32
	box     box
	from    int // year
	years   int
}

// minerals are what is dug in the demo, with the mode of mining.
var minerals = [...]struct{ name, english, mode, color string }{
	{"建筑用砂石", "Sand and gravel", "露天开采", "#c98a3a"},
	{"钾盐", "Potash", "液体开采", "#3f8f8a"},
	{"石盐", "Rock salt", "液体开采", "#86b6c9"},
	{"锂卤水", "Lithium brine", "液体开采", "#5b6fc2"},
	{"金", "Gold", "硐采", "#c9a400"},
	{"铁", "Iron", "露天开采", "#8c4a3a"},
	{"石灰岩", "Limestone", "露天开采", "#8d8d86"},
	{"煤", "Coal", "硐采", "#4a4a4a"},
}

// planRights decides where the rights lie: brine in the salt flats, ore in the
// mountains, gravel beside the towns.
func (c *City) planRights() []right {
	rights := make([]right, c.size.Rights)
	for i := range rights {
		r := newRandom(c.seed, streamRight, i)
		t := right{mining: i%5 < 2, from: 2012 + r.below(11), years: 3 + r.below(18)}
		t.face = c.open[r.below(len(c.open))]
		centre := c.bends.centres[t.face]
		switch north := centre[1] - belt(centre[0]); {
		case north > 12_000:
			t.mineral = 1 + r.below(3)
		case north < -10_000:
			t.mineral = 4 + r.below(4)
		}
		side := r.between(250, 900)
		if !t.mining {
			side = r.between(900, 2600)
		}
		t.box = box{centre: centre, dx: side, dy: side * r.between(0.5, 1.1), notchFirst: 2}
		if r.unit() < 0.5 {
			t.box.notch = r.between(0.15, 0.45)
		}
		rights[i] = t
	}
	return rights
}

// licence returns the number of a right; C begins those of mining, T those of
// exploration.
func (c *City) licence(i int) string {
	t := c.rights[i]
	return fmt.Sprintf("%s632800%d%02d%08d", choose(t.mining, "C", "T"), t.from, 1+i%12, i+1)
}

func (t right) holder() string { return fmt.Sprintf("演示矿业%d有限公司", 1+t.face%40) }

func (t right) mine(i int) string {
	return fmt.Sprintf("演示%d号%s%s", i+1, minerals[t.mineral].name, choose(t.mining, "矿", "勘查"))
}

func (t right) mineEnglish(i int) string {
	return fmt.Sprintf("Demo %s %s %d", strings.ToLower(minerals[t.mineral].english), choose(t.mining, "mine", "exploration"), i+1)
}

// miningLayer is the mining rights in force.
func (c *City) miningLayer() Source {
	return c.rightLayer(true, feature.Layer{ID: "ckq", Title: feature.Text{ZH: "采矿权", EN: "Mining rights"},
		Description: "Invented mining rights."})
}

// explorationLayer is the exploration rights in force.
func (c *City) explorationLayer() Source {
	return c.rightLayer(false, feature.Layer{ID: "tkq", Title: feature.Text{ZH: "探矿权", EN: "Exploration rights"},
		Description: "Invented exploration rights."})
}

func (c *City) rightLayer(mining bool, l feature.Layer) Source {
	l.Kind, l.IDField, l.ClassField = feature.KindReference, "XKZH", "KZ"
	l.ValidFrom, l.ValidTo = "YXQQ", "YXQZ"
	l.Fields = fields("XKZH", "KQR", "KSMC", "KSMC_EN", "KZ", "KCFS", "SCGM", "YXQQ", "YXQZ", "MJ#", "KCSDQ%", "KCSDZ%", "FZJG", "XZQDM")
	l.AreaUnit, l.MaxZoom = feature.AreaM2, maxZoom
	for _, m := range minerals {
		l.Classes = append(l.Classes, feature.Class{Code: m.name, Name: m.name, NameEN: m.english, Group: l.Title.ZH, GroupEN: l.Title.EN, Color: m.color})
	}
	var made []feature.Feature
	for i, t := range c.rights {
		if t.mining != mining {
			continue
		}
		g := degrees(orb.Polygon{t.box.ring()})
		id, kind := c.licence(i), minerals[t.mineral]
		made = append(made, record(l.Fields, id, g, id, t.holder(), t.mine(i), t.mineEnglish(i), kind.name, kind.mode, "小型",
			fmt.Sprintf("%d-%02d-01", t.from, 1+i%12), fmt.Sprintf("%d-%02d-28", t.from+t.years, 1+i%12),
			cents(ellipsoid.Area(g)), 2700+i%9*20, 2600-i%7*30, "演示发证机关", "632801"))
	}
	return listed(l, made)
}
