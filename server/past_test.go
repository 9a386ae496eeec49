package server

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tuban/engine"
	"tuban/feature"
)

// said is an answer without what may differ when it is repeated: times and links.
var passing = regexp.MustCompile(`"timeStamp":"[^"]*"|"links":\[[^\]]*\]`)

func said(a *answer) string {
	return fmt.Sprint(a.status, " ", a.header.Get("Tuban-Seq"), " ", a.header.Get("ETag"), " ", passing.ReplaceAllString(string(a.body), ""))
}

// TestThePastAnswersAsItDid keeps what each of many reads answered after each of
// random commits, and asks them again as of then: to the byte.
func TestThePastAnswersAsItDid(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(8)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	at := inner(t, g, 12)
	query := square(95.001, 36.501, 0.03)
	reads := []struct{ method, path, body string }{
		{"GET", "/collections", ""}, {"GET", "/collections/dltb", ""},
		{"GET", "/collections/dltb/items?limit=5", ""},
		{"GET", "/collections/dltb/items?bbox=95,36,95.03,37&filter=" + url.QueryEscape("n > 30") + "&properties=n", ""},
		{"GET", "/collections/dltb/items/b1", ""}, {"GET", "/collections/dltb/items/b1/overlap?layers=patch", ""},
		{"POST", "/overlap?layers=dltb,patch&geometry=intersection", query},
		{"GET", "/locate?lon=95.004&lat=36.504", ""},
		{"GET", "/mvt/dltb,patch/" + at.String(), ""}, {"GET", "/mvt/patch,dltb/6/48/25?filter.dltb=" + url.QueryEscape("n > 50"), ""},
		{"GET", "/collections/dltb/tiles/CGCS2000Quad/5/9/48", ""},
	}
	ask := func(i int, asOf string) string {
		r := reads[i]
		if asOf != "" {
			glue := "?"
			if strings.Contains(r.path, "?") {
				glue = "&"
			}
			r.path += glue + "as_of=" + asOf
		}
		return said(g.do(r.method, r.path, r.body, "Content-Type", typeJSON))
	}
	then := map[feature.Seq][]string{}
	look := func() {
		seq := g.e.View().Seq()
		if then[seq] != nil { // the last edit found nothing to do
			return
		}
		for i := range reads {
			then[seq] = append(then[seq], ask(i, ""))
		}
	}
	look()
	for range 12 {
		randomEdit(g, rnd)
		look()
	}
	for seq, answers := range then {
		for i, want := range answers {
			if got := ask(i, fmt.Sprint(seq)); got != want {
				t.Fatalf("%s %s as of %d:\n%.2000s\nit was:\n%.2000s", reads[i].method, reads[i].path, seq, got, want)
			}
		}
	}
}

// randomEdit changes one feature of dltb, adds or removes one, or changes the
// layer.
func randomEdit(g *rig, rnd *rand.Rand) {
	g.t.Helper()
	geometry := square(95+rnd.Float64()/20, 36.5, 0.001+rnd.Float64()/100)
	switch rnd.IntN(5) {
	case 0:
		g.want(201, "POST", "/collections/dltb/items", featureJSON("", geometry, fmt.Sprintf(`{"BSM":"new%d","n":%d}`, rnd.Uint32(), rnd.IntN(100))), "Content-Type", typeGeoJSON)
	case 1:
		g.do("DELETE", fmt.Sprintf("/collections/dltb/items/b%d", 2+rnd.IntN(6)), "", "If-Match", "*")
	case 2:
		g.want(200, "PUT", "/collections/dltb", fmt.Sprintf(`{"title":{"en":"Edition %d"},"class_field":"DLBM","id_field":"BSM"}`, rnd.IntN(1000)), "Content-Type", typeJSON)
	default:
		g.want(200, "PATCH", fmt.Sprintf("/collections/dltb/items/b%d", rnd.IntN(2)), fmt.Sprintf(`{"geometry":%s,"properties":{"n":%d}}`, geometry, rnd.IntN(100)),
			"Content-Type", "application/merge-patch+json", "If-Match", "*")
	}
}

