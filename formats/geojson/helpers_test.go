package geojson

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tuban/feature"

	"github.com/paulmach/orb"
)

// outcome reads r to its end and tells what happened, one line a row:
// "ok Polygon", "refused: reason", and last "fatal: reason" if it was.
func outcome(r io.Reader, opt Options) (lines []string, rows []feature.Row, schema feature.Schema) {
	d, err := NewReader(r, opt)
	if err != nil {
		return []string{"fatal: " + err.Error()}, nil, schema
	}
	for {
		row, err := d.Next()
		var bad *feature.RowError
		switch {
		case err == io.EOF:
			return lines, rows, d.Schema()
		case errors.As(err, &bad):
			lines = append(lines, "refused: "+bad.Error())
		case err != nil:
			return append(lines, "fatal: "+err.Error()), rows, d.Schema()
		default:
			lines = append(lines, "ok "+describe(row.Feature.Geometry))
			rows = append(rows, row)
		}
	}
}

func describe(g orb.Geometry) string {
	if g == nil {
		return "null"
	}
	n := 0
	switch g := g.(type) {
	case orb.Point:
		n = 1
	case orb.MultiPoint:
		n = len(g)
	case orb.LineString:
		n = len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			for _, r := range p {
				n += len(r)
			}
		}
	}
	return fmt.Sprintf("%s %d", g.GeoJSONType(), n)
}

func readAll(t *testing.T, text string) ([]feature.Row, feature.Schema) {
	t.Helper()
	lines, rows, schema := outcome(strings.NewReader(text), Options{})
	for _, l := range lines {
		if !strings.HasPrefix(l, "ok") {
			t.Fatalf("%s\n  of %s", l, text)
		}
	}
	return rows, schema
}

// pointed puts in place of each "(byte N)" what stands there in the text.
func pointed(text string, lines []string) []string {
	for i := range lines {
		lines[i] = byteN.ReplaceAllStringFunc(lines[i], func(s string) string {
			n, err := strconv.Atoi(byteN.FindStringSubmatch(s)[1])
			if err != nil || n > len(text) {
				return s
			}
			return "(" + text[n:min(len(text), n+8)] + ")"
		})
	}
	return lines
}

var byteN = regexp.MustCompile(`\(byte (\d+)\)`)

func collectionOf(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// located returns a Feature with a geometry.
func located(geometry string) string {
	return `{"type":"Feature","properties":{},"geometry":` + geometry + `}`
}
