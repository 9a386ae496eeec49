package mvt

import (
	"math"
	"unicode/utf8"
)

// tile reads the layers of a tile.
func (p *parser) tile(data []byte) *Tile {
	t := &Tile{}
	r := reader{data: data}
	for r.more() {
		f, err := r.next()
		switch {
		case err != nil:
			p.report(RuleWire, "", -1, -1, "%v", err)
			return t
		case f.num == tileLayer && f.wire == wireBytes:
			t.Layers = append(t.Layers, p.layer(f.data))
		case f.num == tileLayer:
			p.report(RuleWire, "", -1, -1, "a layer has wire type %d", f.wire)
		case f.num < firstReserved:
			p.report(RuleUnknownField, "", -1, -1, "field %d of the tile", f.num)
		}
	}
	return t
}

// layer reads a layer. Its features are read last, for messages that break
// rules are named by the layer, whose name may stand behind them.
func (p *parser) layer(data []byte) Layer {
	l := Layer{Version: 1, Extent: Extent}
	r := reader{data: data}
	var features [][]byte
	seen := map[int]bool{}
	for first := true; r.more(); first = false {
		f, err := r.next()
		if err != nil {
			p.report(RuleWire, l.Name, -1, -1, "%v", err)
			break
		}
		if first && f.num != layerVersion {
			p.report(RuleVersionFirst, l.Name, -1, -1, "field %d stands before it", f.num)
		}
		if f.num == layerFeature && f.wire == wireBytes {
			features = append(features, f.data)
			continue
		}
		p.layerField(&l, f, seen)
	}
	switch {
	case !seen[layerVersion]:
		p.report(RuleVersion, l.Name, -1, -1, "there is none")
	case l.Version != 2:
		p.report(RuleVersion, l.Name, -1, -1, "it is %d", l.Version)
	}
	if l.Name == "" || !utf8.ValidString(l.Name) {
		p.report(RuleName, l.Name, -1, -1, "it is missing, empty or not UTF-8")
	}
	if l.Extent == 0 {
		p.report(RuleExtent, l.Name, -1, -1, "it is 0")
	}
	for i, b := range features {
		l.Features = append(l.Features, p.feature(l.Name, i, b))
	}
	return l
}

func (p *parser) layerField(l *Layer, f field, seen map[int]bool) {
	once := f.num == layerName || f.num == layerExtent || f.num == layerVersion
	if once && seen[f.num] {
		p.report(RuleRepeated, l.Name, -1, -1, "field %d of the layer", f.num)
	}
	seen[f.num] = true
	wire := wireBytes
	if f.num == layerExtent || f.num == layerVersion {
		wire = wireVarint
	}
	switch {
	case f.num >= firstReserved:
	case f.num > layerExtent && f.num != layerVersion:
		p.report(RuleUnknownField, l.Name, -1, -1, "field %d of the layer", f.num)
	case f.wire != wire || wire == wireVarint && f.u > math.MaxUint32:
		p.report(RuleWire, l.Name, -1, -1, "field %d of the layer has wire type %d or is too large", f.num, f.wire)
	case f.num == layerName:
		l.Name = string(f.data)
	case f.num == layerKey:
		l.Keys = append(l.Keys, string(f.data))
	case f.num == layerValue:
		v, ok := value(f.data)
		if !ok {
			p.report(RuleValue, l.Name, -1, -1, "value %d holds not exactly one value of a known type", len(l.Values))
		}
		l.Values = append(l.Values, v)
	case f.num == layerExtent:
		l.Extent = uint32(f.u)
	case f.num == layerVersion:
		l.Version = uint32(f.u)
	}
}

func (p *parser) feature(layer string, i int, data []byte) Feature {
	var out Feature
	r := reader{data: data}
	seen := map[int]bool{}
	for r.more() {
		f, err := r.next()
		if err != nil {
			p.report(RuleWire, layer, i, -1, "%v", err)
			break
		}
		if seen[f.num] && f.num <= featureGeom {
			p.report(RuleRepeated, layer, i, -1, "field %d of the feature", f.num)
		}
		seen[f.num] = true
		p.featureField(&out, f, layer, i)
	}
	if !seen[featureType] {
		p.report(RuleType, layer, i, -1, "there is none")
	}
	if len(out.Commands) == 0 {
		p.report(RuleGeometry, layer, i, -1, "there is none")
	}
	return out
}

func (p *parser) featureField(out *Feature, f field, layer string, i int) {
	wire := wireVarint
	if f.num == featureTags || f.num == featureGeom {
		wire = wireBytes
	}
	var err error
	switch {
	case f.num > featureGeom:
		p.report(RuleUnknownField, layer, i, -1, "field %d of the feature", f.num)
	case f.wire != wire:
		p.report(RuleWire, layer, i, -1, "field %d of the feature has wire type %d", f.num, f.wire)
	case f.num == featureID:
		out.ID, out.HasID = f.u, true
	case f.num == featureTags:
		out.Tags, err = uint32s(f.data)
	case f.num == featureType:
		if f.u > uint64(Polygons) {
			p.report(RuleType, layer, i, -1, "type %d is not known", f.u)
			break
		}
		out.Type = Type(f.u)
	case f.num == featureGeom:
		out.Commands, err = uint32s(f.data)
	}
	if err != nil {
		p.report(RuleWire, layer, i, -1, "field %d: %v", f.num, err)
	}
}
