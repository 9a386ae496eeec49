package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// told is everything that a view can tell, as text.
func told(t *testing.T, v *View) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "seq %d at %s\n", v.Seq(), v.Time().Format(time.RFC3339Nano))
	for _, l := range v.Layers() {
		d, err := json.Marshal(l.Layer())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s changed %d: %d features, derived %v\n", d, l.Vintage(), l.Changed(), l.Len(), l.Derived("alive"))
		l.Ascend(0, func(s feature.Slot) bool {
			f := l.Feature(s)
			fmt.Fprintf(&b, "%d %q v%d %v %v %s\n", f.Number, f.ID, f.Version, f.Area, f.Geometry, f.Properties.AppendJSON(nil))
			return true
		})
		for _, s := range l.Within(orb.Bound{Min: orb.Point{94, 36}, Max: orb.Point{94.5, 36.5}}) {
			fmt.Fprintf(&b, " %d", l.Number(s))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// chronicle commits at random and keeps what each view told.
type chronicle struct {
	t    *testing.T
	e    *Engine
	r    *rand.Rand
	now  time.Time
	told []string // by seq
	when []time.Time
}

func (c *chronicle) commit(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	v := c.e.View()
	if int(v.Seq()) != len(c.told) {
		c.t.Fatalf("seq %d after %d", v.Seq(), len(c.told)-1)
	}
	c.told, c.when = append(c.told, told(c.t, v)), append(c.when, v.Time())
	c.now = c.now.Add(time.Duration(c.r.IntN(3)) * time.Second)
}

func (c *chronicle) square() feature.Feature {
	x, y, d := 94+c.r.Float64(), 36+c.r.Float64(), 0.001+c.r.Float64()/50
	f := feature.Feature{Geometry: orb.Polygon{{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}}}
	for _, name := range []string{"a", "b", "c"}[:1+c.r.IntN(3)] {
		f.Properties = append(f.Properties, feature.Property{Name: name, Value: feature.IntValue(c.r.Int64N(100))})
	}
	return f
}

// step makes one commit of any kind.
func (c *chronicle) step(i int) {
	ctx := context.Background()
	layer := feature.Layer{ID: feature.LayerID([]string{"parcels", "zones"}[c.r.IntN(2)]), Kind: feature.KindReference, MaxZoom: 18}
	l, exists := c.e.View().Layer(layer.ID)
	switch k := c.r.IntN(12); {
	case !exists || k == 0:
		layer.Title.EN = fmt.Sprintf("edition %d", i)
		_, err := c.e.PutLayer(ctx, Meta{}, layer)
		c.commit(err)
	case k <= 2:
		spec := LoadSpec{Layer: layer, Mode: Append}
		if k == 2 {
			spec.Mode, spec.Vintage = NewVintage, feature.Vintage(fmt.Sprint(2000+c.r.IntN(5)*10+i/20))
		}
		load, err := c.e.NewLoad(ctx, spec)
		if err != nil {
			c.t.Fatal(err)
		}
		for row := range 1 + c.r.Int64N(20) {
			if _, err := load.Add(row, c.square()); err != nil {
				c.t.Fatal(err)
			}
		}
		_, err = load.Commit(ctx, nil)
		c.commit(err)
	default:
		_, err := c.e.Commit(ctx, Meta{}, func(v *View) ([]feature.Change, error) { return c.changes(l), nil })
		c.commit(err)
	}
}

func (c *chronicle) changes(l *LayerView) []feature.Change {
	add := feature.Change{Layer: l.Layer().ID, Op: feature.OpPut, Feature: c.square()}
	all := []feature.Change{add}
	l.Ascend(0, func(s feature.Slot) bool {
		if c.r.IntN(4) > 0 {
			return true
		}
		f := c.square()
		f.ID, f.Number = l.ID(s), l.Number(s)
		op := feature.OpPut
		if c.r.IntN(3) == 0 {
			op = feature.OpDelete
		}
		all = append(all, feature.Change{Layer: l.Layer().ID, Op: op, Feature: f})
		return len(all) < 6
	})
	return all
}

// TestAsOf: every state that ever was is told again as it was, by seq and by
// time, now and after opening anew, whatever room there is for the past.
func TestAsOf(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dir := filepath.Join(t.TempDir(), "data")
	c := &chronicle{t: t, r: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), told: []string{""}, when: []time.Time{{}}}
	open := func(room int64) {
		e, err := Open(t.Context(), dir, Options{Clock: func() time.Time { return c.now }, Derived: []Derived{alive{}}, PastBytes: room})
		if err != nil {
			t.Fatal(err)
		}
		c.e = e
	}
	for _, room := range []int64{1, 10_000, 1 << 30} {
		open(room)
		for i := range 40 {
			c.step(i)
			c.require(1 + c.r.IntN(len(c.told)-1))
		}
		var readers sync.WaitGroup
		for reader := range uint64(4) {
			readers.Go(func() {
				r := rand.New(rand.NewPCG(seed, 2+reader))
				for range 60 {
					c.require(1 + r.IntN(len(c.told)-1))
				}
			})
		}
		readers.Wait()
		if room := c.e.past.bytes; room > c.e.opt.PastBytes && len(c.e.past.opened) > 1 {
			t.Errorf("%d bytes of the past are open in %d layers", room, len(c.e.past.opened))
		}
		if err := c.e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// require compares one state of the past with what it told then.
func (c *chronicle) require(seq int) {
	c.t.Helper()
	v, err := c.e.AsOf(c.t.Context(), feature.Seq(seq))
	if err != nil {
		c.t.Error(err)
		return
	}
	if got := told(c.t, v); got != c.told[seq] {
		c.t.Errorf("as of seq %d:\n%s\nthen it was:\n%s", seq, got, c.told[seq])
	}
	last := seq
	for last+1 < len(c.when) && !c.when[last+1].After(c.when[seq]) {
		last++
	}
	if v, err := c.e.AsOfTime(c.t.Context(), c.when[seq]); err != nil || v.Seq() != feature.Seq(last) {
		c.t.Errorf("as of %s: seq %v instead of %d: %v", c.when[seq], v.Seq(), last, err)
	}
}

// TestVintages: former editions answer by name, as of now and as of then.
func TestVintages(t *testing.T) {
	e := openTest(t, Options{})
	layer := feature.Layer{ID: "dltb", Kind: feature.KindReference, MaxZoom: 18}
	edition := func(name feature.Vintage, n int) {
		t.Helper()
		load, err := e.NewLoad(t.Context(), LoadSpec{Layer: layer, Mode: NewVintage, Vintage: name})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			x := 94 + float64(i)/100
			f := feature.Feature{Geometry: orb.Polygon{{{x, 36}, {x + 0.01, 36}, {x, 36.01}, {x, 36}}}}
			if _, err := load.Add(int64(i), f); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := load.Commit(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	edition("2022", 2)                                                                   // seq 1
	edition("2023", 3)                                                                   // seq 2
	if _, err := e.Commit(t.Context(), Meta{}, func(v *View) ([]feature.Change, error) { // seq 3
		l, _ := v.Layer("dltb")
		var gone []feature.Change
		l.Ascend(0, func(s feature.Slot) bool {
			gone = append(gone, feature.Change{Layer: "dltb", Op: feature.OpDelete, Feature: l.Feature(s)})
			return false
		})
		return gone, nil
	}); err != nil {
		t.Fatal(err)
	}
	edition("2024", 5) // seq 4
	for _, c := range []struct {
		seq     feature.Seq
		vintage feature.Vintage
		want    int // -1: there was none
	}{{4, "2024", 5}, {4, "2023", 2}, {4, "2022", 2}, {4, "2021", -1}, {3, "2023", 2}, {2, "2023", 3}, {2, "2022", 2}, {2, "2024", -1}, {1, "2022", 2}, {1, "2023", -1}} {
		v, err := e.AsOf(t.Context(), c.seq)
		if err != nil {
			t.Fatal(err)
		}
		l, err := e.Vintage(t.Context(), v, "dltb", c.vintage)
		switch {
		case c.want < 0 && !errors.Is(err, ErrNoVintage):
			t.Errorf("%s as of %d: %v", c.vintage, c.seq, err)
		case c.want >= 0 && (err != nil || l.Len() != c.want || l.Vintage() != c.vintage):
			t.Errorf("%s as of %d: %v; want %d features", c.vintage, c.seq, err, c.want)
		}
	}
	if _, err := e.AsOf(t.Context(), 5); !errors.Is(err, ErrFuture) {
		t.Errorf("as of a seq to come: %v", err)
	}
	if _, err := e.AsOfTime(t.Context(), time.Now().Add(time.Hour)); !errors.Is(err, ErrFuture) {
		t.Errorf("as of a time to come: %v", err)
	}
	if v, err := e.AsOf(t.Context(), 0); err != nil || len(v.Layers()) != 0 {
		t.Errorf("before the first commit: %v", err)
	}
}
