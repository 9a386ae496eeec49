package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/geom/overlay"
	"tuban/overlap"
)

// Areas from the sweep, whose crossings are rounded to coordinates, may differ
// from those of the pair sum by this share of the smaller polygon and by these
// m², which is the rounding of a border of some kilometres.
const (
	areaShare  = 1e-9
	areaSquare = 1e-3
)

// checkResult says what is wrong with an answer to a query by itself: the sums
// that must come out whatever the data is.
func checkResult(r *overlap.Result) error {
	if want := r.AreaM2; math.IsNaN(want) || want <= 0 {
		return fmt.Errorf("the polygon's area is %v m²", want)
	}
	for i := range r.Layers {
		if err := checkLayer(r.AreaM2, &r.Layers[i]); err != nil {
			return fmt.Errorf("layer %s: %w", r.Layers[i].Layer, err)
		}
	}
	return nil
}

func checkLayer(area float64, l *overlap.LayerResult) error {
	if !near(l.CoveredM2+l.UncoveredM2, area, area) {
		return fmt.Errorf("covered %v + uncovered %v m² is not the area, %v", l.CoveredM2, l.UncoveredM2, area)
	}
	if l.CoveredM2 > l.SummedM2*(1+areaShare)+areaSquare {
		return fmt.Errorf("covered, %v m², is more than the sum of what covers, %v", l.CoveredM2, l.SummedM2)
	}
	count, classes := 0, 0.0
	for _, c := range l.Classes {
		count += c.Count
		classes += c.AreaM2
	}
	if classes > l.SummedM2*(1+areaShare)+areaSquare || classes < l.CoveredM2*(1-areaShare)-areaSquare {
		return fmt.Errorf("the classes come to %v m², the features to %v, of which %v are covered", classes, l.SummedM2, l.CoveredM2)
	}
	if l.Detail == overlap.Classes {
		return nil
	}
	if count != len(l.Features) {
		return fmt.Errorf("%d features in the classes, %d in the list", count, len(l.Features))
	}
	sum := 0.0
	for i, f := range l.Features {
		sum += f.AreaM2
		if i > 0 && f.AreaM2 > l.Features[i-1].AreaM2 {
			return fmt.Errorf("feature %s, %v m², stands behind a smaller one", f.ID, f.AreaM2)
		}
	}
	if !near(sum, l.SummedM2, area) {
		return fmt.Errorf("the features come to %v m², summed is %v", sum, l.SummedM2)
	}
	return nil
}

// near tells whether two areas are the same but for rounding; of is the area of
// the polygon that they are parts of.
func near(a, b, of float64) bool { return math.Abs(a-b) <= areaShare*math.Abs(of)+areaSquare }

// lying is what a layer must have in common with a query, made from features.
type lying struct {
	areas     map[feature.ID]float64
	uncovered float64
}

// measure lays features over a polygon by the sweep: shapes are cut along their
// crossings and the pieces are measured, which shares no step with the pair sum
// that a tuban server answers by.
func measure(query orb.Geometry, fs []feature.Feature) (*lying, error) {
	q, err := shapeOf(query)
	if err != nil {
		return nil, err
	}
	l := &lying{areas: map[feature.ID]float64{}}
	var over []*overlay.Shape
	for i := range fs {
		if !geom.IsAreal(fs[i].Geometry) {
			continue
		}
		s, err := shapeOf(fs[i].Geometry)
		if err != nil {
			return nil, fmt.Errorf("feature %s: %w", fs[i].ID, err)
		}
		if !overlay.Overlaps(q, s) {
			continue
		}
		if l.areas[fs[i].ID], err = common(q, s); err != nil {
			return nil, fmt.Errorf("feature %s: %w", fs[i].ID, err)
		}
		over = append(over, s)
	}
	rest, err := overlay.Difference(q, over)
	if err != nil {
		return nil, fmt.Errorf("what is left uncovered: %w", err)
	}
	l.uncovered = ellipsoid.Area(rest)
	return l, nil
}

