package cql2

import "testing"

// heavyFilter looks at every kind of value.
const heavyFilter = `(DLBM IN ('0101','0102','0103','0201') OR 地类名称 LIKE '%浇%' ) AND n BETWEEN 1 AND 9 AND area > n AND done = TRUE AND due < DATE('2025-01-01') AND gone IS NULL AND id <> 'x' AND S_INTERSECTS(geometry,POLYGON((94 35,96 35,96 37,94 35)))`

// TestMatchAllocatesNothing: what a filter looks at may, it does not.
func TestMatchAllocatesNothing(t *testing.T) {
	f, r := mustParse(t, heavyFilter), parcel()
	if !f.Match(r, 0) {
		t.Fatal("it does not pass")
	}
	if n := testing.AllocsPerRun(100, func() { f.Match(r, 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMatch(b *testing.B) {
	r := parcel()
	for _, bm := range []struct{ name, filter string }{{"class", `DLBM IN ('0101','0102','0103')`}, {"all", heavyFilter}} {
		b.Run(bm.name, func(b *testing.B) {
			f := mustParse(b, bm.filter)
			b.ReportAllocs()
			for b.Loop() {
				f.Match(r, 0)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(heavyFilter); err != nil {
			b.Fatal(err)
		}
	}
}
