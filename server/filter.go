package server

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"tuban/cql2"
	"tuban/engine"
	"tuban/feature"
)

// The parameters that choose features. ownFilter stands in a route's list for
// filters of one layer, "filter.dltb" for example.
const (
	ownFilter       = "filter.{layer}"
	ownFilterPrefix = "filter."
)

// keeper tells which features of a layer pass; nil is all.
type keeper func(feature.Slot) bool

// layerFilter is what a request asks of one layer's features.
type layerFilter struct {
	all, own *cql2.Filter // both must pass; nil passes all
	valid    validity
}

// filtersOf returns the filters of layers. It fails where one cannot be read, does
// not fit its layer, or is of another layer.
func (r *request) filtersOf(layers []*engine.LayerView) ([]layerFilter, error) {
	for _, p := range r.query {
		id, own := strings.CutPrefix(p.name, ownFilterPrefix)
		if own && !slices.ContainsFunc(layers, func(l *engine.LayerView) bool { return string(l.Layer().ID) == id }) {
			return nil, badParameter(p.name, "layer %q is not among those asked for", shorten(id))
		}
	}
	all, err := r.readFilter("filter")
	if err != nil {
		return nil, err
	}
	filters := make([]layerFilter, len(layers))
	for i, l := range layers {
		name := ownFilterPrefix + string(l.Layer().ID)
		own, err := r.readFilter(name)
		if err != nil {
			return nil, err
		}
		if err := fits("filter", all, l); err != nil {
			return nil, err
		}
		if err := fits(name, own, l); err != nil {
			return nil, err
		}
		valid, err := r.validity(l)
		if err != nil {
			return nil, err
		}
		filters[i] = layerFilter{all, own, valid}
	}
	return filters, nil
}

// readFilter reads the filter in a parameter, nil if there is none.
func (r *request) readFilter(name string) (f *cql2.Filter, err error) {
	text, ok := r.value(name)
	if !ok {
		return nil, nil
	}
	switch lang, given := r.value("filter-lang"); {
	case !given || lang == "cql2-text":
		f, err = cql2.Parse(text)
	case lang == "cql2-json":
		f, err = cql2.ParseJSON([]byte(text))
	default:
		return nil, badParameter("filter-lang", "%q is not cql2-text or cql2-json", shorten(lang))
	}
	return f, badFilter(name, err)
}

// fits checks a filter, which may be nil, against a layer.
func fits(name string, f *cql2.Filter, l *engine.LayerView) error {
	if f == nil {
		return nil
	}
	return badFilter(name, f.Check(l.Layer()))
}

// badFilter says where a filter is wrong.
func badFilter(name string, err error) error {
	e, ok := errors.AsType[*cql2.Error](err)
	if !ok {
		return err
	}
	return newProblem(http.StatusBadRequest, "bad-filter", "%s: %v", name, e).
		with(wrong{Parameter: name, Column: e.Column, Pointer: e.Pointer, Detail: e.Reason})
}

// keeper returns the filter over a layer's features.
func (f layerFilter) keeper(l *engine.LayerView) keeper {
	if f.all == nil && f.own == nil && f.valid.day == 0 {
		return nil
	}
	return func(s feature.Slot) bool {
		return (f.all == nil || f.all.Match(l, s)) && (f.own == nil || f.own.Match(l, s)) &&
			(f.valid.day == 0 || f.valid.keeps(l, s))
	}
}

// bound returns a box that every feature that passes meets, and whether there is
// one.
func (f layerFilter) bound() (b orb.Bound, ok bool) {
	for _, c := range []*cql2.Filter{f.all, f.own} {
		if c != nil && !ok {
			b, ok = c.Bound()
		}
	}
	return b, ok
}

// text returns what stands for the filter in a cache key: the same for equal
// filters, "" where all features pass.
func (f layerFilter) text() string {
	var parts []string
	for _, c := range []*cql2.Filter{f.all, f.own} {
		if c != nil && c.String() != "TRUE" {
			parts = append(parts, c.String())
		}
	}
	slices.Sort(parts)
	if f.valid.day != 0 { // no filter's text
		parts = append(parts, strconv.Itoa(f.valid.day))
	}
	return strings.Join(slices.Compact(parts), "\x01")
}

// properties returns the properties asked for, sorted, without repetition; nil is
// all. Each must be one of a layer's.
func (r *request) properties(layers []*engine.LayerView) ([]string, error) {
	list, ok := r.value("properties")
	if !ok {
		return nil, nil
	}
	names := []string{}
	if list != "" {
		names = strings.Split(list, ",")
	}
	for _, name := range names {
		known := slices.ContainsFunc(layers, func(l *engine.LayerView) bool {
			return slices.ContainsFunc(l.Layer().Fields, func(f feature.Field) bool { return f.Name == name })
		})
		if !known && name != "id" {
			return nil, badParameter("properties", "no layer here has a property %q", shorten(name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
