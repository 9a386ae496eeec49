package engine

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"tuban/feature"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scripts; review the diff")

// TestScripts runs testdata/*.script: blocks of a command (with arguments and
// lines of input), "----", and the expected output, an empty line between.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.script")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runScript(t, file) })
	}
}

func runScript(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, dir: filepath.Join(t.TempDir(), "data"), loads: map[string]*Load{}}
	s.open()
	defer func() { s.e.Close() }()
	var out []string
	for i, block := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		in, want, _ := strings.Cut(block, "\n----\n")
		in = strings.TrimSuffix(in, "\n----")
		var lines []string
		for _, l := range strings.Split(in, "\n") {
			if !strings.HasPrefix(l, "#") {
				lines = append(lines, l)
			}
		}
		got := strings.TrimRight(s.run(lines), "\n")
		if got != want && !*update {
			t.Errorf("%s: block %d:\n%s\n---- got\n%s\n---- want\n%s", file, i+1, in, got, want)
		}
		out = append(out, strings.TrimRight(in+"\n----\n"+got, "\n"))
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(out, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

type script struct {
	t     *testing.T
	dir   string
	e     *Engine
	now   time.Time
	loads map[string]*Load
}

func (s *script) open() {
	s.now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	e, err := Open(context.Background(), s.dir, Options{
		Clock:   func() time.Time { return s.now },
		Derived: []Derived{alive{}},
		Guards:  []Guard{{"no-forbidden", noForbidden}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.e = e
}

// noForbidden is a guard that refuses an id, of a feature or a layer.
func noForbidden(_ *View, p Proposal) error {
	if p.Load != nil && p.Load.Layer.ID == "forbidden" || p.Layer != nil && p.Layer.ID == "forbidden" {
		return fmt.Errorf("G-TEST: layer")
	}
	for _, c := range p.Changes {
		if c.Feature.ID == "forbidden" {
			return fmt.Errorf("G-TEST: %s", c.Feature.ID)
		}
	}
	return nil
}

// run executes one block and returns its output.
func (s *script) run(lines []string) string {
	words := strings.Fields(lines[0])
	switch words[0] {
	case "layer":
		l := feature.Layer{ID: feature.LayerID(words[1]), Kind: feature.KindReference, MaxZoom: 18}
		for _, w := range words[2:] {
			k, v, _ := strings.Cut(w, "=")
			switch k {
			case "id":
				l.IDField = v
			case "class":
				l.ClassField = v
			case "kind":
				l.Kind = feature.Kind(v)
			}
		}
		res, err := s.e.PutLayer(context.Background(), Meta{}, l)
		return s.answer(res, err)
	case "commit":
		res, err := s.e.Commit(context.Background(), Meta{Author: "script"}, func(v *View) ([]feature.Change, error) {
			var cs []feature.Change
			for _, l := range lines[1:] {
				c, err := s.change(v, l)
				if err != nil {
					return nil, err
				}
				cs = append(cs, c)
			}
			return cs, nil
		})
		return s.answer(res, err)
	case "load":
		return s.load(words[1], words[2:], lines[1:])
	case "commit-load":
		res, err := s.loads[words[1]].Commit(context.Background(), nil)
		return s.answer(res, err)
	case "abort-load":
		return fmt.Sprintln(s.loads[words[1]].Abort())
	case "dump":
		return s.dump(words[1:])
	case "within":
		return s.within(words[1:])
	case "reopen":
		if err := s.e.Close(); err != nil {
			return err.Error()
		}
		s.open()
		return fmt.Sprintf("seq %d", s.e.View().Seq())
	case "clock":
		d, err := time.ParseDuration(words[1])
		if err != nil {
			return err.Error()
		}
		s.now = s.now.Add(d)
		return s.now.Format(time.RFC3339)
	}
	s.t.Fatalf("unknown command %q", lines[0])
	return ""
}

// change parses "put LAYER ID WKT [name=value …]", "replace …" or "delete LAYER ID".
func (s *script) change(v *View, line string) (feature.Change, error) {
	words := strings.Fields(line)
	c := feature.Change{Layer: feature.LayerID(words[1]), Op: feature.OpPut}
	id := feature.ID(words[2])
	if words[0] != "put" {
		l, ok := v.Layer(c.Layer)
		if !ok {
			return c, ErrNoLayer
		}
		slot, ok := l.Find(id)
		if !ok {
			return c, ErrNoFeature
		}
		c.Feature = l.Feature(slot)
	}
	if words[0] == "delete" {
		c.Op = feature.OpDelete
		return c, nil
	}
	c.Feature = parseFeature(s.t, strings.Join(words[2:], " "), c.Feature.Number)
	return c, nil
}

// parseFeature parses "ID WKT; name=value …"; the id "-" is none.
func parseFeature(t *testing.T, text string, n feature.Number) feature.Feature {
	t.Helper()
	id, rest, _ := strings.Cut(text, " ")
	f := feature.Feature{ID: feature.ID(id), Number: n}
	if id == "-" {
		f.ID = ""
	}
	shape, props, _ := strings.Cut(rest, ";")
	if shape = strings.TrimSpace(shape); shape != "none" {
		g, err := wkt.Unmarshal(shape)
		if err != nil {
			t.Fatalf("%q: %v", shape, err)
		}
		f.Geometry = g
	}
	for _, w := range strings.Fields(props) {
		k, v, _ := strings.Cut(w, "=")
		value := feature.StringValue(v)
		if x, err := strconv.ParseFloat(v, 64); err == nil && v[0] != '0' {
			value = feature.FloatValue(x)
		}
		f.Properties = append(f.Properties, feature.Property{Name: k, Value: value})
	}
	return f
}

func (s *script) load(name string, args, rows []string) string {
	spec := LoadSpec{Layer: feature.Layer{ID: feature.LayerID(args[0]), Kind: feature.KindReference, MaxZoom: 18}}
	for _, w := range args[1:] {
		if v, ok := strings.CutPrefix(w, "vintage="); ok {
			spec.Vintage, spec.Mode = feature.Vintage(v), NewVintage
		}
	}
	l, err := s.e.NewLoad(context.Background(), spec)
	if err != nil {
		return err.Error()
	}
	s.loads[name] = l
	var out strings.Builder
	for i, r := range rows {
		taken, err := l.Add(int64(i+1), parseFeature(s.t, r, 0))
		if err != nil {
			fmt.Fprintf(&out, "row %d: %v\n", i+1, err)
		}
		for _, p := range taken.Problems {
			fmt.Fprintf(&out, "row %d: %s ring %d vertex %d\n", i+1, p.Code, p.Ring, p.Vertex)
		}
	}
	fmt.Fprintf(&out, "%d rows", l.Len())
	return out.String()
}

func (s *script) answer(res Result, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	var out strings.Builder
	fmt.Fprintf(&out, "seq %d %s\n", res.Seq, res.Time.Format(time.RFC3339))
	for i, c := range res.Changes {
		fmt.Fprintf(&out, "%s number %d id %s area %.1f", c.Layer, c.Feature.Number, c.Feature.ID, c.Feature.Area)
		for _, p := range res.Problems[i] {
			fmt.Fprintf(&out, " %s", p.Code)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func (s *script) dump(layers []string) string {
	var out strings.Builder
	for _, l := range s.e.View().Layers() {
		id := string(l.Layer().ID)
		if len(layers) > 0 && !slices.Contains(layers, id) {
			continue
		}
		fmt.Fprintf(&out, "%s@%s: %d features, changed %d, fields %v, derived %v\n", id, l.Vintage(), l.Len(), l.Changed(), l.Layer().Fields, l.Derived("alive"))
		l.Ascend(0, func(slot feature.Slot) bool {
			f := l.Feature(slot)
			shape := "none"
			if f.Geometry != nil {
				shape = wkt.MarshalString(f.Geometry)
			}
			fmt.Fprintf(&out, "  %d %s v%d class %q repair %v %s %s\n", f.Number, f.ID, f.Version, l.Class(slot), f.NeedsRepair, shape, f.Properties.AppendJSON(nil))
			return true
		})
	}
	return out.String()
}

func (s *script) within(args []string) string {
	l, ok := s.e.View().Layer(feature.LayerID(args[0]))
	if !ok {
		return "no layer"
	}
	var b [4]float64
	for i, a := range args[1:5] {
		b[i], _ = strconv.ParseFloat(a, 64)
	}
	var ids []string
	for _, slot := range l.Within(orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}) {
		ids = append(ids, string(l.ID(slot)))
	}
	return strings.Join(ids, " ")
}

// alive is a Derived that counts the live slots, from added and removed alone.
type alive struct{}

func (alive) Name() string { return "alive" }

func (alive) Derive(prev any, _ feature.Geometries, added, removed []feature.Slot) (any, error) {
	n, _ := prev.(int)
	return n + len(added) - len(removed), nil
}
