package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"tuban/cql2"
	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
)

// ExportFormats lists what Export writes.
var ExportFormats = []string{"geojson", "geojsonl", "fgb"}

// ErrExportFormat reports a format that Export does not write.
var ErrExportFormat = errors.New("unknown export format")

// Export writes the features of a layer that pass a filter, nil is all, and
// returns how many. geojson is one FeatureCollection, geojsonl a feature a line,
// both in the order of the numbers; fgb is FlatGeobuf with an index. progress
// counts the features looked at; it may be nil. A filter that does not fit the
// layer is a *cql2.Error.
func Export(ctx context.Context, l *engine.LayerView, format string, filter *cql2.Filter, w io.Writer, progress func(done, total int64)) (int64, error) {
	if filter != nil {
		if err := filter.Check(l.Layer()); err != nil {
			return 0, err
		}
	}
	head, between, tail := "", "", ""
	switch format {
	case "geojson":
		head, between, tail = `{"type":"FeatureCollection","features":[`+"\n", ",\n", "\n]}\n"
	case "geojsonl":
		between, tail = "\n", "\n"
	case "fgb":
		return exportFGB(ctx, l, filter, w, progress)
	default:
		return 0, fmt.Errorf("%w %q: known are %v", ErrExportFormat, format, ExportFormats)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString(head)
	var line []byte
	n, err := each(ctx, l, filter, progress, func(n int64, f *feature.Feature) error {
		line = line[:0]
		if n > 0 {
			line = append(line, between...)
		}
		line = geojson.AppendFeature(line, f)
		_, err := out.Write(line)
		return err
	})
	if err != nil {
		return n, err
	}
	if n > 0 || format == "geojson" {
		out.WriteString(tail)
	}
	return n, out.Flush()
}

// each visits the features that pass a filter in the order of their numbers; n
// counts them from 0. It returns how many there were.
func each(ctx context.Context, l *engine.LayerView, filter *cql2.Filter, progress func(done, total int64), visit func(n int64, f *feature.Feature) error) (n int64, err error) {
	var seen int64
	l.Ascend(0, func(s feature.Slot) bool {
		if seen++; seen%1000 == 0 {
			if progress != nil {
				progress(seen, int64(l.Len()))
			}
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		if filter != nil && !filter.Match(l, s) {
			return true
		}
		f := l.Feature(s)
		if err = visit(n, &f); err == nil {
			n++
		}
		return err == nil
	})
	return n, err
}
