package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
)

// ExportFormats lists what Export writes.
var ExportFormats = []string{"geojson", "geojsonl", "fgb"}

// ErrExportFormat reports a format that Export does not write.
var ErrExportFormat = errors.New("unknown export format")

// Export writes the features of a layer that keep accepts, nil is all, and returns
// how many. geojson is one FeatureCollection, geojsonl a feature a line, both in the
// order of the numbers; fgb is FlatGeobuf with an index. progress counts the
// features looked at; it may be nil.
func Export(ctx context.Context, l *engine.LayerView, format string, keep func(feature.Slot) bool, w io.Writer, progress func(done, total int64)) (int64, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	head, between, tail := "", "", ""
	switch format {
	case "geojson":
		head, between, tail = `{"type":"FeatureCollection","features":[`+"\n", ",\n", "\n]}\n"
	case "geojsonl":
		between, tail = "\n", "\n"
	case "fgb":
		return exportFGB(ctx, l, keep, w, progress)
	default:
		return 0, fmt.Errorf("%w %q: known are %v", ErrExportFormat, format, ExportFormats)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString(head)
	var n int64
	var line []byte
	var err error
	each(ctx, l, keep, progress, &err, func(s feature.Slot) {
		line = line[:0]
		if n > 0 {
			line = append(line, between...)
		}
		f := l.Feature(s)
		line = geojson.AppendFeature(line, &f)
		n++
		_, err = out.Write(line)
	})
	if err != nil {
		return n, err
	}
	if n > 0 || format == "geojson" {
		out.WriteString(tail)
	}
	return n, out.Flush()
}

// each visits the features that keep accepts, nil is all, until *err is set, by
// visit or because ctx has ended. progress counts the features looked at.
func each(ctx context.Context, l *engine.LayerView, keep func(feature.Slot) bool, progress func(done, total int64), err *error, visit func(feature.Slot)) {
	seen := int64(0)
	l.Ascend(0, func(s feature.Slot) bool {
		if seen++; seen%1000 == 0 {
			progress(seen, int64(l.Len()))
			if *err = ctx.Err(); *err != nil {
				return false
			}
		}
		if keep == nil || keep(s) {
			visit(s)
		}
		return *err == nil
	})
}
