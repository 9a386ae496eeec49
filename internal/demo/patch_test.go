package demo

import (
	"cmp"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/overlay"
)

// piece is a feature ready for overlay.
type piece struct {
	feature.Feature
	shape *overlay.Shape
}

func pieces(t *testing.T, c *City, id feature.LayerID) []piece {
	t.Helper()
	var list []piece
	each(t, source(t, c, id), func(f feature.Feature) {
		list = append(list, piece{f, overlay.Prepare(f.Geometry, false)})
	})
	return list
}

func (p piece) text(name string) string { v, _ := p.Properties.Get(name); return v.Text() }

func (p piece) left() float64 { return p.shape.Bound().Min[0] }

func (p piece) meets(q piece) bool { return p.shape.Bound().Intersects(q.shape.Bound()) }

// TestPatches looks at the batches as a bureau gets them: how many come, how
// many come again, how many an approval covers wholly or in part.
func TestPatches(t *testing.T) {
	proved(t, func(t *testing.T, c *City) {
		patches, approvals := pieces(t, c, "tuban"), pieces(t, c, "jsydsp")
		outline := c.Outline()
		byID, batch := map[string]piece{}, map[string]int{}
		repeated, minerals, whole, part := 0, 0, 0, 0
		for _, p := range patches {
			id := p.text("JCBH")
			byID[id] = p
			batch[p.text("PC")]++
			if p.text("TBLX") == "疑似采矿" {
				minerals++
				if p.text("KZ") == "" {
					t.Errorf("%s has no mineral", id)
				}
			}
			if geom.Locate(outline, p.shape.Bound().Center()) != geom.Inside {
				t.Errorf("%s lies outside the territory", id)
			}
			if before := p.text("PRVBH"); before != "" {
				repeated++
				again(t, p, byID[before])
			}
			var covers []*overlay.Shape
			for _, a := range approvals {
				if p.meets(a) && a.text("PZRQ") < p.text("QSX")[:4]+"-12-31" {
					covers = append(covers, a.shape)
				}
			}
			switch share := overlay.UnionArea(p.shape, covers) / p.shape.Area(); {
			case share > 1-1e-9:
				whole++
			case share > 0.01:
				part++
			}
		}
		t.Logf("%d patches %v: %d minerals, %d repeated, %d wholly and %d partly approved", len(patches), batch, minerals, repeated, whole, part)
		if len(patches) != c.size.Patches || len(batch) != batches {
			t.Errorf("%d patches in %d batches", len(patches), len(batch))
		}
		for pc, n := range batch {
			if n != c.size.Patches/batches {
				t.Errorf("%s: %d patches", pc, n)
			}
		}
		for name, n := range map[string]int{"mineral": minerals, "repeated": repeated, "wholly legal": whole, "partly legal": part} {
			if n*50 < len(patches) {
				t.Errorf("only %d patches are %s", n, name)
			}
		}
	})
}

