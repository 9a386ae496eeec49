package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tuban/feature"
	"tuban/geom"
)

// modelVintage is what a vintage must hold.
type modelVintage struct {
	name feature.Vintage
	live map[feature.Number]feature.Feature
}

// model is a data set in memory, and random operations on it and on a real one.
type model struct {
	*testing.T
	random *rand.Rand
	db     *DB
	next   map[feature.LayerID]feature.Number
	layers map[feature.LayerID][]*modelVintage // the last is current
	title  map[feature.LayerID]string
	seq    feature.Seq
	hints  bool // give Was
	log    []string
}

// Random commits, loads and reopenings leave what a map in memory would hold.
func TestModel(t *testing.T) {
	runs, steps := 4, 40
	if *longFlag {
		runs, steps = 200, 200
	}
	for run := range runs {
		seed := *seedFlag
		if seed == 0 {
			seed = rand.Uint64()
		}
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			m := &model{
				T: t, random: rand.New(rand.NewPCG(seed, 2)), db: mustOpen(t, t.TempDir()), hints: run%2 == 0,
				next:   map[feature.LayerID]feature.Number{},
				layers: map[feature.LayerID][]*modelVintage{}, title: map[feature.LayerID]string{},
			}
			defer func() {
				if t.Failed() {
					t.Log(m.log)
				}
			}()
			for range steps {
				m.step()
			}
			m.compare()
		})
	}
}

func (m *model) step() {
	switch m.random.IntN(10) {
	case 0:
		m.log = append(m.log, "reopen")
		m.db = reopen(m, m.db)
		m.compare()
	case 1:
		m.compare()
	case 2: // a load that comes to nothing
		m.log = append(m.log, "load given up")
		l := mustLoad(m, m.db, LoadSpec{Layer: "l0", Mode: Append}, squares(1e6, 1e6+40))
		if m.random.IntN(2) == 0 {
			if err := l.Abort(); err != nil {
				m.Fatal(err)
			}
		}
	default:
		var group []Record
		for range 1 + m.random.IntN(4) {
			group = append(group, m.record())
		}
		mustCommit(m, m.db, group...)
	}
}

// record makes a commit of random parts.
func (m *model) record() Record {
	m.seq++
	r := Record{Commit: testCommit(m.seq)}
	id := feature.LayerID(fmt.Sprint("l", m.random.IntN(3)))
	if m.layers[id] == nil || m.random.IntN(10) == 0 {
		m.title[id] = fmt.Sprint("title ", m.seq)
		layer := testLayer(id)
		layer.Title.EN = m.title[id]
		r.Layers = append(r.Layers, LayerPut{layer})
		m.next[id] = max(m.next[id], 1)
	}
	if m.random.IntN(4) == 0 {
		r.Loads = append(r.Loads, m.load(id))
	}
	if m.layers[id] == nil {
		m.layers[id] = []*modelVintage{{feature.BaseVintage, map[feature.Number]feature.Feature{}}}
	}
	m.changes(id, &r)
	m.log = append(m.log, fmt.Sprintf("%d: %s layers %d loads %d changes %d", m.seq, id, len(r.Layers), len(r.Loads), len(r.Changes)))
	return r
}

// load writes a random load, of new features or of a new vintage.
func (m *model) load(id feature.LayerID) *Load {
	spec := LoadSpec{Layer: id, Mode: Append}
	vintages := m.layers[id]
	var fs []feature.Feature
	if m.random.IntN(2) == 0 || vintages == nil {
		spec.Mode, spec.Vintage = NewVintage, feature.Vintage(fmt.Sprint("v", m.random.IntN(4)))
		for n := feature.Number(1); n < m.next[id]; n++ { // some stay
			if m.random.IntN(2) == 0 {
				fs = append(fs, m.feature(n))
			}
		}
		vintages = append(vintages, &modelVintage{spec.Vintage, map[feature.Number]feature.Feature{}})
		m.layers[id] = vintages
	}
	for range m.random.IntN(40) {
		fs = append(fs, m.feature(m.next[id]))
		m.next[id]++
	}
	m.random.Shuffle(len(fs), func(i, j int) { fs[i], fs[j] = fs[j], fs[i] })
	var chunks [][]feature.Feature
	for c := range slices.Chunk(fs, 1+m.random.IntN(30)) {
		chunks = append(chunks, c)
	}
	for _, f := range fs {
		f.Version = m.seq
		vintages[len(vintages)-1].live[f.Number] = f
	}
	return mustLoad(m, m.db, spec, chunks...)
}

