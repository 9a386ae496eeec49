package geojson

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless gives a collection whose features repeat n times.
func endless(n int) io.Reader {
	one := located(triangle) + ","
	parts := []io.Reader{strings.NewReader(`{"type":"FeatureCollection","features":[`)}
	block := strings.Repeat(one, 1000)
	for range n / 1000 {
		parts = append(parts, strings.NewReader(block))
	}
	return io.MultiReader(append(parts, strings.NewReader(located(triangle)+`],"x":[`+strings.Repeat("0,", 1<<20)+`0]}`))...)
}

// TestConstantMemory: the heap that lives while a file is read does not grow
// with the file, nor with what stands beside the features.
func TestConstantMemory(t *testing.T) {
	d, err := NewReader(endless(200_000), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	for n := 0; ; n++ {
		if _, err := d.Next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n%50_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if len(d.p.buf) > firstBuffer {
		t.Errorf("the window grew to %d bytes", len(d.p.buf))
	}
}

// TestLargeFeature: one feature of many vertices comes through a window that
// does not follow it.
func TestLargeFeature(t *testing.T) {
	ring := bytes.Repeat([]byte("[12.345678901234567, 41.5],\n"), 148_000)
	text := append([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[`), ring...)
	text = append(text, `[12.345678901234567,41.5]]]}}]}`...)
	d, err := NewReader(bytes.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := d.Next()
	if err != nil || describe(row.Feature.Geometry) != "Polygon 148001" {
		t.Fatalf("%s, %v", describe(row.Feature.Geometry), err)
	}
	if len(d.p.buf) > firstBuffer {
		t.Errorf("the window grew to %d bytes", len(d.p.buf))
	}
}
