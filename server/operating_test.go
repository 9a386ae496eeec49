package server

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestReadiness(t *testing.T) {
	g := newRig(t, Options{})
	g.want(200, "GET", "/readyz", "")
	g.s.SetReady(false)
	g.want(503, "GET", "/readyz", "")
	g.want(200, "GET", "/healthz", "")
	g.s.SetReady(true)
	g.want(200, "GET", "/readyz", "")
}

func TestMetrics(t *testing.T) {
	g := newRig(t, Options{Version: "1.2.3"})
	g.fill(3)
	g.want(200, "GET", "/collections/dltb/items/b1", "")
	g.want(404, "GET", "/secret/path", "")
	a := g.want(200, "GET", "/metrics", "")
	for _, want := range []string{
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/collections/{collectionId}/items/{featureId}"} 1`,
		`http_route="none"`, `tuban_layer_features{kind="reference",layer="dltb"} 3`, "tuban_seq 4", `tuban_build_info{version="1.2.3"} 1`, "go_goroutines",
		`tuban_layer_memory_bytes{layer="dltb",part="coordinates"}`,
	} {
		if !strings.Contains(string(a.body), want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(string(a.body), "secret") || strings.Contains(string(a.body), "b1") {
		t.Error("metrics name a path or an id")
	}
	if a := g.want(200, "GET", "/metrics", "", "Accept", "application/openmetrics-text; version=1.0.0"); !strings.HasSuffix(string(a.body), "# EOF\n") {
		t.Error("OpenMetrics does not end in # EOF")
	}
}

func TestAccessLog(t *testing.T) {
	g := newRig(t, Options{})
	g.want(404, "GET", "/nothing?token=secret", "", "X-Request-Id", "abc")
	var line map[string]any
	if err := json.Unmarshal([]byte(strings.TrimSpace(g.log.String())), &line); err != nil {
		t.Fatalf("%v: %s", err, g.log.String())
	}
	if line["request_id"] != "abc" || line["status"] != 404.0 || line["path"] != "/nothing" || line["route"] != "none" {
		t.Errorf("line %v", line)
	}
	if strings.Contains(g.log.String(), "secret") {
		t.Error("the log holds the query")
	}
}