// TestAsOfIsCachedForGood: what a seq names stays, what a time names does not;
// what is to come is refused.
func TestAsOfIsCachedForGood(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(4)
	path := "/mvt/dltb/" + inner(t, g, 12).String()
	now := g.e.View()
	for asOf, want := range map[string]string{
		"": "no-cache", "?as_of=" + fmt.Sprint(now.Seq()): "public, max-age=31536000, immutable",
		"?as_of=" + url.QueryEscape(now.Time().Format("2006-01-02T15:04:05.999999Z07:00")): "no-cache",
	} {
		if a := g.want(200, "GET", path+asOf, ""); a.header.Get("Cache-Control") != want {
			t.Errorf("%s: Cache-Control %q, want %q", asOf, a.header.Get("Cache-Control"), want)
		}
	}
	for _, bad := range []string{"99", "-1", "yesterday", "2999-01-01T00:00:00Z", "2026-08-01", ""} {
		g.want(400, "GET", path+"?as_of="+bad, "")
	}
	if a := g.want(200, "GET", "/collections?as_of=0", ""); len(a.json(t)["collections"].([]any)) != 0 {
		t.Errorf("before the first commit: %s", a.body)
	}
	g.want(400, "PATCH", "/collections/dltb/items/b1?as_of=1", `{}`, "Content-Type", "application/merge-patch+json", "If-Match", "*")
}

// TestVintagesByName reads a former edition beside the one in force.
func TestVintagesByName(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(4)
	l, _ := g.e.View().Layer("dltb")
	load, err := g.e.NewLoad(t.Context(), engine.LoadSpec{Layer: *l.Layer(), Vintage: "2024", Mode: engine.NewVintage})
	if err != nil {
		t.Fatal(err)
	}
	var f feature.Feature
	l.Ascend(0, func(s feature.Slot) bool { f = l.Feature(s); return false })
	f.Number = 0
	if _, err := load.Add(1, f); err != nil {
		t.Fatal(err)
	}
	if _, err := load.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	at := inner(t, g, 10).String()
	now, was := g.want(200, "GET", "/mvt/dltb/"+at, ""), g.want(200, "GET", "/mvt/dltb@base/"+at, "")
	if len(was.body) <= len(now.body) {
		t.Errorf("the former edition has %d bytes, the new one of one feature %d", len(was.body), len(now.body))
	}
	if again := g.want(200, "GET", "/mvt/dltb@2024/"+at, ""); string(again.body) != string(now.body) {
		t.Error("the edition in force by its name is another tile")
	}
	o := g.want(200, "POST", "/overlap?layers=dltb@base", square(95, 36.5, 0.03), "Content-Type", typeJSON)
	if !strings.Contains(string(o.body), `"vintage":"base"`) {
		t.Errorf("overlap: %s", o.body)
	}
	g.want(400, "GET", "/mvt/dltb@2019/"+at, "")
	g.want(400, "GET", "/locate?lon=95&lat=36.5&layers=dltb@2024&as_of=4", "")
}

// TestValidOn keeps what was in force on a day, the last day included.
func TestValidOn(t *testing.T) {
	g := newRig(t, Options{})
	g.want(201, "PUT", "/collections/rights", `{"valid_from_field":"from","valid_to_field":"to"}`, "Content-Type", typeJSON)
	for id, dates := range map[string]string{
		"text": `"from":"2024-01-01","to":"2024-12-31"`, "number": `"from":20240601,"to":20250630`, "slashes": `"from":"2024/7/1"`,
		"open": `"to":"2024-03-01T00:00:00Z"`, "ever": `"from":null`, "odd": `"from":"soon"`,
	} {
		g.want(201, "POST", "/collections/rights/items", featureJSON(id, square(95, 36, 0.01), "{"+dates+"}"), "Content-Type", typeGeoJSON)
	}
	for day, want := range map[string]string{
		"2024-01-01": "ever odd open text", "2024-03-01": "ever odd open text", "2024-03-02": "ever odd text",
		"2024-06-30": "ever number odd text", "2024-07-01": "ever number odd slashes text", "2025-01-01": "ever number odd slashes", "2026-01-01": "ever odd slashes",
	} {
		var o struct {
			Results []struct {
				Layers []struct{ Features []struct{ ID string } }
			}
		}
		if err := json.Unmarshal(g.want(200, "POST", "/overlap?layers=rights&valid_on="+day, square(95, 36, 0.01), "Content-Type", typeJSON).body, &o); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, f := range o.Results[0].Layers[0].Features {
			ids = append(ids, f.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
		items := g.want(200, "GET", "/collections/rights/items?valid_on="+day, "")
		if n := strings.Count(string(items.body), `"type":"Feature"`); n != len(ids) {
			t.Errorf("on %s: %d items, %d in the overlap", day, n, len(ids))
		}
	}
	g.want(400, "GET", "/collections/rights/items?valid_on=2024", "")
}
