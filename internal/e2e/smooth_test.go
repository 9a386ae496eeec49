package e2e

import (
	"encoding/json"
	"flag"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

var long = flag.Bool("long", false, "run the tests of the city of 200,000 parcels too")

// journey is a fixed path of mouse moves over the map.
type journey struct{ name, hash string }

var journeys = []journey{{"oasis", "map=14/36.445/94.79"}, {"whole city", "map=8/36.2/94.2"}}

// TestConsoleIsSmooth pans and zooms along a path over the city of 200,000
// parcels, twice: once so that the tiles are there, once measured. It tells frame
// times, long tasks and what of the main thread's work is the console's own code
// and what that calls. The drawing itself is done in software here (SwiftShader),
// which no office PC does: so frame times are told and not judged. What is judged
// is our own share: it must be small, and never hold up a frame for long.
func TestConsoleIsSmooth(t *testing.T) {
	wanted(t)
	if !*long {
		t.Skip("only with -long")
	}
	c := start(t, "demo", t.TempDir(), "--size", "city")
	b := chromium(t)
	for _, j := range journeys {
		t.Run(j.name, func(t *testing.T) {
			b.in(t)
			p := b.open(c.url+"/console/#"+j.hash+"&probe", 1366, 768)
			defer p.shut()
			p.summary(5 * time.Minute)
			p.travel()
			p.until("!document.querySelector('#status.warning')", time.Minute)
			time.Sleep(5 * time.Second)
			p.must("Profiler.enable", nil, nil)
			p.must("Profiler.setSamplingInterval", map[string]any{"interval": 500}, nil)
			p.eval(watchFrames)
			p.must("Profiler.start", nil, nil)
			p.travel()
			var prof struct{ Profile profile }
			p.must("Profiler.stop", nil, &prof)
			var f frames
			check(t, json.Unmarshal([]byte(p.text("endFrames()")), &f))
			slices.Sort(f.Frames)
			if len(f.Frames) < 30 {
				t.Fatalf("only %d frames", len(f.Frames))
			}
			t.Logf("software GL, %d frames: median %.1f ms, p95 %.1f ms, longest %.0f ms; %d long tasks, longest %.0f ms", len(f.Frames),
				f.Frames[len(f.Frames)/2], f.Frames[len(f.Frames)*95/100], f.Frames[len(f.Frames)-1], len(f.Long), slices.Max(append(f.Long, 0)))
			ours := prof.Profile.within(func(url string) bool {
				name := path.Base(url)
				return strings.HasPrefix(name, "index-") || strings.HasPrefix(name, "map-") || strings.HasPrefix(name, "draw-")
			})
			t.Logf("main thread busy %.0f ms, of which our code and what it calls %.1f ms (%.1f %%), longest stretch %.1f ms",
				ours.busy, ours.sum, 100*ours.sum/ours.busy, ours.longest)
			if ours.sum > 0.1*ours.busy || ours.longest > 50 {
				t.Errorf("our own code takes %.1f ms of %.0f, at most %.1f ms at once", ours.sum, ours.busy, ours.longest)
			}
		})
	}
}

// travel drags the map about and turns the wheel, with the pointer moving.
func (p *page) travel() {
	p.b.t.Helper()
	for _, d := range [][4]float64{{900, 500, 500, 420}, {500, 300, 900, 560}, {700, 600, 700, 250}, {1000, 300, 560, 480}} {
		p.drag(d[0], d[1], d[2], d[3])
		time.Sleep(300 * time.Millisecond)
	}
	for _, turn := range []float64{-240, -240, 240, 240} {
		for range 3 {
			p.mouse("mouseWheel", 760, 400, map[string]any{"deltaX": 0, "deltaY": turn / 3})
			p.mouse("mouseMoved", 760+turn/40, 400, nil)
			time.Sleep(40 * time.Millisecond)
		}
		time.Sleep(600 * time.Millisecond)
	}
	for i := 0.0; i < 20; i++ {
		p.mouse("mouseMoved", 400+i*40, 300+i*15, nil)
		time.Sleep(16 * time.Millisecond)
	}
	time.Sleep(time.Second)
}

const watchFrames = `(() => {
	const seen = {frames: [], long: []};
	let last = performance.now(), on = true;
	requestAnimationFrame(function look(now) { seen.frames.push(now - last); last = now; if (on) requestAnimationFrame(look); });
	const tasks = new PerformanceObserver((l) => seen.long.push(...l.getEntries().map((e) => e.duration)));
	tasks.observe({type: 'longtask'});
	window.endFrames = () => { on = false; seen.long.push(...tasks.takeRecords().map((e) => e.duration)); tasks.disconnect(); return JSON.stringify(seen); };
})()`

type frames struct{ Frames, Long []float64 }

// profile is a CPU profile of DevTools: a tree of calls and samples of its nodes.
type profile struct {
	Nodes []struct {
		ID        int
		CallFrame struct{ FunctionName, URL string }
		Children  []int
	}
	Samples    []int
	TimeDeltas []int // microseconds
}

type share struct{ busy, sum, longest float64 } // ms

// within tells how much of the time was spent in some files and in what they call.
func (p *profile) within(file func(url string) bool) (s share) {
	parent, idle, own := map[int]int{}, map[int]bool{}, map[int]bool{}
	for _, n := range p.Nodes {
		for _, c := range n.Children {
			parent[c] = n.ID
		}
		idle[n.ID] = n.CallFrame.FunctionName == "(idle)" || n.CallFrame.FunctionName == "(program)"
		own[n.ID] = file(n.CallFrame.URL)
	}
	ours := func(id int) bool {
		for ; id != 0; id = parent[id] {
			if own[id] {
				return true
			}
		}
		return false
	}
	stretch := 0.0
	for i, id := range p.Samples {
		ms := float64(p.TimeDeltas[i]) / 1000
		if !idle[id] {
			s.busy += ms
		}
		if ours(id) {
			s.sum += ms
			stretch += ms
			s.longest = max(s.longest, stretch)
		} else {
			stretch = 0
		}
	}
	return s
}
