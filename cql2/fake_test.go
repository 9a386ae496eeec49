package cql2

import (
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// row is a layer of one feature.
type row struct {
	id       string
	values   map[string]feature.Value
	geometry orb.Geometry
}

func (r *row) ID(feature.Slot) feature.ID { return feature.ID(r.id) }
func (r *row) Value(_ feature.Slot, name string) (feature.Value, bool) {
	v, ok := r.values[name]
	return v, ok
}
func (r *row) Geometry(feature.Slot) orb.Geometry { return r.geometry }
func (r *row) Bound(feature.Slot) orb.Bound       { return geom.Bound(r.geometry) }

// parcel is what most tests look at.
func parcel() *row {
	return &row{id: "b7", geometry: orb.Polygon{{{95, 36}, {95.1, 36}, {95.1, 36.1}, {95, 36.1}, {95, 36}}}, values: map[string]feature.Value{
		"DLBM": feature.StringValue("0102"), "地类名称": feature.StringValue("水浇地"), "n": feature.IntValue(7), "area": feature.FloatValue(12.5),
		"done": feature.BoolValue(true), "due": feature.StringValue("2024-05-31"), "at": feature.StringValue("2024-05-31T08:00:00+08:00"),
		"note": {}, "mixed": feature.StringValue("x"), "odd name\"": feature.IntValue(1), "path": feature.StringValue(`C:\a'b%_`), "date": feature.StringValue("2024"),
		"list": feature.JSONValue("[1]"),
	}}
}

var parcels = feature.Layer{ID: "dltb", Fields: []feature.Field{
	{Name: "DLBM", Type: feature.FieldString}, {Name: "地类名称", Type: feature.FieldString}, {Name: "n", Type: feature.FieldInteger},
	{Name: "area", Type: feature.FieldNumber}, {Name: "done", Type: feature.FieldBoolean}, {Name: "due", Type: feature.FieldString},
	{Name: "at", Type: feature.FieldString}, {Name: "note", Type: feature.FieldString}, {Name: "gone", Type: feature.FieldString},
	{Name: "mixed", Type: feature.FieldAny}, {Name: `odd name"`, Type: feature.FieldInteger}, {Name: "path", Type: feature.FieldString},
	{Name: "date", Type: feature.FieldString}, {Name: "list", Type: feature.FieldAny}, {Name: "lost", Type: feature.FieldInteger},
}}

func mustParse(t testing.TB, text string) *Filter {
	t.Helper()
	f, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

// wantError wants an *Error.
func wantError(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	return e
}
