package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
)

// API is a running tuban server, as the bench asks it outside of what it
// measures.
type API struct{ *Client }

// Collection is what the bench wants to know of a layer.
type Collection struct {
	ID         string          `json:"id"`
	Kind       feature.Kind    `json:"kind"`
	IDField    string          `json:"id_field"`
	ClassField string          `json:"class_field"`
	Fields     []feature.Field `json:"fields"`
	Count      int             `json:"feature_count"`
	MinZoom    int             `json:"min_zoom"`
	MaxZoom    int             `json:"max_zoom"`
	Extent     struct {
		Spatial struct {
			BBox [][4]float64 `json:"bbox"`
		} `json:"spatial"`
	} `json:"extent"`
}

// Bound returns the box of all its geometry, geom.EmptyBound if there is none.
func (c *Collection) Bound() orb.Bound {
	if len(c.Extent.Spatial.BBox) == 0 {
		return geom.EmptyBound
	}
	b := c.Extent.Spatial.BBox[0]
	return orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
}

// shown tells whether tiles of a zoom draw the layer.
func (c *Collection) shown(z int) bool {
	return c.Kind == feature.KindPatch || z >= c.MinZoom && (z <= c.MaxZoom || c.MaxZoom == 0)
}

// Collections returns the layers of the server.
func (a *API) Collections(ctx context.Context) ([]Collection, error) {
	ans, err := a.Fetch(ctx, a.Get("/collections"))
	if err != nil {
		return nil, err
	}
	var list struct {
		Collections []Collection `json:"collections"`
	}
	if err := json.Unmarshal(ans.Body, &list); err != nil {
		return nil, fmt.Errorf("GET /collections: not the answer of a tuban server: %w", err)
	}
	return list.Collections, nil
}

// page is what the bench reads of a page of items, beside the features.
type page struct {
	Matched int `json:"numberMatched"`
	Links   []struct {
		Href string `json:"href"`
		Rel  string `json:"rel"`
	} `json:"links"`
}

// Items returns up to most features of a layer that meet a box (nil is
// everywhere), in the order of their numbers.
func (a *API) Items(ctx context.Context, layer string, box *orb.Bound, most int) ([]feature.Feature, error) {
	const pageSize = 10_000
	query := itemsQuery(box, min(most, pageSize))
	var all []feature.Feature
	for {
		ans, err := a.Fetch(ctx, a.Get("/collections/"+url.PathEscape(layer)+"/items?"+query))
		if err != nil {
			return nil, err
		}
		fs, err := geojson.ParseBody(ans.Body, geojson.BodyOptions{})
		if err != nil {
			return nil, fmt.Errorf("items of %s: %w", layer, err)
		}
		all = append(all, fs...)
		next, err := nextPage(ans.Body)
		if err != nil {
			return nil, fmt.Errorf("items of %s: %w", layer, err)
		}
		if next == "" || len(all) >= most {
			return all[:min(len(all), most)], nil
		}
		query = next
	}
}

// nextPage returns the query of the next page, "" after the last. The address
// before it is left out: behind a proxy it may be another.
func nextPage(body []byte) (string, error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return "", err
	}
	for _, l := range p.Links {
		if l.Rel == "next" {
			u, err := url.Parse(l.Href)
			if err != nil {
				return "", err
			}
			return u.RawQuery, nil
		}
	}
	return "", nil
}

// Matched returns how many features of a layer meet a box.
func (a *API) Matched(ctx context.Context, layer string, box orb.Bound) (int, error) {
	ans, err := a.Fetch(ctx, a.Get("/collections/"+url.PathEscape(layer)+"/items?"+itemsQuery(&box, 1)))
	if err != nil {
		return 0, err
	}
	var p page
	if err := json.Unmarshal(ans.Body, &p); err != nil {
		return 0, fmt.Errorf("items of %s: %w", layer, err)
	}
	return p.Matched, nil
}

func itemsQuery(box *orb.Bound, limit int) string {
	q := "limit=" + strconv.Itoa(limit)
	if box != nil {
		q += "&bbox=" + strings.Join([]string{number(box.Min[0]), number(box.Min[1]), number(box.Max[0]), number(box.Max[1])}, ",")
	}
	return q
}

// number writes a number so that it reads back as the same.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Counters returns the metrics of the server, by name and labels as they stand
// in the Prometheus text format: tuban_tile_cache_fetches_total{result="hit"}.
func (a *API) Counters(ctx context.Context) (map[string]float64, error) {
	ans, err := a.Fetch(ctx, a.Get("/metrics"))
	if err != nil {
		return nil, err
	}
	return parseCounters(ans.Body), nil
}

// parseCounters reads the lines "name{labels} value" of a text.
func parseCounters(text []byte) map[string]float64 {
	m := map[string]float64{}
	s := bufio.NewScanner(bytes.NewReader(text))
	for s.Scan() {
		line := strings.TrimSpace(s.Text())
		at := strings.LastIndexByte(line, ' ')
		if at < 0 || line[0] == '#' {
			continue
		}
		if v, err := strconv.ParseFloat(line[at+1:], 64); err == nil {
			m[line[:at]] = v
		}
	}
	return m
}

// Ready tells how many layers the server has, once it answers that it is ready.
func (a *API) Ready(ctx context.Context) (layers int, err error) {
	ans, err := a.Fetch(ctx, a.Get("/readyz"))
	if err != nil {
		return 0, err
	}
	var r struct {
		Status string `json:"status"`
		Layers int    `json:"layers"`
	}
	if err := json.Unmarshal(ans.Body, &r); err != nil || r.Status != "ready" {
		return 0, fmt.Errorf("GET /readyz: not ready: %.100s", ans.Body)
	}
	return r.Layers, nil
}