// TestPatchesLookInterpreted wants every outline in steps of image pixels, turning
// a right angle at each vertex, and most patches across parcels and beyond them.
func TestPatchesLookInterpreted(t *testing.T) {
	proved(t, func(t *testing.T, c *City) {
		patches := pieces(t, c, "tuban")
		crossing, steps, widest := 0, 0, 0.0
		slices.SortFunc(patches, func(a, b piece) int { return cmp.Compare(a.left(), b.left()) })
		for _, p := range patches {
			widest = max(widest, p.shape.Bound().Max[0]-p.left())
			for _, poly := range polygons(p.Geometry) {
				for _, ring := range poly {
					steps += len(ring) - 1
					stepped(t, p.ID, ring)
				}
			}
		}
		on := make([]int, len(patches)) // parcels that each lies on
		each(t, source(t, c, "dltb"), func(q feature.Feature) {
			var shape *overlay.Shape
			box := q.Geometry.Bound()
			i, _ := slices.BinarySearchFunc(patches, box.Min[0]-widest, func(p piece, x float64) int { return cmp.Compare(p.left(), x) })
			for ; i < len(patches) && patches[i].left() <= box.Max[0]; i++ {
				if !patches[i].shape.Bound().Intersects(box) {
					continue
				}
				if shape == nil {
					shape = overlay.Prepare(q.Geometry, false)
				}
				if overlay.Area(patches[i].shape, shape) > 1 {
					on[i]++
				}
			}
		})
		for i, n := range on {
			if n > 1 {
				crossing++
			}
			if n == 0 {
				t.Errorf("%s lies on no parcel", patches[i].ID)
			}
		}
		t.Logf("%d patches: %d lie on more than one parcel, %.1f steps each", len(patches), crossing, float64(steps)/float64(len(patches)))
		if crossing*4 < len(patches) {
			t.Errorf("only %d of %d patches cross parcels", crossing, len(patches))
		}
		if steps < 12*len(patches) {
			t.Errorf("%d patches have only %d steps", len(patches), steps)
		}
	})
}

// stepped wants a ring of edges that run east, north, west or south by turns.
func stepped(t *testing.T, id feature.ID, ring orb.Ring) {
	t.Helper()
	along := func(i int) bool { return ring[i-1][1] == ring[i][1] }
	for i := 1; i < len(ring); i++ {
		if !along(i) && ring[i-1][0] != ring[i][0] {
			t.Fatalf("%s: the edge %v to %v is no step", id, ring[i-1], ring[i])
		}
		if i > 1 && along(i) == along(i-1) {
			t.Fatalf("%s: no turn at %v", id, ring[i-1])
		}
	}
}

// again wants two patches at one place that are nearly alike, but not the same.
func again(t *testing.T, p, before piece) {
	t.Helper()
	if before.shape == nil || before.text("PC") >= p.text("PC") {
		t.Errorf("%s repeats %s, which is not of an earlier batch", p.ID, p.text("PRVBH"))
		return
	}
	both := overlay.Area(p.shape, before.shape)
	if same := both / (p.shape.Area() + before.shape.Area() - both); same < 0.5 || orb.Equal(p.Geometry, before.Geometry) {
		t.Errorf("%s repeats %s: intersection over union %.3f", p.ID, before.ID, same)
	}
}

// TestApprovalsOverlap counts the pairs of approvals that overlap each other.
func TestApprovalsOverlap(t *testing.T) {
	proved(t, func(t *testing.T, c *City) {
		approvals, pairs := pieces(t, c, "jsydsp"), 0
		for i, a := range approvals {
			for _, b := range approvals[:i] {
				if a.meets(b) && overlay.Overlaps(a.shape, b.shape) {
					pairs++
				}
			}
		}
		t.Logf("%d approvals, %d pairs overlap", len(approvals), pairs)
		if len(approvals) < c.size.Approvals || pairs < len(approvals)/20 {
			t.Errorf("%d approvals, %d pairs overlap", len(approvals), pairs)
		}
		if n := source(t, c, "ckq").Count + source(t, c, "tkq").Count; n != c.size.Rights {
			t.Errorf("%d rights", n)
		}
	})
}

// TestBoxes draws every corner's notch: all simple, counter-clockwise, and as
// large as they should be.
func TestBoxes(t *testing.T) {
	for corner := range 4 {
		b := box{centre: orb.Point{100, -50}, dx: 40, dy: 20, turn: 0.7, notch: 0.25, notchFirst: corner}
		r := b.ring()
		if ps := geom.Validate(degrees(orb.Polygon{r.Clone()}), 0); len(ps) > 0 {
			t.Errorf("corner %d: %v", corner, ps)
		}
		if got, want := signedArea(r), 80*40*(1-0.0625); got < want-1e-6 || got > want+1e-6 {
			t.Errorf("corner %d: %g m², want %g", corner, got, want)
		}
	}
}
