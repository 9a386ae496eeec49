package peers

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"tuban/feature"
)

func copyLayer() *feature.Layer {
	return &feature.Layer{ID: "l", ClassField: "C", Fields: []feature.Field{
		{Name: "C", Type: feature.FieldString}, {Name: "N", Type: feature.FieldInteger}, {Name: "A", Type: feature.FieldNumber}}}
}

func properties(values ...feature.Value) feature.Properties {
	p := feature.Properties{}
	for i, v := range values {
		p = append(p, feature.Property{Name: []string{"C", "N", "A"}[i], Value: v})
	}
	return p
}

// TestCopyFormat reads a file back by the rules of PostgreSQL's documentation.
func TestCopyFormat(t *testing.T) {
	g := orb.Polygon{{{95, 36}, {96, 36}, {96, 37}, {95, 36}}}
	var out bytes.Buffer
	w := newCopyWriter(&out, copyLayer())
	for _, f := range []feature.Feature{
		{ID: "甲", Geometry: g, Properties: properties(feature.StringValue("0102"), feature.IntValue(-3), feature.FloatValue(1.5))},
		{ID: "b", Geometry: g, Properties: properties(feature.StringValue(""), feature.Value{}, feature.IntValue(2))},
	} {
		if err := w.add(&f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.end(); err != nil {
		t.Fatal(err)
	}
	b, ok := bytes.CutPrefix(out.Bytes(), []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	if !ok {
		t.Fatalf("header %q", out.Bytes()[:19])
	}
	next := func(n int) []byte { v := b[:n]; b = b[n:]; return v }
	number := func(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }
	minus := int64(-3)
	want := [][][]byte{
		{{0, 0, 0, 1}, []byte("甲"), []byte("0102"), []byte("0102"), number(uint64(minus)), number(math.Float64bits(1.5))},
		{{0, 0, 0, 2}, []byte("b"), {}, {}, nil, number(math.Float64bits(2))},
	}
	for _, row := range want {
		if n := binary.BigEndian.Uint16(next(2)); int(n) != len(row)+1 {
			t.Fatalf("%d columns", n)
		}
		for i, v := range append(row, nil) {
			n := int32(binary.BigEndian.Uint32(next(4)))
			switch {
			case i == len(row):
				got, s, err := ewkb.Unmarshal(next(int(n)))
				if err != nil || s != srid || !orb.Equal(got, g) {
					t.Errorf("geometry %v, %d, %v", got, s, err)
				}
			case v == nil:
				if n != -1 {
					t.Errorf("column %d: length %d for null", i, n)
				}
			default:
				if got := next(int(n)); !bytes.Equal(got, v) {
					t.Errorf("column %d: %q, want %q", i, got, v)
				}
			}
		}
	}
	if !bytes.Equal(b, []byte{0xff, 0xff}) {
		t.Errorf("trailer %x", b)
	}
}

func TestCopyRefusesOtherTypes(t *testing.T) {
	for _, p := range []feature.Properties{
		properties(feature.StringValue("x"), feature.StringValue("3"), feature.FloatValue(1)),
		properties(feature.StringValue("x"), feature.FloatValue(3.5), feature.FloatValue(1)),
		properties(feature.StringValue("x"), feature.IntValue(3), feature.StringValue("1")),
	} {
		w := newCopyWriter(&bytes.Buffer{}, copyLayer())
		if err := w.add(&feature.Feature{ID: "a", Geometry: orb.Point{1, 2}, Properties: p}); err == nil {
			t.Errorf("%v was taken", p)
		}
	}
}