func shapeOf(g orb.Geometry) (*overlay.Shape, error) {
	closed, _, repair, err := geom.Examine(g)
	if err != nil {
		return nil, err
	}
	return overlay.Prepare(closed, repair), nil
}

func common(a, b *overlay.Shape) (float64, error) {
	g, err := overlay.Intersection(a, b)
	if err != nil {
		return 0, err
	}
	return ellipsoid.Area(g), nil
}

// compare says how an answer's layer differs from what it must be.
func (l *lying) compare(area float64, r *overlap.LayerResult) error {
	if len(r.Features) != len(l.areas) {
		return fmt.Errorf("%d features, where %d overlap the polygon", len(r.Features), len(l.areas))
	}
	for _, f := range r.Features {
		want, ok := l.areas[f.ID]
		if !ok {
			return fmt.Errorf("feature %s does not overlap the polygon", f.ID)
		}
		if !near(f.AreaM2, want, area) {
			return fmt.Errorf("feature %s: %v m², where the sweep finds %v", f.ID, f.AreaM2, want)
		}
	}
	if !near(r.UncoveredM2, l.uncovered, area) {
		return fmt.Errorf("uncovered is %v m², where the sweep finds %v", r.UncoveredM2, l.uncovered)
	}
	return nil
}

// checkOverlap checks the answer of a tuban server to one query: by itself, and
// against features that are fetched and laid over it here.
func checkOverlap(ctx context.Context, src Source, query *feature.Feature, body []byte) error {
	results, err := overlap.ParseResults(body)
	if err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	if len(results) != 1 || results[0].ID != string(query.ID) {
		return fmt.Errorf("%d results for one polygon, %s", len(results), query.ID)
	}
	return checkOne(ctx, src, query, &results[0])
}

func checkOne(ctx context.Context, src Source, query *feature.Feature, r *overlap.Result) error {
	if err := checkResult(r); err != nil {
		return err
	}
	q, err := shapeOf(query.Geometry)
	if err != nil {
		return err
	}
	if !q.Repaired() {
		if want := ellipsoid.Area(query.Geometry); !near(r.AreaM2, want, want) {
			return fmt.Errorf("the polygon's area is %v m², not %v", want, r.AreaM2)
		}
	}
	box := geom.Bound(query.Geometry)
	for i := range r.Layers {
		l := &r.Layers[i]
		fs, err := src.Items(ctx, string(l.Layer), &box, math.MaxInt)
		if err != nil {
			return err
		}
		want, err := measure(query.Geometry, fs)
		if err != nil {
			return errors.Join(errUncheckable, err)
		}
		if err := want.compare(r.AreaM2, l); err != nil {
			return fmt.Errorf("layer %s: %w", l.Layer, err)
		}
	}
	return nil
}

// errUncheckable reports a query that the sweep cannot be laid over: another one
// is checked in its place.
var errUncheckable = errors.New("the sweep does not answer")

// sameClasses compares an answer by class with one by feature of the same query.
func sameClasses(fine, coarse []byte) error {
	a, err := overlap.ParseResults(fine)
	if err != nil {
		return err
	}
	b, err := overlap.ParseResults(coarse)
	if err != nil {
		return err
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d results by class, %d by feature", len(b), len(a))
	}
	for i := range a {
		for k := range a[i].Layers {
			if k >= len(b[i].Layers) {
				return fmt.Errorf("layer %s is missing", a[i].Layers[k].Layer)
			}
			x, y := &a[i].Layers[k], &b[i].Layers[k]
			if x.Layer != y.Layer || x.CoveredM2 != y.CoveredM2 || x.SummedM2 != y.SummedM2 || !slices.Equal(x.Classes, y.Classes) {
				return fmt.Errorf("layer %s: by class and by feature differ", x.Layer)
			}
		}
	}
	return nil
}
