package growth

import (
	"math"

	"tuban/bench"
)

// The goals of keeping data.
const (
	openGoal   = 0.1 // of the time that importing took
	memoryGoal = 1.75
	memoryBase = 300e6 // bytes beside that
)

// tables puts what was found into a report.
func tables(r *bench.Report, all []*result) {
	r.Tables = append(r.Tables, costs(all), keeping(all))
	r.Note("An answer's features are the parcels that are in it (for a pair: one), its vertices theirs, in a tile as they are drawn. Each size has random places of its own, chosen so that answers are alike: overlap queries of 50 vertices with %d parcels in them, tiles with %d, each within a factor of %.1f. Caches hold what the queries need, not the layer.", queryParcels, tileParcels, leeway)
	r.Note("against reference: CPU time of an answer over that of a fixed piece of arithmetic in the same round, median and quartiles. per tenfold: how that grows when the parcels grow ten times, from the size before; for tiles at a zoom of their own it is that of a vertex drawn.")
	r.Note("raw is 16 bytes a vertex and what property values take without their names; heap is what is alive after opening and a garbage collection, resident what the system counts then, peak the most that it counted meanwhile. Importing reads FlatGeobuf from the page cache and waits for the disk; opening reads from the page cache.")
}

// costs shows each work at each size.
func costs(all []*result) bench.Table {
	t := bench.Table{Title: "Cost per answer against size", Columns: []bench.Column{{Name: "work"}, {Name: "parcels", Unit: bench.Count}, {Name: "zoom", Unit: bench.Number},
		{Name: "features", Unit: bench.Number}, {Name: "vertices", Unit: bench.Number}, {Name: "bytes", Unit: bench.Bytes},
		{Name: "CPU per answer", Unit: bench.Seconds}, {Name: "per feature", Unit: bench.Seconds}, {Name: "per vertex", Unit: bench.Seconds},
		{Name: "against reference", Unit: bench.Scientific}, {Name: "per tenfold", Unit: bench.Ratio}, {Name: "goal", Unit: bench.Ratio}}}
	if len(all) == 0 {
		return t
	}
	for i := range all[0].works {
		for k, m := range all {
			w := m.works[i]
			row := []any{w.name, m.parcels(), some(w.zoom), w.features, some(w.vertices), some(w.bytes),
				w.cost.Median, w.cost.Median / w.features, nil, w.ratio, nil, nil}
			if w.vertices > 0 {
				row[8] = w.cost.Median / w.vertices
			}
			if k > 0 {
				before := all[k-1]
				b := before.works[i]
				g := tenfold(b.ratio.Median/b.size(), w.ratio.Median/w.size(), before.parcels(), m.parcels())
				row[10] = g
				if w.goal > 0 {
					row[11] = bench.AtMost(w.goal, g)
				}
			}
			t.Add(row...)
		}
	}
	return t
}

// some is a figure, or none where it is 0.
func some(v float64) any {
	if v == 0 {
		return nil
	}
	return v
}

// parcels is how many parcels a size has.
func (m *result) parcels() int64 {
	l, _ := m.files.Layer(parcelLayer)
	return l.Features
}

// tenfold returns how many times more something costs at ten times the size, of
// two costs at two sizes.
func tenfold(small, large float64, from, to int64) float64 {
	return math.Pow(large/small, 1/math.Log10(float64(to)/float64(from)))
}

// keeping shows importing, opening and memory.
func keeping(all []*result) bench.Table {
	t := bench.Table{Title: "Taking in, opening, holding", Columns: []bench.Column{{Name: "parcels", Unit: bench.Count}, {Name: "features", Unit: bench.Count},
		{Name: "raw", Unit: bench.Bytes}, {Name: "heap", Unit: bench.Bytes}, {Name: "heap / raw", Unit: bench.Ratio}, {Name: "resident", Unit: bench.Bytes},
		{Name: "goal", Unit: bench.Bytes}, {Name: "peak, open", Unit: bench.Bytes}, {Name: "peak, import", Unit: bench.Bytes},
		{Name: "import", Unit: bench.Seconds}, {Name: "CPU", Unit: bench.Seconds},
		{Name: "open", Unit: bench.Seconds}, {Name: "CPU", Unit: bench.Seconds}, {Name: "open / import", Unit: bench.Ratio}, {Name: "goal", Unit: bench.Ratio}}}
	for _, m := range all {
		share := m.opened.Wall.Seconds() / m.imported.Wall.Seconds()
		row := []any{m.parcels(), m.features, m.raw, m.heap, float64(m.heap) / float64(m.raw), nil, nil, some(float64(m.peak)), some(float64(m.importPeak)),
			m.imported.Wall.Seconds(), m.imported.CPU.Seconds(), m.opened.Wall.Seconds(), m.opened.CPU.Seconds(), share, bench.AtMost(openGoal, share)}
		if m.rss > 0 {
			row[5], row[6] = m.rss, bench.AtMost(memoryGoal*float64(m.raw)+memoryBase, float64(m.rss))
		}
		t.Add(row...)
	}
	return t
}
