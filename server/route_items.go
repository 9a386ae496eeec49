package server

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
)

// defaultPage is how many features a page of items has if nothing is said.
const defaultPage = 100

// itemsQuery is what a request for items asks.
type itemsQuery struct {
	boxes      []orb.Bound // nil: everywhere
	filter     layerFilter
	properties []string // nil: all
	limit      int
	after      feature.Number
}

func (r *request) itemsQuery(l *engine.LayerView) (q itemsQuery, err error) {
	q.limit = defaultPage
	layers := []*engine.LayerView{l}
	filters, err := r.filtersOf(layers)
	if err != nil {
		return q, err
	}
	q.filter = filters[0]
	if q.properties, err = r.properties(layers); err != nil {
		return q, err
	}
	if text, ok := r.value("bbox"); ok {
		if q.boxes, err = parseBBox(text); err != nil {
			return q, err
		}
	}
	if text, ok := r.value("limit"); ok {
		if q.limit, err = parseLimit(text, r.limits.Page); err != nil {
			return q, err
		}
	}
	if text, ok := r.value("cursor"); ok {
		q.after, err = parseCursor(text)
	}
	return q, err
}

// routeItems answers a page of a layer's features in the order of their numbers.
func routeItems(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	q, err := r.itemsQuery(l)
	if err != nil {
		return err
	}
	matched, slots, err := r.matchItems(l, q)
	if err != nil {
		return err
	}
	p := page{r: r, layer: l, only: q.properties, body: []byte(`{"type":"FeatureCollection","features":[`)}
	for _, s := range slots[:min(len(slots), q.limit)] {
		if len(p.body) >= r.limits.PageBytes {
			break
		}
		p.add(s)
	}
	p.close(matched, p.returned < len(slots))
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	r.write(http.StatusOK, typeGeoJSON, p.body)
	return nil
}

// page is a FeatureCollection being written.
type page struct {
	r        *request
	layer    *engine.LayerView
	only     []string // properties; nil is all
	body     []byte
	returned int
	last     feature.Number
}

func (p *page) add(s feature.Slot) {
	if p.returned > 0 {
		p.body = append(p.body, ',')
	}
	f := p.layer.Feature(s)
	if p.only != nil {
		f.Properties = slices.DeleteFunc(f.Properties, func(q feature.Property) bool { return !slices.Contains(p.only, q.Name) })
	}
	p.body = geojson.AppendFeature(p.body, &f)
	p.returned++
	p.last = f.Number
}

func (p *page) close(matched int, more bool) {
	b := append(p.body, `],"numberMatched":`...)
	b = strconv.AppendInt(b, int64(matched), 10)
	b = append(b, `,"numberReturned":`...)
	b = strconv.AppendInt(b, int64(p.returned), 10)
	b = append(b, `,"timeStamp":"`...)
	b = time.Now().UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `","seq":`...)
	b = strconv.AppendUint(b, uint64(p.r.view.Seq()), 10)
	b = append(b, `,"vintage":`...)
	b = feature.AppendString(b, string(p.layer.Vintage()))
	links := []link{
		{Href: p.r.selfURL(p.r.query), Rel: "self", Type: typeGeoJSON},
		{Href: p.r.collectionURL(p.layer.Layer().ID), Rel: "collection", Type: typeJSON},
	}
	if more {
		next := slices.DeleteFunc(slices.Clone(p.r.query), func(q parameter) bool { return q.name == "cursor" })
		next = append(next, parameter{"cursor", formatCursor(p.last)})
		links = append(links, link{Href: p.r.selfURL(next), Rel: "next", Type: typeGeoJSON})
	}
	p.body = append(appendLinks(b, links), '}')
}

// appendLinks appends `,"links":[…]`.
func appendLinks(b []byte, links []link) []byte {
	b = append(b, `,"links":[`...)
	for i, l := range links {
		if i > 0 {
			b = append(b, ',')
		}
		b = feature.AppendString(append(b, `{"href":`...), l.Href)
		b = feature.AppendString(append(b, `,"rel":`...), l.Rel)
		b = feature.AppendString(append(b, `,"type":`...), l.Type)
		b = append(b, '}')
	}
	return append(b, ']')
}
