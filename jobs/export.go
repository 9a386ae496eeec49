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
var ExportFormats = []string{"geojson", "geojsonl"}

// ErrExportFormat reports a format that Export does not write.
var ErrExportFormat = errors.New("unknown export format")

// Export writes the features of a layer that keep accepts, nil is all, in the
// order of their numbers, and returns how many. geojson is one FeatureCollection,
// geojsonl a feature a line. progress counts the features looked at; it may be
// nil.
func Export(ctx context.Context, l *engine.LayerView, format string, keep func(feature.Slot) bool, w io.Writer, progress func(done, total int64)) (int64, error) {
	head, between, tail := "", "", ""
	switch format {
	case "geojson":
		head, between, tail = `{"type":"FeatureCollection","features":[`+"\n", ",\n", "\n]}\n"
	case "geojsonl":
		between, tail = "\n", "\n"
	default:
		return 0, fmt.Errorf("%w %q: known are %v", ErrExportFormat, format, ExportFormats)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString(head)
	var n, seen int64
	var line []byte
	var err error
	l.Ascend(0, func(s feature.Slot) bool {
		if seen++; seen%1000 == 0 {
			if progress != nil {
				progress(seen, int64(l.Len()))
			}
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		if keep != nil && !keep(s) {
			return true
		}
		line = line[:0]
		if n > 0 {
			line = append(line, between...)
		}
		f := l.Feature(s)
		line = geojson.AppendFeature(line, &f)
		n++
		_, err = out.Write(line)
		return err == nil
	})
	if err != nil {
		return n, err
	}
	if n > 0 || format == "geojson" {
		out.WriteString(tail)
	}
	return n, out.Flush()
}
