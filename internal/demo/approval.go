package demo

import (
	"fmt"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// approval is an area approved for building.
type approval struct {
	box  box
	face int32
	use  int  // index of uses
	late bool // approved after the land was used
}

// uses are what land is approved for.
var uses = [...]struct{ code, name, english, color string }{
	{"07", "城镇住宅用地", "Urban housing", "#f28f7a"},
	{"05", "商业服务业用地", "Commerce and services", "#e0717e"},
	{"06", "工业用地", "Industry", "#a885a8"},
	{"08", "公共管理与公共服务用地", "Public services", "#e08fc0"},
	{"10", "交通运输用地", "Transport", "#8f8f99"},
	{"11", "能源用地（光伏）", "Energy (solar)", "#6f6fd6"},
}

// approvals lists what is approved: some for one patch wholly or in part, the
// rest in town, where later approvals overlap earlier ones.
func (c *City) approvals() []approval {
	var list []approval
	for i, p := range c.patches {
		if p.cover == coverNone || p.kind.mineral || p.root != i {
			continue
		}
		r := newRandom(c.seed, streamApproval, i)
		b := boxAround(c.shape(i), r.between(-0.3, 0.3), r.between(8, 25))
		if p.cover == coverPart {
			b = b.shifted(r.between(0.5, 1.2), r.between(-0.4, 0.4))
		}
		list = append(list, approval{box: b, face: p.face, use: r.below(len(uses)), late: p.cover == coverPart && r.unit() < 0.2})
	}
	for i := range c.size.Approvals {
		r := newRandom(c.seed, streamApproval, c.size.Patches+i)
		face := c.settled[r.below(len(c.settled))]
		side := r.between(25, 160)
		b := box{centre: c.bends.centres[face], dx: side, dy: side * r.between(0.4, 1.2), turn: r.between(-0.4, 0.4), notchFirst: r.below(4)}
		if r.unit() < 0.3 {
			b.notch = r.between(0.15, 0.4)
		}
		list = append(list, approval{box: b, face: face, use: r.below(len(uses))})
		if r.unit() < 0.25 { // a second stage laid over the first
			b.notch = 0
			b = b.shifted(r.between(0.6, 1.7), r.between(-0.5, 0.5))
			list = append(list, approval{box: b, face: face, use: r.below(len(uses)), late: r.unit() < 0.1})
		}
	}
	return list
}

// approvalLayer is the areas approved for building; they overlap each other.
func (c *City) approvalLayer() Source {
	l := feature.Layer{
		ID: "jsydsp", Title: feature.Text{ZH: "建设用地审批", EN: "Building land approvals"},
		Description: "Invented approvals of conversion and building; they overlap each other.",
		Kind:        feature.KindReference, IDField: "BSM", ClassField: "YT", ValidFrom: "PZRQ",
		Fields: fields("BSM", "XMMC", "XMMC_EN", "PZWH", "PZJG", "PZRQ", "PZMJ#", "NYDMJ#", "GDMJ#", "ZSMJ#", "YT", "DZJGH", "XZQDM"),

		AreaUnit: feature.AreaHa, MaxZoom: maxZoom,
	}
	for _, u := range uses {
		l.Classes = append(l.Classes, feature.Class{Code: u.code, Name: u.name, NameEN: u.english, Group: l.Title.ZH, GroupEN: l.Title.EN, Color: u.color})
	}
	var made []feature.Feature
	for i, a := range c.approvals() {
		r := newRandom(c.seed, streamApproval, 2*c.size.Patches+c.size.Approvals+i)
		g := degrees(orb.Polygon{a.box.ring()})
		area := ellipsoid.Area(g) / 1e4
		year := 2015 + r.below(9)
		if a.late {
			year = 2025
		}
		farm := 0.0
		if c.classes[a.face][:2] == "01" {
			farm = area
		}
		id := serial("6328012008", i+1)
		made = append(made, record(l.Fields, id, g, id,
			fmt.Sprintf("%s演示%d号%s项目", cityUnits[c.units[a.face]].name, i+1, uses[a.use].name),
			fmt.Sprintf("%s demo project %d: %s", cityUnits[c.units[a.face]].english, i+1, uses[a.use].english),
			fmt.Sprintf("演示政土〔%d〕%d号", year, i+1), "演示省人民政府",
			fmt.Sprintf("%d-%02d-%02d", year, 1+r.below(12), 1+r.below(28)),
			hectares(area), hectares(farm), hectares(farm*0.9), hectares(area), uses[a.use].code,
			fmt.Sprintf("6328012%d%06d", year, i+1), "632801"))
	}
	return listed(l, made)
}
