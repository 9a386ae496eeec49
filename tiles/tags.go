package tiles

import (
	"slices"

	"tuban/feature"
	"tuban/tiles/mvt"
)

// The properties that tiles add. They win over properties of the same name.
const (
	idName     = "id"
	markName   = "mark"
	countName  = "count"
	statesName = "states"
	mergedName = "merged"
)

// tags writes the properties of one layer's features.
type tags struct {
	builder *mvt.LayerBuilder
	layer   *feature.Layer
	want    []bool   // by field, for a whole feature
	brief   []bool   // by field, for a mark or a reduced feature
	using   []bool   // want or brief
	keys    []uint32 // by field: key index + 1, 0 if not yet used
	id      uint32
}

// start prepares for a layer whose builder has just been reset.
func (t *tags) start(b *mvt.LayerBuilder, l *feature.Layer, only []string) {
	t.builder, t.layer = b, l
	t.want, t.brief, t.keys = t.want[:0], t.brief[:0], t.keys[:0]
	for _, f := range l.Fields {
		w := f.Name != idName && (only == nil || slices.Contains(only, f.Name))
		t.want = append(t.want, w)
		kept := f.Name == l.ClassField || f.Name == StateField
		reserved := f.Name == markName || f.Name == countName || f.Name == statesName || f.Name == mergedName
		t.brief = append(t.brief, w && kept && !reserved)
		t.keys = append(t.keys, 0)
	}
	t.id = b.Key(idName)
}

// feature tags a feature with its id and its properties, or only class and
// state.
func (t *tags) feature(r *renderer, l Layer, s feature.Slot, brief bool) {
	t.builder.String(t.id, string(l.ID(s)))
	t.using = t.want
	if brief {
		t.using = t.brief
	}
	l.EachProperty(s, r.visit)
}

// class tags a merged feature with its class.
func (t *tags) class(field int, v feature.Value) {
	t.using = t.brief
	if field >= 0 {
		t.add(field, v)
	}
}

// add tags the feature with one property, if it is wanted.
func (t *tags) add(field int, v feature.Value) {
	if field >= len(t.using) || !t.using[field] || v.Kind() == feature.Null {
		return
	}
	key := t.keys[field]
	if key == 0 {
		key = t.builder.Key(t.layer.Fields[field].Name) + 1
		t.keys[field] = key
	}
	key--
	switch v.Kind() {
	case feature.Bool:
		t.builder.Bool(key, v.Bool())
	case feature.Int:
		t.builder.Int(key, v.Int())
	case feature.Float:
		t.builder.Double(key, v.Float())
	default:
		t.builder.String(key, v.Text())
	}
}
