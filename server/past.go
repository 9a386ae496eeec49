package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tuban/engine"
	"tuban/feature"
)

// The parameters that choose what was known, and what was in force.
const (
	asOf    = "as_of"
	validOn = "valid_on"
)

// pin chooses the view that the request is answered from: the newest, or the one
// of as_of. Opening the past may take as long as opening the data set did; the
// header Server-Timing says how long it was.
func (r *request) pin() error {
	r.view = r.engine.View()
	text, ok := r.value(asOf)
	if !ok {
		return nil
	}
	ctx := r.patience()
	defer ctx.release()
	began := time.Now()
	var err error
	if seq, bad := strconv.ParseUint(text, 10, 64); bad == nil {
		r.view, err = r.engine.AsOf(ctx, feature.Seq(seq))
		r.fixed = true
	} else {
		// A plus sign that was not escaped has become a space.
		t, bad := time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1))
		if bad != nil {
			return badParameter(asOf, "%q is neither a seq nor a time such as 2026-08-01T09:00:00+08:00", shorten(text))
		}
		r.view, err = r.engine.AsOfTime(ctx, t)
	}
	if errors.Is(err, engine.ErrFuture) {
		return badParameter(asOf, "%v", err)
	}
	if err != nil {
		return err
	}
	r.ctx.Response.Header.Set("Server-Timing", fmt.Sprintf("past;dur=%.1f", float64(time.Since(began).Microseconds())/1000))
	return nil
}

// vintage returns a layer in a named edition.
func (r *request) vintage(parameter string, l *engine.LayerView, name string) (*engine.LayerView, error) {
	if err := feature.CheckVintage(feature.Vintage(name)); err != nil {
		return nil, badParameter(parameter, "%v", err)
	}
	ctx := r.patience()
	defer ctx.release()
	then, err := r.engine.Vintage(ctx, r.view, l.Layer().ID, feature.Vintage(name))
	if errors.Is(err, engine.ErrNoVintage) {
		return nil, badParameter(parameter, "layer %s has had no vintage %q at seq %d; %q is in force", l.Layer().ID, name, r.view.Seq(), l.Vintage())
	}
	return then, err
}

// validity keeps the features that were in force on a day, by the fields that
// their layer declares. Without such fields, or with no date in them, a feature
// has no bound on that side.
type validity struct {
	day      int // 20260801; 0 is any
	from, to string
}

// validity reads the parameter valid_on for a layer.
func (r *request) validity(l *engine.LayerView) (v validity, err error) {
	text, ok := r.value(validOn)
	if !ok {
		return v, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return v, badParameter(validOn, "%q is not a date such as 2026-08-01", shorten(text))
	}
	if d := l.Layer(); d.ValidFrom != "" || d.ValidTo != "" {
		v = validity{t.Year()*10_000 + int(t.Month())*100 + t.Day(), d.ValidFrom, d.ValidTo}
	}
	return v, nil
}

// keeps tells whether a feature was in force; its last day is included.
func (v validity) keeps(l *engine.LayerView, s feature.Slot) bool {
	if v.from != "" {
		if from, ok := dayIn(l, s, v.from); ok && v.day < from {
			return false
		}
	}
	if v.to != "" {
		if to, ok := dayIn(l, s, v.to); ok && v.day > to {
			return false
		}
	}
	return true
}

// dayIn reads a date out of a property: 2026-08-01, 2026/8/1, 20260801, as text
// or number, and anything behind it.
func dayIn(l *engine.LayerView, s feature.Slot, name string) (day int, ok bool) {
	v, _ := l.Value(s, name)
	text := v.String()
	digits, parts := text, []int{4, 2, 2}
	for i, n := range parts {
		k := 0
		for k < n && k < len(digits) && digits[k] >= '0' && digits[k] <= '9' {
			k++
		}
		if k == 0 || i == 0 && k < n {
			return 0, false
		}
		d, _ := strconv.Atoi(digits[:k])
		day = day*100 + d
		digits = strings.TrimLeft(digits[k:], "-/.")
	}
	month, date := day/100%100, day%100
	return day, month >= 1 && month <= 12 && date >= 1 && date <= 31
}
