package server

import (
	"strings"
	"testing"
)

func TestRouterMatches(t *testing.T) {
	r := newRouter((&Server{}).routes())
	cases := []struct{ name, path, template, params string }{
		{"root", "/", "/", ""},
		{"literal", "/collections", "/collections", ""},
		{"one name", "/collections/dltb", "/collections/{collectionId}", "collectionId=dltb"},
		{"id with an escaped slash", "/collections/dltb/items/a%2Fb", "/collections/{collectionId}/items/{featureId}", "collectionId=dltb featureId=a/b"},
		{"id in Chinese", "/collections/dltb/items/%E5%9B%BE", "/collections/{collectionId}/items/{featureId}", "collectionId=dltb featureId=图"},
		{"id with a plus stays", "/collections/dltb/items/a+b", "/collections/{collectionId}/items/{featureId}", "collectionId=dltb featureId=a+b"},
		{"overlap of an item", "/collections/a/items/1/overlap", "/collections/{collectionId}/items/{featureId}/overlap", "collectionId=a featureId=1"},
		{"suffix", "/mvt/a,b.json", "/mvt/{layers}.json", "layers=a,b"},
		{"vintage with a dot", "/mvt/a@v1.json/3/2/1", "/mvt/{layers}/{z}/{x}/{y}", "layers=a@v1.json z=3 x=2 y=1"},
		{"tile", "/mvt/a/3/2/1.pbf", "/mvt/{layers}/{z}/{x}/{y}", "layers=a z=3 x=2 y=1.pbf"},
		{"rest", "/console/vendor/x.js", "/console/{path...}", "path=vendor/x.js"},
		{"folder", "/console/", "/console/", ""},
		{"no rest", "/console", "/console", ""},
		{"nothing before the suffix", "/styles/.json", "", ""},
		{"trailing slash", "/collections/", "", ""},
		{"double slash", "//collections", "", ""},
		{"unknown", "/nothing", "", ""},
		{"bad escape", "/collections/%zz", "", ""},
		{"no slash", "collections", "", ""},
		{"empty id", "/collections//items", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			routes, params := r.match(c.path)
			template := ""
			if len(routes) > 0 {
				template = routes[0].template
			}
			var got []string
			for _, p := range params {
				got = append(got, p.name+"="+p.value)
			}
			if template != c.template || template != "" && strings.Join(got, " ") != c.params {
				t.Errorf("%s: %q with %q, want %q with %q", c.path, template, strings.Join(got, " "), c.template, c.params)
			}
		})
	}
}

func FuzzRouter(f *testing.F) {
	r := newRouter((&Server{}).routes())
	for _, s := range []string{"/", "/collections/x/items/%2e%2e", "/mvt/a,b/1/2/3.mvt", "/console/../x", "/%", "//", "/styles/.json.json"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		routes, params := r.match(path)
		if len(routes) == 0 {
			return
		}
		if want := strings.Count(routes[0].template, "{"); len(params) != want {
			t.Errorf("%q: %d values for %s", path, len(params), routes[0].template)
		}
	})
}