func (m *model) feature(n feature.Number) feature.Feature {
	if m.random.IntN(50) == 0 {
		return giant(n, 1000+m.random.IntN(50_000))
	}
	f := square(n, m.random.Float64()*100, m.random.Float64()*50, m.random.Float64())
	f.Properties = f.Properties[m.random.IntN(3):]
	return f
}

// changes adds random changes to the current vintage of a layer.
func (m *model) changes(id feature.LayerID, r *Record) {
	vintages := m.layers[id]
	live := vintages[len(vintages)-1].live
	done := map[feature.Number]bool{}
	for range m.random.IntN(8) {
		n := m.next[id]
		if m.random.IntN(3) > 0 && n > 1 {
			n = 1 + feature.Number(m.random.Uint64N(uint64(n)))
		}
		if done[n] {
			continue
		}
		done[n] = true
		was, exists := live[n]
		if exists && m.random.IntN(3) == 0 {
			r.Changes = append(r.Changes, del(id, n))
			delete(live, n)
		} else {
			f := m.feature(n)
			r.Changes = append(r.Changes, put(id, f))
			f.Version = m.seq
			live[n] = f
			m.next[id] = max(m.next[id], n+1)
		}
		if m.hints {
			r.Was = append(r.Was, Was{Exists: exists, Area: was.Area, Bound: geom.Bound(was.Geometry)})
		}
	}
}

// compare reads everything back.
func (m *model) compare() {
	m.Helper()
	if m.db.Head().Seq != m.seq {
		m.Fatalf("head at %d, want %d", m.db.Head().Seq, m.seq)
	}
	layers := m.db.Layers()
	if len(layers) != len(m.layers) {
		m.Fatalf("%d layers, want %d", len(layers), len(m.layers))
	}
	for _, l := range layers {
		want := m.layers[l.Layer.ID]
		if len(l.Vintages) != len(want) || l.NextNumber != m.next[l.Layer.ID] || l.Layer.Title.EN != m.title[l.Layer.ID] {
			m.Fatalf("%+v: want %d vintages, next %d, title %q", l, len(want), m.next[l.Layer.ID], m.title[l.Layer.ID])
		}
		for i, v := range want {
			if l.Vintages[i].Name != v.name || l.Vintages[i].Count != int64(len(v.live)) {
				m.Fatalf("%+v: want %s with %d", l.Vintages[i], v.name, len(v.live))
			}
			if slices.ContainsFunc(want[i+1:], func(o *modelVintage) bool { return o.name == v.name }) {
				continue // the name means a newer one
			}
			var fs []feature.Feature
			for _, f := range v.live {
				fs = append(fs, f)
			}
			if fingerprint(m, readAll(m, m.db, l.Layer.ID, v.name)) != fingerprint(m, fs) {
				m.Fatalf("layer %s, vintage %s is not what it should be", l.Layer.ID, v.name)
			}
		}
	}
	mustCheck(m, m.db)
	infos, err := m.db.Commits(0, 1<<30)
	if err != nil || len(infos) != int(m.seq) {
		m.Fatal(len(infos), err)
	}
	if left := leftovers(m, m.db); left != "" && m.log[len(m.log)-1] == "reopen" {
		m.Fatal(left)
	}
}
