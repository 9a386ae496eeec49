package feature

import (
	"fmt"
	"slices"
)

// Kind says what a layer is for.
type Kind string

// The kinds of layer.
const (
	KindPatch     Kind = "patch"     // change patches: never dropped from a tile
	KindReference Kind = "reference" // what patches are laid over
	KindAdmin     Kind = "admin"     // administrative and display layers
)

// AreaUnit is the unit of area columns in a layer's files.
type AreaUnit string

// The area units files come in; 1 mu = 2000/3 m².
const (
	AreaM2 AreaUnit = "m2"
	AreaMu AreaUnit = "mu"
	AreaHa AreaUnit = "ha"
)

// Text is a title in the console's two languages; either may be empty.
type Text struct {
	ZH string `json:"zh,omitempty"`
	EN string `json:"en,omitempty"`
}

// Best returns the English text, else the Chinese one, else "".
func (t Text) Best() string {
	if t.EN != "" {
		return t.EN
	}
	return t.ZH
}

// Class is one entry of a layer's class dictionary. Name and Group are in the
// language of the data (Chinese); answers and tables use them. The English ones
// are for pages that are shown in English; without them Name and Group stand in.
type Class struct {
	Code    string `json:"code"`
	Name    string `json:"name,omitempty"`
	NameEN  string `json:"name_en,omitempty"`
	Group   string `json:"group,omitempty"`
	GroupEN string `json:"group_en,omitempty"`
	Color   string `json:"color,omitempty"` // CSS #rrggbb
}

// FieldType is the declared type of a property.
type FieldType string

// The field types. A field whose values have no single type is FieldAny.
const (
	FieldString  FieldType = "string"
	FieldInteger FieldType = "integer"
	FieldNumber  FieldType = "number"
	FieldBoolean FieldType = "boolean"
	FieldAny     FieldType = "any"
)

// Field is a property that features of the layer carry.
type Field struct {
	Name string    `json:"name"`
	Type FieldType `json:"type"`
}

// Layer describes a layer. Layers come from data (files, PUT /collections/{id}),
// never from code. The class dictionary belongs to the vintage in force.
type Layer struct {
	ID          LayerID  `json:"id"`
	Title       Text     `json:"title"`
	Description string   `json:"description,omitempty"`
	Kind        Kind     `json:"kind"`
	IDField     string   `json:"id_field,omitempty"`
	ClassField  string   `json:"class_field,omitempty"`
	Classes     []Class  `json:"classes,omitempty"`
	Fields      []Field  `json:"fields,omitempty"`
	AreaUnit    AreaUnit `json:"area_unit,omitempty"`
	Sensitivity string   `json:"sensitivity,omitempty"`
	ScopeField  string   `json:"scope_field,omitempty"`
	ValidFrom   string   `json:"valid_from_field,omitempty"`
	ValidTo     string   `json:"valid_to_field,omitempty"`
	MinZoom     int      `json:"min_zoom"`
	MaxZoom     int      `json:"max_zoom"`
}

// MaxZoom is the deepest tile zoom that a layer may ask for.
const MaxZoom = 18

// Check returns an error that names the first member that does not hold.
func (l *Layer) Check() error {
	if err := CheckLayerID(l.ID); err != nil {
		return err
	}
	if !slices.Contains([]Kind{KindPatch, KindReference, KindAdmin}, l.Kind) {
		return fmt.Errorf("layer %s: kind %q is not patch, reference or admin", l.ID, l.Kind)
	}
	if !slices.Contains([]AreaUnit{"", AreaM2, AreaMu, AreaHa}, l.AreaUnit) {
		return fmt.Errorf("layer %s: area unit %q is not m2, mu or ha", l.ID, l.AreaUnit)
	}
	if l.MinZoom < 0 || l.MaxZoom > MaxZoom || l.MinZoom > l.MaxZoom {
		return fmt.Errorf("layer %s: zooms %d to %d are not within 0 to %d", l.ID, l.MinZoom, l.MaxZoom, MaxZoom)
	}
	seen := map[string]bool{}
	for _, c := range l.Classes {
		if seen[c.Code] {
			return fmt.Errorf("layer %s: class %q is listed twice", l.ID, c.Code)
		}
		seen[c.Code] = true
	}
	return nil
}

// Class returns the dictionary entry of a class code, or one that holds only
// the code when the dictionary has none.
func (l *Layer) Class(code string) Class {
	for _, c := range l.Classes {
		if c.Code == code {
			return c
		}
	}
	return Class{Code: code}
}

// Clone returns a copy that shares nothing with l.
func (l *Layer) Clone() Layer {
	c := *l
	c.Classes = slices.Clone(l.Classes)
	c.Fields = slices.Clone(l.Fields)
	return c
}

// MergeField widens the layer's fields by one observed name and type: a new
// name is appended; integer and number meet in number, anything else in any.
// It reports whether the fields changed.
func (l *Layer) MergeField(name string, t FieldType) bool {
	for i := range l.Fields {
		f := &l.Fields[i]
		if f.Name != name {
			continue
		}
		w := widen(f.Type, t)
		changed := w != f.Type
		f.Type = w
		return changed
	}
	l.Fields = append(l.Fields, Field{Name: name, Type: t})
	return true
}

func widen(a, b FieldType) FieldType {
	numeric := func(t FieldType) bool { return t == FieldInteger || t == FieldNumber }
	switch {
	case a == b:
		return a
	case numeric(a) && numeric(b):
		return FieldNumber
	}
	return FieldAny
}
