package server

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"sync"
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
	boxes []orb.Bound // nil: everywhere
	limit int
	after feature.Number
}

func (r *request) itemsQuery() (q itemsQuery, err error) {
	q.limit = defaultPage
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
	q, err := r.itemsQuery()
	if err != nil {
		return err
	}
	matched, slots := r.blank.match(l, q)
	p := page{r: r, layer: l, body: []byte(`{"type":"FeatureCollection","features":[`)}
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
	body     []byte
	returned int
	last     feature.Number
}

func (p *page) add(s feature.Slot) {
	if p.returned > 0 {
		p.body = append(p.body, ',')
	}
	f := p.layer.Feature(s)
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

// blankIndex remembers which features of a layer have no geometry: they match
// every bbox, and the index of boxes does not hold them.
type blankIndex struct {
	mu sync.Mutex // guards of
	of map[feature.LayerID]blanks
}

type blanks struct {
	view  *engine.LayerView
	slots []feature.Slot // in order of number
}

// slots returns the features without geometry. The first call on a view looks
// at every feature's box.
func (x *blankIndex) slots(l *engine.LayerView) []feature.Slot {
	id := l.Layer().ID
	x.mu.Lock()
	had, ok := x.of[id]
	x.mu.Unlock()
	if ok && had.view == l {
		return had.slots
	}
	var found []feature.Slot
	l.Ascend(0, func(s feature.Slot) bool {
		if l.Bound(s).IsEmpty() {
			found = append(found, s)
		}
		return true
	})
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.of == nil {
		x.of = map[feature.LayerID]blanks{}
	}
	x.of[id] = blanks{l, found}
	return found
}

// match returns how many features q finds in all, and those behind its cursor
// in order of number (without a bbox only as many as the page needs and one
// more).
func (x *blankIndex) match(l *engine.LayerView, q itemsQuery) (matched int, behind []feature.Slot) {
	if q.boxes == nil {
		l.Ascend(q.after, func(s feature.Slot) bool {
			if l.Number(s) == q.after {
				return true
			}
			behind = append(behind, s)
			return len(behind) <= q.limit
		})
		return l.Len(), behind
	}
	all := slices.Clone(x.slots(l))
	for _, b := range q.boxes {
		all = append(all, l.Within(b)...)
	}
	byNumber := func(a, b feature.Slot) int { return cmp.Compare(l.Number(a), l.Number(b)) }
	slices.SortFunc(all, byNumber)
	all = slices.Compact(all) // a feature may lie in both halves of a box across the antimeridian
	from, _ := slices.BinarySearchFunc(all, q.after, func(s feature.Slot, n feature.Number) int {
		if l.Number(s) <= n {
			return -1
		}
		return 1
	})
	return len(all), all[from:]
}
