package server

import (
	"context"
	"encoding/json"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestOpenAPIIsValid(t *testing.T) {
	if err := loadAPI(t).Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Every route is in the document with the query parameters that it knows, and
// the document has no others.
func TestOpenAPIDescribesTheRoutes(t *testing.T) {
	api := loadAPI(t)
	described := map[string]string{}
	for path, item := range api.Paths.Map() {
		for method, op := range item.Operations() {
			var query []string
			for _, list := range [][]string{names(item.Parameters, "query"), names(op.Parameters, "query")} {
				query = append(query, list...)
			}
			sort.Strings(query)
			described[method+" "+path] = strings.Join(query, ",")
		}
	}
	s := &Server{}
	for _, rt := range s.routes() {
		key := rt.method + " " + strings.Replace(rt.template, "...}", "}", 1)
		query := append([]string(nil), rt.query...)
		sort.Strings(query)
		if got, ok := described[key]; !ok {
			t.Errorf("openapi.json lacks %s", key)
		} else if want := strings.Join(query, ","); got != want {
			t.Errorf("%s: openapi.json has the parameters %q, the route knows %q", key, got, want)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("openapi.json describes %s, which is no route", key)
	}
}

func TestOpenAPIIsServedWithTheServersAddress(t *testing.T) {
	g := newRig(t, Options{})
	a := g.want(200, "GET", "/api", "")
	if got := a.header.Get("Content-Type"); got != "application/vnd.oai.openapi+json;version=3.0" {
		t.Errorf("Content-Type %q: OGC's test suites compare it to the letter", got)
	}
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
	}
	if err := json.Unmarshal(a.body, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.0.3" || len(doc.Servers) != 1 || doc.Servers[0].URL != "http://tuban.test" {
		t.Errorf("served: %+v", doc)
	}
}

func names(list openapi3.Parameters, in string) []string {
	var found []string
	for _, p := range list {
		if p.Value.In == in {
			found = append(found, p.Value.Name)
		}
	}
	return found
}
